import type { HoldRuleOrder } from "@inspector/contract/intervention";
import type { Side } from "@inspector/contract/page";
import type { Filter } from "@inspector/filter/filter";
import { formatFilter } from "@inspector/filter/format";
import { parseFilter } from "@inspector/filter/parse";

/** Placeholder of the empty field. */
export const FILTER_EXAMPLE = 'text:"name=Bob" OR size:>1mb';

type Term = Exclude<Filter, { readonly type: "all" | "and" | "or" | "not" }>;

/**
 * The terms of a filter that can match none of the rule's messages, because only other kinds or the other side have what
 * they ask for. Empty for a filter that cannot be read; negated terms are left out.
 */
export function neverMatching({ from, kinds = [], filter = "" }: HoldRuleOrder): readonly string[] {
  const parsed = parseFilter(filter);
  const [kind = from === "host" ? "invocation_request" : "invocation_response"] = kinds;
  return parsed.ok
    ? termsOf(parsed.filter)
        .filter((term) => !canMatch(term, from, kind))
        .map(formatFilter)
    : [];
}

/** {@link neverMatching} as a sentence; undefined where every term may match. */
export function describeNever(order: HoldRuleOrder): string | undefined {
  const terms = neverMatching(order);
  if (terms.length === 0) {
    return undefined;
  }
  const [kind] = order.kinds ?? [];
  const what =
    kind ?? (order.from === "host" ? "an invocation on its way to the worker" : "an answer to an invocation");
  return `${terms.join(" and ")} never ${terms.length === 1 ? "matches" : "match"} ${what}.`;
}

function termsOf(filter: Filter): readonly Term[] {
  switch (filter.type) {
    case "all":
    case "not":
      return [];
    case "and":
    case "or":
      return filter.items.flatMap(termsOf);
    default:
      return [filter];
  }
}

function canMatch(term: Term, from: Side, kind: string): boolean {
  const isLog = kind === "rpc_log";
  if (term.type === "match") {
    if (term.key === "kind") {
      return term.patterns.some((pattern) => isKind(pattern, kind));
    }
    return term.key !== "category" || isLog;
  }
  if (term.type === "compare") {
    // Only an answer has a duration: it is known once the answer crosses.
    if (term.key === "dur") {
      return kind === "invocation_response";
    }
    return term.key !== "level" || isLog;
  }
  if (term.type !== "choice") {
    return true;
  }
  if (term.key === "status") {
    return from === "worker";
  }
  return term.values.some((value) => (term.key === "side" ? value === from : canBe(value, from, isLog)));
}

/** Whether `is:trait` can be true of a message, as far as its sender and kind decide. */
function canBe(trait: string, from: Side, isLog: boolean): boolean {
  if (trait === "log" || trait === "late") {
    return isLog;
  }
  return trait === "error" || trait === "response" ? from === "worker" : true;
}

function isKind(pattern: readonly string[], kind: string): boolean {
  const pieces = pattern.map((piece) => piece.replace(/[\\^$.*+?()[\]{}|]/g, "\\$&"));
  return new RegExp(`^${pieces.join(".*")}$`, "i").test(kind);
}
