import type { Nanos, Problem, Verdict } from "@inspector/contract/page";
import type { Description, Finding, Rule } from "./rule.ts";
import { lowerFirst } from "./words.ts";

/** Different problems of one rule; findings beyond it are counted together. */
const MAX_SUBJECTS = 200;
const MAX_QUOTE = 4000;

const UNCERTAIN =
  "Part of the traffic went by unrecorded just then, so this may be a hole in the recording and no fault at all. If it is one: ";

/** The problems found so far, equal ones counted. */
export class Collected {
  readonly #problems = new Map<string, Problem>();
  readonly #subjects = new Map<string, number>();

  get problems(): readonly Problem[] {
    return [...this.#problems.values()];
  }

  add(rule: Rule, finding: Finding): void {
    const id = this.#idOf(rule, finding);
    const known = this.#problems.get(id);
    const count = finding.count ?? 1;
    this.#problems.set(id, known === undefined ? problemOf(id, rule, finding, count) : again(known, finding.at, count));
  }

  #idOf(rule: Rule, { subject }: Finding): string {
    const id = `${rule.id}:${subject}`;
    if (this.#problems.has(id)) {
      return id;
    }
    const subjects = this.#subjects.get(rule.id) ?? 0;
    if (subjects >= MAX_SUBJECTS) {
      return `${rule.id}:…`;
    }
    this.#subjects.set(rule.id, subjects + 1);
    return id;
  }
}

function again(known: Problem, at: Nanos, count: number): Problem {
  const lastAt = Math.max(known.lastAt ?? known.at, at);
  return { ...known, count: known.count + count, ...(lastAt > known.at && { lastAt }) };
}

function problemOf(id: string, rule: Rule, finding: Finding, count: number): Problem {
  const description = finding.describe();
  const isMore = id.endsWith(":…");
  return {
    id,
    rule: rule.id,
    severity: finding.isUncertain ? "info" : (finding.severity ?? rule.severity),
    title: isMore ? `More of the same, such as: ${description.title}` : description.title,
    at: finding.at,
    ...(finding.stream !== undefined && { stream: finding.stream }),
    ...(finding.invocation !== undefined && { invocation: finding.invocation }),
    ...(finding.functionName !== undefined && finding.functionName !== "" && { functionName: finding.functionName }),
    consequence: finding.isUncertain ? UNCERTAIN + lowerFirst(description.consequence) : description.consequence,
    advice: description.advice,
    ...quoteOf(description),
    evidence: description.evidence,
    count,
  };
}

function quoteOf({ quote }: Description): Pick<Problem, "quote"> {
  return quote === undefined || quote === "" ? {} : { quote: cutQuote(quote) };
}

/** A quote of readable length. */
export function cutQuote(quote: string): string {
  return quote.length > MAX_QUOTE ? `${quote.slice(0, MAX_QUOTE - 1)}…` : quote;
}

/** The worst first, among equals the earliest. */
export function inOrder(problems: readonly Problem[]): Problem[] {
  const rank: Record<Problem["severity"], number> = { error: 0, warning: 1, info: 2 };
  return [...problems].sort((a, b) => rank[a.severity] - rank[b.severity] || a.at - b.at);
}

/** How many problems of a session want attention. */
export function countOf(problems: readonly Problem[]): { errors: number; warnings: number } {
  const errors = problems.filter(({ severity }) => severity === "error").length;
  return { errors, warnings: problems.filter(({ severity }) => severity === "warning").length };
}

/** The newest worker first. */
export function newestFirst(verdicts: readonly Verdict[]): Verdict[] {
  return [...verdicts].sort((a, b) => b.stream - a.stream);
}
