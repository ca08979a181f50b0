import type { FrameSignal } from "./frame-signal.ts";

export type FollowOptions = {
  readonly store: {
    readonly signal: Pick<FrameSignal, "subscribe">;
    readonly getState: () => { readonly revision: number };
  };
  /** What is known may be of an earlier state: it is asked for at once, as after a change. */
  readonly isOld: boolean;
  /** Milliseconds until it is to be asked for after a change; 0 where it is time. Others may ask for it meanwhile. */
  readonly waitMs: () => number;
  readonly refresh: () => void;
};

/**
 * Refreshes what was worked out from a session after it changed, once for all changes that came until then. A session that
 * stands still costs nothing.
 * @returns what ends it
 */
export function followSession({ store, isOld, waitMs, refresh }: FollowOptions): () => void {
  let { revision } = store.getState();
  let timer: ReturnType<typeof setTimeout> | undefined;
  const ask = () => {
    const rest = waitMs();
    timer = rest > 0 ? setTimeout(ask, rest) : undefined;
    if (timer === undefined) {
      refresh();
    }
  };
  const wait = () => {
    timer ??= setTimeout(ask, waitMs());
  };
  const stop = store.signal.subscribe(() => {
    const now = store.getState().revision;
    if (now !== revision) {
      revision = now;
      wait();
    }
  });
  if (isOld) {
    wait();
  }
  return () => {
    stop();
    clearTimeout(timer);
  };
}
