/** Interventions as the desk sees them: their thread is started when they are first needed. */
import type { InterventionMessage } from "@inspector/contract/intervention";
import { errorAnswer, type PageAnswer } from "@inspector/reader/page-answer";
import { createRelayLines } from "./relay-lines.ts";
import type { ServiceOptions } from "./service.ts";
import type { RunningService, StartService } from "./start-service.ts";

/** A replay of the largest message, whose bytes are read and written anew, takes a fraction of this. */
const ANSWER_MS = 30_000;

/**
 * States, and what leaves them:
 * - `asleep`: nothing was asked and nobody looks. The desk itself tells relays that the hub is awake. The first question or
 *   `wake` leads to `waking`.
 * - `waking`: the thread runs, and the desk still answers relays: the thread cannot while the session's file is lost. Its
 *   first line to a relay leads to `awake`.
 * - `awake`: the thread alone has lines to the relays.
 * - `closed`.
 */
export type InterventionClient = {
  answer(method: string, path: string, body: unknown): Promise<PageAnswer>;
  /** Something was recorded. */
  recorded(): void;
  /** Somebody may ask soon, or has to hear of what is held and replayed. */
  wake(): void;
  close(): Promise<void>;
};

/** @param tell says something to every page that listens to the session */
export function connectInterventions(
  start: StartService,
  options: ServiceOptions,
  tell: (message: InterventionMessage) => void,
): InterventionClient {
  const waiting = new Map<number, (answer: PageAnswer) => void>();
  let last = 0;
  let isClosed = false;
  let service: RunningService | undefined;
  // A relay takes a hub without a line for one that hangs.
  const lines = createRelayLines(options.journals, options.file, {
    onReport() {},
    onUp() {},
    onDown() {},
    onPing: (pong) => pong(),
  });

  function wake(): void {
    if (service !== undefined || isClosed) {
      return;
    }
    service = start(options, (message) => {
      switch (message.type) {
        case "up":
          return lines.close();
        case "answer":
          return waiting.get(message.id)?.(message.answer);
        case "tell":
          return tell(message.message);
        case "are-you-awake":
          return service?.post({ type: "awake", id: message.id });
      }
    });
  }

  return {
    answer(method, path, body) {
      wake();
      last += 1;
      const id = last;
      return new Promise((resolve) => {
        const give = (answer: PageAnswer): void => {
          clearTimeout(timer);
          waiting.delete(id);
          resolve(answer);
        };
        const late = errorAnswer(503, "took-too-long", `It was not answered within ${ANSWER_MS / 1000} s`);
        const timer = setTimeout(() => give(late), ANSWER_MS);
        waiting.set(id, give);
        service?.post({ type: "request", id, method, path, body });
      });
    },
    recorded: () => service?.post({ type: "recorded" }),
    wake,
    async close() {
      isClosed = true;
      lines.close();
      await service?.stop();
    },
  };
}
