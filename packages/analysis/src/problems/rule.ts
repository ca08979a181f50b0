import type { Evidence, Nanos, Problem, Seq } from "@inspector/contract/page";
import type { ProblemSession } from "./problem-session.ts";

export type Severity = Problem["severity"];

/** Messages behind `after`, up to and including `through`. */
export type Range = { readonly after: Seq; readonly through: Seq };

/** One time that something was found. Findings of one rule with the same `subject` are one problem. */
export type Finding = {
  /** Names the problem within its rule, and stays the same: a function's name, a stream and a step. */
  readonly subject: string;
  readonly at: Nanos;
  /** Where it is not the rule's. */
  readonly severity?: Severity | undefined;
  readonly stream?: number | undefined;
  readonly invocation?: Seq | undefined;
  readonly functionName?: string | undefined;
  /** How often, where one finding stands for several. */
  readonly count?: number | undefined;
  /** A gap in the recording may hide its explanation: the page words it as a possibility. */
  readonly isUncertain?: boolean | undefined;
  /** Asked only of the first finding of a subject, so it may read and decode messages. */
  readonly describe: () => Description;
};

export type Description = {
  readonly title: string;
  /** What the host or the worker does because of it. */
  readonly consequence: string;
  readonly advice: string;
  readonly quote?: string | undefined;
  readonly evidence: readonly Evidence[];
};

/** A question that is put to a session. All of it is pure over what the session holds when it is asked. */
export type Rule = {
  readonly id: string;
  readonly severity: Severity;
  /** Of messages, each of which is looked at once; what was found stays. */
  readonly find?: (session: ProblemSession, range: Range) => Finding[];
  /** Of streams, steps, processes and events as they stand now. Asked again and again: what is not found any more is gone. */
  readonly review?: (session: ProblemSession) => Finding[];
};
