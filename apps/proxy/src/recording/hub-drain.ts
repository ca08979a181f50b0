import type { HubProgress } from "@inspector/hub/hub";
import { AwakeTimer } from "@inspector/relay/awake-timer";

/** How long a hub may bring nothing more into the session while the command waits to end: it may be starved, so for long. */
const STALLED_LIMIT_MS = 30_000;
/** How often it may say instead that it cannot; it tries twice a second. */
const MAX_FAILURES = 10;

/** What is in the session when the hub has been stopped. */
export type HubEnd = {
  /** Everything that was forwarded. */
  readonly isDrained: boolean;
  /** Bytes of journal that were still to be read when the hub last said. */
  readonly behind: number;
  /** Why the session cannot be written. */
  readonly fault: string | undefined;
};

/** How far the hubs have come, as they say it. */
export class HubDrain {
  readonly #stalledLimit: number;
  #end: HubEnd = { isDrained: false, behind: 0, fault: undefined };
  #onProgress: ((hasMoved: boolean) => void) | undefined;

  /** @param stalledLimit in milliseconds */
  constructor(stalledLimit = STALLED_LIMIT_MS) {
    this.#stalledLimit = stalledLimit;
  }

  get end(): HubEnd {
    return this.#end;
  }

  /** The relay has ended: only what is said from here on tells that everything was read. */
  forgetDrained(): void {
    this.#end = { ...this.#end, isDrained: false };
  }

  take({ behind, isDrained, fault }: HubProgress): void {
    const hasMoved = behind !== this.#end.behind || isDrained !== this.#end.isDrained;
    this.#end = { behind, isDrained, fault };
    this.#onProgress?.(hasMoved);
  }

  /** Resolves when all is in the session, or nothing more comes into it. */
  async drained(): Promise<void> {
    await new Promise<void>((resolve) => {
      let failures = 0;
      const stop = (): void => {
        stalled.stop();
        resolve();
      };
      const stalled = new AwakeTimer(this.#stalledLimit, stop);
      this.#onProgress = (hasMoved) => {
        failures = hasMoved || this.#end.fault === undefined ? 0 : failures + 1;
        if (this.#end.isDrained || failures >= MAX_FAILURES) {
          stop();
        } else if (hasMoved) {
          stalled.start();
        }
      };
      stalled.start();
    });
    this.#onProgress = undefined;
  }
}
