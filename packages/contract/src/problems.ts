/** What is wrong in a session, and why a worker died. */
import type { StepRow } from "./invocations.ts";
import type { Nanos, Seq } from "./traffic.ts";

/** Why a worker died or never became ready, in one sentence. */
export type Verdict = {
  /** The form of the sentence, the same for all that end alike: "failed-load", "killed". */
  readonly kind: string;
  /** 0 where the process ended before it had a stream. */
  readonly stream: number;
  /** Where it is known: absent of a worker that never said who it is. */
  readonly workerId?: string;
  readonly sentence: string;
  /** What the worker or host itself said about it, as it stood; the line that names the cause comes first. */
  readonly quote?: string;
  /** Where it was in its life: steps of the start-up mean that it never became ready. */
  readonly step: StepRow["step"] | "invocation" | "idle";
  /** What to try. */
  readonly advice: string;
  readonly evidence: readonly Evidence[];
};

/** What a finding rests on: a message by its number, or an event by its. */
export type Evidence = { readonly label: string; readonly seq?: Seq; readonly event?: number };

/** A finding of one rule. */
export type Problem = {
  /** Unique in the session, the same each time it is found. */
  readonly id: string;
  /** The rule's name, "late-log". */
  readonly rule: string;
  readonly severity: "error" | "warning" | "info";
  readonly title: string;
  readonly at: Nanos;
  readonly stream?: number;
  readonly invocation?: Seq;
  readonly functionName?: string;
  /** What the host or worker does because of it. */
  readonly consequence: string;
  readonly advice: string;
  readonly quote?: string;
  readonly evidence: readonly Evidence[];
  /** How often the same was found; the evidence is the first time's, which was `at`. */
  readonly count: number;
  /** When it was found last, where that was later. */
  readonly lastAt?: Nanos;
};

/** All findings, and what they are of. */
export type Problems = {
  readonly problems: readonly Problem[];
  readonly verdicts: readonly Verdict[];
  readonly through: Seq;
};
