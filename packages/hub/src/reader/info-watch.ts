/** Tells what is known of sessions that pages listen to: all of it once, then what has changed. */
import type { SessionInfo } from "@inspector/contract/page";
import { changesOf } from "@inspector/contract/session-changes";
import type { FromReader } from "./lines.ts";

/** A change is told at most this often. */
const TELL_MS = 250;

export type InfoWatches = {
  add(session: string): void;
  remove(session: string): void;
  /** Something may be other than before. */
  look(session: string): void;
  clear(): void;
};

type Watch = { told: SessionInfo; timer: NodeJS.Timeout | undefined };

export type InfoWatchesOptions = {
  readonly info: (session: string) => SessionInfo;
  readonly post: (message: FromReader) => void;
};

export function createInfoWatches({ info, post }: InfoWatchesOptions): InfoWatches {
  const watches = new Map<string, Watch>();

  function tell(session: string, watch: Watch): void {
    watch.timer = undefined;
    const now = infoOf(session);
    const changes = now && changesOf(watch.told, now);
    if (now === undefined || changes === undefined) {
      return;
    }
    watch.told = now;
    post({ type: "info-changed", session, changes });
  }

  /** A file that is damaged or locked just then has nothing new to tell. */
  function infoOf(session: string): SessionInfo | undefined {
    try {
      return info(session);
    } catch {
      return undefined;
    }
  }

  return {
    add(session) {
      const now = infoOf(session);
      if (now === undefined) {
        return;
      }
      watches.set(session, { told: now, timer: undefined });
      post({ type: "info", session, info: now });
    },
    remove(session) {
      clearTimeout(watches.get(session)?.timer);
      watches.delete(session);
    },
    look(session) {
      const watch = watches.get(session);
      if (watch !== undefined) {
        watch.timer ??= setTimeout(tell, TELL_MS, session, watch);
      }
    },
    clear() {
      for (const { timer } of watches.values()) {
        clearTimeout(timer);
      }
      watches.clear();
    },
  };
}
