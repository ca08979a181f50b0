import type { ReplayConcern } from "@inspector/contract/intervention";
import type { MessageDetail, Seq } from "@inspector/contract/page";
import { listShared } from "../editor/message-parts.ts";
import { answerLike } from "./answer-template.ts";

/** The recorded answer that another is begun like, as far as it was loaded. */
export type RecordedAnswer = {
  /** Undefined where none is asked for. */
  readonly like: Seq | undefined;
  readonly detail: MessageDetail | undefined;
  readonly error: Error | null;
};

/** Whether nothing can be said yet of what the answer begins with: until then it is not to be sent. */
export function isLoading({ like, detail, error }: RecordedAnswer): boolean {
  return like !== undefined && detail === undefined && error === null;
}

/** What is to be known of an answer before the host gets it: where it comes from, and what in it the host would not find. */
export function concernsOfAnswer(recorded: RecordedAnswer, answer: unknown): readonly ReplayConcern[] {
  const { like, detail, error } = recorded;
  const concerns: ReplayConcern[] = [];
  if (like !== undefined && detail === undefined && error !== null) {
    const message = `The recorded answer was not loaded, so this one begins empty: ${error.message}`;
    concerns.push({ severity: "warning", rule: "recorded-not-loaded", message });
  }
  if (detail !== undefined && answerLike(detail.message) === undefined) {
    const message = "The recorded answer is not decoded here, so this one begins empty.";
    concerns.push({ severity: "info", rule: "recorded-not-decoded", message });
  }
  for (const { binding } of listShared(answer)) {
    const message = `The value of ${binding} is in shared memory that was freed, where the host would not find it: too large to stand here, or not copied.`;
    concerns.push({ severity: "warning", rule: "freed-shared-memory", message });
  }
  return concerns;
}
