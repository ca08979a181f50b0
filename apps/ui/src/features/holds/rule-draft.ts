import type { HoldRuleOrder } from "@inspector/contract/intervention";
import type { Seq, Side } from "@inspector/contract/page";
import type { Draft } from "../editor/MessageEditor.tsx";
import { type AnswerLimits, limitsOf } from "./AnswerFields.tsx";

export const WAYS = ["to the worker", "to the host"] as const;
export const WAIT = "wait for me";
export const ANSWER = "answer in the worker's place";

/** What the form was opened for: the function of an invocation, and its recorded answer to begin one like. */
export type RuleStart = { readonly item: string | undefined; readonly like: Seq | undefined };

/** A rule as it is being written. */
export type RuleDraft = {
  readonly start: RuleStart;
  readonly way: (typeof WAYS)[number];
  readonly fn: string;
  /** "" for the way's own kind. */
  readonly kind: string;
  readonly filter: string;
  readonly outcome: typeof WAIT | typeof ANSWER;
  /** How long a message waits at most, in seconds; "" for the hub's own limit. */
  readonly seconds: string;
  readonly limits: AnswerLimits;
  /** Undefined until somebody edits it. */
  readonly answer: Draft | undefined;
};

export function blankRule(start: RuleStart): RuleDraft {
  const isLike = start.like !== undefined;
  return {
    start,
    way: "to the worker",
    fn: start.item ?? "",
    kind: "",
    filter: "",
    outcome: isLike ? ANSWER : WAIT,
    seconds: "",
    limits: { delay: "", times: isLike ? "1" : "" },
    answer: undefined,
  };
}

/** What the form shows when it is opened: what was typed before, unless it is opened for something else. */
export function beginRule(kept: RuleDraft | undefined, start: RuleStart): RuleDraft {
  if (kept === undefined) {
    return blankRule(start);
  }
  const isAsked = start.item !== undefined || start.like !== undefined;
  const isSame = kept.start.item === start.item && kept.start.like === start.like;
  return isAsked && !isSame ? blankRule(start) : kept;
}

export function sideOf({ way }: Pick<RuleDraft, "way">): Side {
  return way === "to the worker" ? "host" : "worker";
}

/** Whether the form offers it: only invocations can be answered in the worker's place. */
export function canAnswer({ way, kind }: RuleDraft): boolean {
  return way === "to the worker" && (kind === "" || kind === "invocation_request");
}

/** @param answer what is sent in the worker's place; undefined where somebody is waited for */
export function orderOf(draft: RuleDraft, answer: Draft | undefined): HoldRuleOrder {
  const { kind, fn, seconds, limits } = draft;
  const filter = draft.filter.trim();
  return {
    from: sideOf(draft),
    ...(kind !== "" && { kinds: [kind] }),
    ...(fn !== "" && { functions: [fn] }),
    ...(filter !== "" && { filter }),
    ...(!answer && seconds !== "" && { limitMs: Math.round(Number(seconds) * 1000) }),
    ...(answer && { answer: { message: answer.message, ...limitsOf(limits) } }),
  };
}
