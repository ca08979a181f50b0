/**
 * Messages that a relay tells of before the session has the request that they belong to: the relay is faster, and what is
 * said of a worker's message goes by its invocation.
 */
import type { HeldReport } from "./held-message.ts";

/** How long a message waits for that: of some the request was never recorded, and the relay lets go of it after 3 s. */
const PATIENCE_MS = 2000;

export type EarlyMessages = {
  /** Takes a message that is held, at once or when its request is recorded. */
  receive(journal: string, report: HeldReport): void;
  /** So many messages wait behind one. Returns false where it is none that waits here itself. */
  queue(journal: string, number: number, queued: number): boolean;
  /** Something was recorded. */
  advance(): void;
  /** A relay's message is not held any more; without its number, none of that relay's is; without a relay, none is. */
  forget(journal?: string, number?: number): void;
};

type Early = { readonly journal: string; readonly report: HeldReport; readonly timer: NodeJS.Timeout; queued: number };

export function createEarlyMessages({
  isRecorded,
  take,
  patienceMs = PATIENCE_MS,
}: {
  readonly isRecorded: (journal: string, report: HeldReport) => boolean;
  readonly take: (journal: string, report: HeldReport, queued: number) => void;
  readonly patienceMs?: number;
}): EarlyMessages {
  const waiting = new Set<Early>();

  function remove(one: Early): void {
    clearTimeout(one.timer);
    waiting.delete(one);
  }

  function decide(one: Early): void {
    remove(one);
    take(one.journal, one.report, one.queued);
  }

  return {
    receive(journal, report) {
      if (isRecorded(journal, report)) {
        return take(journal, report, 0);
      }
      const one: Early = { journal, report, timer: setTimeout(() => decide(one), patienceMs), queued: 0 };
      waiting.add(one);
    },
    queue(journal, number, queued) {
      for (const one of waiting) {
        if (one.journal !== journal || one.report.held !== number) {
          continue;
        }
        one.queued = queued;
        return true;
      }
      return false;
    },
    advance() {
      for (const one of waiting) {
        if (isRecorded(one.journal, one.report)) {
          decide(one);
        }
      }
    },
    forget(journal, number) {
      for (const one of waiting) {
        const isMeant = (journal ?? one.journal) === one.journal && (number ?? one.report.held) === one.report.held;
        if (isMeant) {
          remove(one);
        }
      }
    },
  };
}
