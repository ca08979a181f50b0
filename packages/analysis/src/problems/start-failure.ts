/** What a start-up step that was answered with Failure says of its cause. */

import type { WorkerStep } from "@inspector/session/invocation/worker-step";
import { findCause } from "./cause/causes.ts";
import { findLoadFailure } from "./cause/load-failure.ts";
import { describeWords, lastErrorLog, lastWordsIn } from "./quotes.ts";
import type { Case } from "./verdict-words.ts";
import { causeOfResult, cutLine, quoteResult, resultOf } from "./words.ts";

type FailureTold = {
  /** The end of a sentence; begins with its punctuation, "" where nothing names a cause. */
  readonly because: string;
  readonly quote: string | undefined;
  readonly advice: string | undefined;
};

/** By the answer itself; where it gives no reason, by what the worker wrote or logged since the request. */
export function tellFailure({ session, stream, process }: Case, failed: WorkerStep): FailureTold {
  const { answeredSeq = 0, startedSeq, startedAt = stream.openedAt } = failed;
  const content = session.content(answeredSeq);
  const result = resultOf(content);
  // Without a reason the answer's line says what it brings: "0 functions".
  const said = content === undefined ? failed.result : quoteResult(result);
  const written = process && lastWordsIn(process, { since: startedAt });
  const logged = startedSeq === undefined ? undefined : lastErrorLog(session, stream, startedSeq);
  const quote = said ?? written?.text ?? logged?.text;
  const cause = findCause({ text: quote ?? "" });
  const unloaded = findLoadFailure(said ?? logged?.text ?? "");
  const rest = { quote, advice: cause?.advice };
  if (unloaded !== undefined) {
    return { ...rest, because: `: it failed to load ${unloaded.file}: ${cutLine(unloaded.reason)}` };
  }
  if (cause !== undefined) {
    return { ...rest, because: `: ${cause.says}` };
  }
  return { ...rest, because: said === undefined ? describeWords(written, logged?.text) : causeOfResult(result) };
}
