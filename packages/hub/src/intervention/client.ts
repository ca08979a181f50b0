/** Interventions as the desk sees them. */
import type { InterventionMessage } from "@inspector/contract/intervention";
import { errorAnswer, type PageAnswer } from "@inspector/reader/page-answer";
import type { ServiceOptions } from "./service.ts";
import type { StartService } from "./start-service.ts";

/** A replay of the largest message, whose bytes are read and written anew, takes a fraction of this. */
const ANSWER_MS = 30_000;

export type InterventionClient = {
  answer(method: string, path: string, body: unknown): Promise<PageAnswer>;
  /** Something was recorded. */
  recorded(): void;
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
  const service = start(options, (message) => {
    switch (message.type) {
      case "answer":
        return waiting.get(message.id)?.(message.answer);
      case "tell":
        return tell(message.message);
      case "are-you-awake":
        return service.post({ type: "awake", id: message.id });
    }
  });

  return {
    answer(method, path, body) {
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
        service.post({ type: "request", id, method, path, body });
      });
    },
    recorded: () => service.post({ type: "recorded" }),
    close: () => service.stop(),
  };
}
