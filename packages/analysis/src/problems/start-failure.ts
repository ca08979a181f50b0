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
  const texts = (said === undefined ? [written?.text, logged?.text] : [said]).filter((text) => text !== undefined);
  return (
    firstOf(texts, loadFailureIn) ??
    firstOf(texts, causeIn) ?? {
      because: said === undefined ? describeWords(written, logged?.text) : causeOfResult(result),
      quote: texts[0],
      advice: undefined,
    }
  );
}

/** The quote is the text that names what the sentence says. */
function firstOf(texts: readonly string[], tell: (text: string) => FailureTold | undefined): FailureTold | undefined {
  for (const text of texts) {
    const told = tell(text);
    if (told !== undefined) {
      return told;
    }
  }
  return undefined;
}

function loadFailureIn(text: string): FailureTold | undefined {
  const found = findLoadFailure(text);
  const because = `: it failed to load ${found?.file}: ${cutLine(found?.reason ?? "")}`;
  return found === undefined ? undefined : { because, quote: text, advice: findCause({ text })?.advice };
}

function causeIn(text: string): FailureTold | undefined {
  const cause = findCause({ text });
  return cause && { because: `: ${cause.says}`, quote: text, advice: cause.advice };
}
