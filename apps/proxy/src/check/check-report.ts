/** What is wrong in a session, as the result of a build. */
import type { Nanos, Problem, Problems, Verdict } from "@inspector/contract/page";
import { visibleJson, visibleLine, visibleText } from "@inspector/contract/visible-text";
import { formatJunitSuite, type JunitCase } from "../report/junit.ts";
import { VERSION } from "../version.ts";

/** From which severity on a problem fails the check. A worker that died or never became ready always does. */
export type FailOn = "error" | "warning";

export type CheckReport = {
  readonly session: string;
  readonly failOn: FailOn;
  readonly verdicts: readonly Verdict[];
  /** The worst first. */
  readonly problems: readonly Problem[];
};

/** A verdict or a problem, in the words that every format uses. */
export type CheckFinding = {
  readonly severity: Problem["severity"];
  /** The rule's name; "verdict" of a worker's end. */
  readonly rule: string;
  readonly title: string;
  readonly at?: Nanos;
  readonly count: number;
  readonly consequence: string;
  readonly advice: string;
  readonly quote: string;
};

/** Lines of a quote that people read here; `inspector open` has all of it. */
const MAX_QUOTE_LINES = 12;

export function findingsOf({ verdicts, problems }: Omit<CheckReport, "session" | "failOn">): CheckFinding[] {
  const ends = verdicts.map(({ sentence, quote = "", advice }) => ({
    severity: "error" as const,
    rule: "verdict",
    title: sentence,
    count: 1,
    consequence: "",
    advice,
    quote,
  }));
  const found = problems.map(({ severity, rule, title, at, count, consequence, advice, quote = "" }) => {
    return { severity, rule, title, at, count, consequence, advice, quote };
  });
  return [...ends, ...found];
}

export function createCheckReport(session: string, failOn: FailOn, { verdicts, problems }: Problems): CheckReport {
  return { session, failOn, verdicts, problems };
}

export function isFailing({ severity }: Pick<CheckFinding, "severity">, failOn: FailOn): boolean {
  return severity === "error" || (severity === "warning" && failOn === "warning");
}

export function hasFailed(report: CheckReport): boolean {
  return findingsOf(report).some((finding) => isFailing(finding, report.failOn));
}

/** "1 worker died or never became ready, 2 errors, 1 warning, 3 notes" */
export function formatCheckTotals({ verdicts, problems }: CheckReport): string {
  const count = (wanted: Problem["severity"]): number => problems.filter(({ severity }) => severity === wanted).length;
  const parts = [
    ...(verdicts.length > 0 ? [`${counted(verdicts.length, "worker")} died or never became ready`] : []),
    counted(count("error"), "error"),
    counted(count("warning"), "warning"),
    counted(count("info"), "note"),
  ];
  return parts.join(", ");
}

function counted(count: number, word: string): string {
  return `${count} ${word}${count === 1 ? "" : "s"}`;
}

/** A block for each finding, then the totals. Quoted lines begin with "|", so that nothing quoted looks like a line of ours. */
export function formatCheckText(report: CheckReport): string {
  const blocks = findingsOf(report).map((finding) => `${headOf(finding)}\n${detailsOf(finding, "  ")}`);
  return [...blocks, `${formatCheckTotals(report)}\n`].join("\n");
}

/** "error  late-log  3 logs came after the answer  (3 times, first at 1.204 s)" */
function headOf({ severity, rule, title, count, at }: CheckFinding): string {
  const when = at === undefined ? "" : `at ${(at / 1e9).toFixed(3)} s`;
  const often = count > 1 ? `(${count} times, first ${when})` : when === "" ? "" : `(${when})`;
  return visibleLine(
    [severity === "info" ? "note" : severity, rule, title, often].filter((part) => part !== "").join("  "),
  );
}

/** What follows, what to do and what was said, a line each. */
export function detailsOf({ consequence, advice, quote }: CheckFinding, indent: string): string {
  const lines = [consequence, advice].filter((line) => line !== "").map(visibleLine);
  const quoted = quote === "" ? [] : visibleText(quote).split("\n");
  const more = quoted.length - MAX_QUOTE_LINES;
  return [
    ...lines,
    ...quoted.slice(0, MAX_QUOTE_LINES).map((line) => `| ${line}`),
    ...(more > 0 ? [`| … and ${counted(more, "line")} more`] : []),
  ]
    .map((line) => `${indent}${line}\n`)
    .join("");
}

/** Times are nanoseconds since the session began. */
export function formatCheckJson(report: CheckReport): string {
  const { session, failOn, verdicts, problems } = report;
  const all = { inspector: VERSION, session, failOn, isFailed: hasFailed(report), verdicts, problems };
  return `${visibleJson(JSON.stringify(all, undefined, 2))}\n`;
}

/** A test case each finding, of the class that its rule is; those below the limit pass. Without findings, one case that passes. */
export function formatCheckJunit(report: CheckReport): string {
  const cases = findingsOf(report).map((finding): JunitCase => {
    const text = detailsOf(finding, "");
    const message = [finding.title, finding.consequence].filter((part) => part !== "").join(" ");
    const result = isFailing(finding, report.failOn)
      ? ({ kind: "failure", message, text } as const)
      : ({ kind: "passed", output: `${finding.severity}: ${message}\n${text}` } as const);
    return { className: `inspector.${finding.rule}`, name: finding.title, time: "0", result };
  });
  const none: JunitCase = { className: "inspector", name: "no problems", time: "0", result: { kind: "passed" } };
  return formatJunitSuite(report.session, "0", cases.length === 0 ? [none] : cases);
}
