import type { AnswerProgress, HeldMessage, HoldRoom, HoldRule } from "@inspector/contract/intervention";
import type { Nanos, Side } from "@inspector/contract/page";
import { formatPlural, formatSize } from "../../shell/format/size.ts";
import { formatSpan } from "../../shell/format/time.ts";

type RuleWords = Pick<HoldRule, "from" | "kinds" | "functions" | "filter" | "stream"> & { readonly answer?: unknown };

/** "invocations of hello, on the way to the worker" or "answers invocations of hello": a rule in words. */
export function describeRule(rule: RuleWords): string {
  const subject = subjectOfRule(rule);
  return rule.answer === undefined ? `${subject}, ${wayOf(rule.from)}` : `answers ${subject}`;
}

/** What a rule is about: "invocations of hello that match size:>1mb". */
export function subjectOfRule({ from, kinds = [], functions = [], filter, stream }: RuleWords): string {
  const what = kinds.length === 0 ? (from === "host" ? "invocations" : "answers") : kinds.join(" and ");
  const parts = [
    what,
    functions.length > 0 && `of ${functions.join(" and ")}`,
    stream !== undefined && `of stream ${stream}`,
    filter !== undefined && filter !== "" && `that match ${filter}`,
  ];
  return parts.filter(Boolean).join(" ");
}

/** What the host gets, and when: "418 short and stout, after 300 ms". */
export function describeAnswer({ status, text, delayMs = 0 }: AnswerProgress): string {
  const said = text ?? status ?? "an empty answer";
  return delayMs > 0 ? `${said}, after ${formatSpan(delayMs * 1e6)}` : said;
}

/** "1 of 3 so far, 1 about to be" */
export function countAnswers({ answered, waiting, times }: AnswerProgress): string {
  const done = times === undefined ? `${answered} so far` : `${answered} of ${times} so far`;
  return waiting > 0 ? `${done}, ${waiting} about to be` : done;
}

/** What a rule did so far: "3 held so far, 12 passed for lack of room". */
export function countHeld({ held, passed, answer }: Pick<HoldRule, "held" | "passed" | "answer">): string {
  const { noRoom, noVerdict, tooLong } = passed;
  const parts = [
    answer === undefined ? held > 0 && `${held} held so far` : countAnswers(answer),
    noRoom > 0 && `${noRoom} passed for lack of room`,
    noVerdict > 0 && `${noVerdict} passed since the filter took too long`,
    tooLong > 0 && `${tooLong} went on after the rule's limit`,
  ];
  return parts.filter(Boolean).join(", ");
}

/** What held messages take; undefined where that is nothing. */
export function describeRoom({ bytes, maxBytes, messages, maxMessages, isPaused }: HoldRoom): string | undefined {
  const taken =
    messages >= maxMessages
      ? `${formatPlural(messages, "place", "places")}, which is all there are`
      : `${formatSize(bytes)} of ${formatSize(maxBytes)}`;
  if (isPaused) {
    return `Holding is paused: held messages take ${taken}. What rules match passes until half of that is free; release or drop some.`;
  }
  return messages > 0 ? `Held messages take ${taken}.` : undefined;
}

/** When a held message goes on by itself. */
export function describeLimit({ heldAt, goesOnAt }: Pick<HeldMessage, "heldAt" | "goesOnAt">): string {
  return `goes on by itself after ${formatSeconds(goesOnAt - heldAt)}`;
}

/**
 * How a rule ended that the hub no longer lists: "2 of 2, ended". If its last answers were not reported, another page may have
 * stopped it instead.
 */
export function describeEnd({ answered, waiting, times = 0 }: AnswerProgress): string {
  return answered + waiting >= times
    ? `${times} of ${times}, ended`
    : `${times} of ${times}, unless another page stopped it`;
}

export function wayOf(from: Side): string {
  return from === "host" ? "on the way to the worker" : "on the way to the host";
}

/** For so long a clock shows tenths of a second. */
const YOUNG: Nanos = 10e9;

/** How often a clock moves that shows so long a wait. */
export function clockInterval(waited: Nanos): number {
  return waited < YOUNG ? 200 : 1000;
}

/** How long a message waits, and whether the host has given it up or soon will. Times in nanoseconds of the session. */
export function clockOf(
  { heldAt, limit }: HeldMessage,
  now: Nanos,
): { readonly text: string; readonly isLate: boolean } {
  const waited = Math.max(0, now - heldAt);
  if (limit === undefined) {
    return { text: formatSeconds(waited), isLate: false };
  }
  const isOver = waited >= limit;
  const text = `${formatSeconds(waited)} of the host's ${formatSpan(limit)}`;
  return { text: isOver ? `${text}: given up by the host` : text, isLate: waited > limit * 0.7 };
}

/** To a tenth of a second while it is young: a clock that runs needs no more. */
function formatSeconds(span: Nanos): string {
  const seconds = span / 1e9;
  if (span < YOUNG) {
    return `${seconds.toFixed(1)} s`;
  }
  if (seconds < 120) {
    return `${Math.floor(seconds)} s`;
  }
  return `${Math.floor(seconds / 60)} min ${Math.floor(seconds % 60)} s`;
}

export function subjectOfHeld({ functionName, kind, invocationId }: HeldMessage): string {
  return functionName ?? (invocationId === undefined ? kind : invocationId.slice(0, 8));
}

/** The header's line about holds and answers; undefined while nothing is on. */
export function describeHolds(rules: readonly HoldRule[], held: readonly HeldMessage[]): string | undefined {
  const holding = rules.filter(({ answer }) => answer === undefined).length;
  const isOn = holding === 1 ? "Hold is on" : `${holding} holds are on`;
  const parts = [
    held.length > 0 ? `${held.length} held` : holding > 0 && isOn,
    holding < rules.length && "answering for the worker",
  ];
  const words = parts.filter(Boolean).join(", ");
  return words === "" ? undefined : words.charAt(0).toUpperCase() + words.slice(1);
}
