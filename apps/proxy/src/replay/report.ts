/** How a replay went, for people and for programs. */
import { visibleJson, visibleLine, visibleText } from "@inspector/contract/visible-text";
import { formatJunitSuite, type JunitCase, type JunitResult } from "../report/junit.ts";
import { VERSION } from "../version.ts";
import type { CallOutcome } from "./replay-calls.ts";

export type ReplayReport = {
  readonly session: string;
  readonly worker: string;
  readonly outcomes: readonly CallOutcome[];
};

/** Values beyond this many characters are cut where people read them, and of one answer so many differences are told. */
const MAX_VALUE = 300;
/** Characters that are shown before the first one that differs. */
const CONTEXT = 60;
const MAX_DIFFERENCES = 50;

export type Totals = Readonly<Record<CallOutcome["outcome"], number>> & { readonly total: number };

export function totalsOf({ outcomes }: ReplayReport): Totals {
  const count = (wanted: CallOutcome["outcome"]): number => outcomes.filter(({ outcome }) => outcome === wanted).length;
  return {
    total: outcomes.length,
    same: count("same"),
    different: count("different"),
    unanswered: count("unanswered"),
    skipped: count("skipped"),
  };
}

/** Whether nothing spoke against it: what was skipped says nothing. */
export function isAllSame(report: ReplayReport): boolean {
  const { different, unanswered } = totalsOf(report);
  return different === 0 && unanswered === 0;
}

/** "3 invocations: 2 the same, 1 different" */
export function formatTotals(report: ReplayReport): string {
  const { total, same, different, unanswered, skipped } = totalsOf(report);
  const parts = [
    `${same} the same`,
    ...(different > 0 ? [`${different} different`] : []),
    ...(unanswered > 0 ? [`${unanswered} without an answer`] : []),
    ...(skipped > 0 ? [`${skipped} skipped`] : []),
  ];
  return `${total} invocation${total === 1 ? "" : "s"}: ${parts.join(", ")}`;
}

/** What is not the same, one block each, then the totals. Of what was skipped the reasons, with how often. */
export function formatText(report: ReplayReport): string {
  const blocks = report.outcomes.flatMap((outcome) => {
    if (outcome.outcome === "different") {
      return [`${titleOf(outcome)}\n${formatDifferences(outcome)}`];
    }
    return outcome.outcome === "unanswered"
      ? [`${titleOf(outcome)}\n  no answer: ${visibleLine(outcome.reason ?? "")}\n`]
      : [];
  });
  const skipped = new Map<string, number>();
  for (const { outcome, reason = "" } of report.outcomes) {
    if (outcome === "skipped") {
      skipped.set(reason, (skipped.get(reason) ?? 0) + 1);
    }
  }
  const reasons = [...skipped].map(([reason, times]) => `  ${times} skipped: ${visibleLine(reason)}\n`);
  return [...blocks, `${formatTotals(report)}\n${reasons.join("")}`].join("\n");
}

/** "hello  GET /api/hello?name=Ada  0a1b2c3d-…" */
function titleOf({ call: { functionName, row } }: CallOutcome): string {
  const parts = [functionName, row.text, row.invocationId].filter((part) => part !== undefined && part !== "");
  return visibleLine(parts.join("  "));
}

function formatDifferences({ differences }: CallOutcome): string {
  const more = differences.length - MAX_DIFFERENCES;
  const told = differences
    .slice(0, MAX_DIFFERENCES)
    .map(({ path, recorded, replayed }) => {
      const from = recorded === undefined || replayed === undefined ? 0 : firstDifference(recorded, replayed);
      const lines = [
        ...(recorded === undefined ? [] : [`    - ${cut(recorded, from)}\n`]),
        ...(replayed === undefined ? [] : [`    + ${cut(replayed, from)}\n`]),
      ];
      return `  ${visibleLine(path)}\n${visibleText(lines.join(""))}`;
    })
    .join("");
  return more > 0 ? `${told}  and ${more} more; --format json has all of them\n` : told;
}

/** Where two texts begin to differ. */
function firstDifference(one: string, other: string): number {
  let at = 0;
  while (at < one.length && one[at] === other[at]) {
    at += 1;
  }
  return at;
}

/** @param from what is to be seen of a long text: what is shown begins a little before that */
function cut(text: string, from = 0): string {
  if (text.length <= MAX_VALUE) {
    return text;
  }
  const start = from <= MAX_VALUE / 2 ? 0 : characterAt(text, Math.min(from, text.length) - CONTEXT);
  const end = characterAt(text, start + MAX_VALUE);
  const place = start === 0 ? "" : `, from ${start + 1} on`;
  return `${start === 0 ? "" : "…"}${text.slice(start, end)}${end < text.length ? "…" : ""} (${text.length} characters${place})`;
}

/** The beginning of the character that stands at a place: some take two. */
function characterAt(text: string, at: number): number {
  const code = text.charCodeAt(at);
  return code >= 0xdc00 && code <= 0xdfff ? at - 1 : at;
}

/** Values of differences are JSON texts; durations are nanoseconds. */
export function formatJson(report: ReplayReport): string {
  const { session, worker, outcomes } = report;
  const invocations = outcomes.map(({ call: { row, functionName }, outcome, reason, differences, duration }) => ({
    id: row.id,
    invocationId: row.invocationId,
    function: functionName,
    text: row.text,
    outcome,
    reason,
    differences,
    duration: { recorded: row.duration, replayed: duration },
  }));
  const all = { inspector: VERSION, session, worker, ...totalsOf(report), invocations };
  return `${visibleJson(JSON.stringify(all, undefined, 2))}\n`;
}

/** One test case an invocation, as build servers read it. */
export function formatJunit(report: ReplayReport): string {
  const time = report.outcomes.reduce((sum, { duration = 0 }) => sum + duration, 0) / 1e9;
  return formatJunitSuite(report.session, time.toFixed(3), report.outcomes.map(caseOf));
}

function caseOf(outcome: CallOutcome): JunitCase {
  const { call, duration = 0 } = outcome;
  const name = [call.row.text, call.row.invocationId].filter((part) => part !== undefined).join(" ");
  return { className: call.functionName, name, time: (duration / 1e9).toFixed(6), result: resultOf(outcome) };
}

function resultOf(outcome: CallOutcome): JunitResult {
  const { differences, reason = "" } = outcome;
  switch (outcome.outcome) {
    case "same":
      return { kind: "passed" };
    case "skipped":
      return { kind: "skipped", message: reason };
    case "unanswered":
      return { kind: "error", message: reason };
    case "different": {
      const places = differences.map(({ path }) => path).join(", ");
      return { kind: "failure", message: cut(places), text: formatDifferences(outcome) };
    }
  }
}
