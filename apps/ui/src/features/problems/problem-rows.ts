import type { Nanos, Problem, Problems, SessionInfo, Verdict } from "@inspector/contract/page";
import { type Tone, workerName } from "../../shell/format/message.ts";
import { formatPlural } from "../../shell/format/size.ts";
import type { GridLine } from "../../shell/grid/grid-lines.ts";

/** A line of the list: a problem, or the verdict on a worker. */
export type Finding =
  | { readonly type: "verdict"; readonly key: string; readonly verdict: Verdict }
  | { readonly type: "problem"; readonly key: string; readonly problem: Problem };

type Severity = Problem["severity"];

const GROUPS = [
  { severity: "error", one: "error", many: "errors", detail: "something failed, or the host will act on it" },
  { severity: "warning", one: "warning", many: "warnings", detail: "something is lost, slow, or about to fail" },
  { severity: "info", one: "note", many: "notes", detail: "worth knowing" },
] as const satisfies readonly { readonly severity: Severity; one: string; many: string; detail: string }[];

/**
 * Verdicts first, in the order of the hub, which is the newest first; then problems under a heading for each severity, by
 * time; last those that say again what a verdict says.
 */
export function listFindings({ problems, verdicts }: Pick<Problems, "problems" | "verdicts">): GridLine<Finding>[] {
  const own = verdicts.map((verdict): Finding => {
    const { stream, workerId = "" } = verdict;
    return { type: "verdict", key: `verdict ${stream === 0 ? workerId : stream}`, verdict };
  });
  const signs = problems.filter((problem) => isSign(problem, verdicts));
  const others = problems.filter((problem) => !signs.includes(problem));
  return [
    ...underHeading(
      "verdicts",
      formatPlural(own.length, "verdict", "verdicts"),
      "why a worker died or never got ready",
      own,
    ),
    ...GROUPS.flatMap(({ severity, one, many, detail }) => {
      const rows = rowsOf(others.filter((problem) => problem.severity === severity));
      return underHeading(severity, formatPlural(rows.length, one, many), detail, rows);
    }),
    ...underHeading(
      "signs",
      formatPlural(signs.length, "sign", "signs"),
      "of what the verdicts say already",
      rowsOf(signs),
    ),
  ];
}

function rowsOf(problems: readonly Problem[]): Finding[] {
  return problems.toSorted((a, b) => a.at - b.at).map((problem) => ({ type: "problem", key: problem.id, problem }));
}

/** Whether a problem says of a worker what its verdict says: by the same evidence, or in the host's own words. */
function isSign({ stream, rule, evidence }: Problem, verdicts: readonly Verdict[]): boolean {
  // Processes that never connected have no stream.
  const own = verdicts.filter((one) => one.stream === (stream ?? 0));
  if (rule === "host-worker-failed" && stream !== undefined) {
    return own.length > 0;
  }
  const said = own.flatMap((one) => one.evidence);
  return evidence.some(({ seq, event }) =>
    said.some((other) => (seq !== undefined && other.seq === seq) || (event !== undefined && other.event === event)),
  );
}

function underHeading(name: string, title: string, detail: string, rows: readonly Finding[]): GridLine<Finding>[] {
  if (rows.length === 0) {
    return [];
  }
  const lines = rows.map((row) => ({ type: "row", key: row.key, row }) as const);
  return [{ type: "group", key: `group ${name}`, title, detail }, ...lines];
}

const TONES: Readonly<Record<Severity, Tone>> = { error: "bad", warning: "warn", info: "info" };

export function severityTone(severity: Severity): Tone {
  return TONES[severity];
}

type Place = Pick<Problem, "functionName" | "stream">;

/** The function a problem is about, else its worker, else nothing. */
export function placeOf({ functionName, stream }: Place, session: SessionInfo | undefined): string {
  if (functionName !== undefined) {
    return functionName;
  }
  const found = session?.streams.find(({ id }) => id === stream);
  if (found !== undefined) {
    return [workerName(found), found.runtimeVersion].filter(Boolean).join(" ");
  }
  return stream === undefined || stream < 0 ? "" : `stream ${stream}`;
}

/** When a problem was found first, or when the worker of a verdict ended. */
export function timeOf(finding: Finding, session: SessionInfo | undefined): Nanos | undefined {
  if (finding.type === "problem") {
    return finding.problem.at;
  }
  return session?.streams.find(({ id }) => id === finding.verdict.stream)?.endedAt;
}

/** What worker or host said, in one line: the first that is not blank. */
export function firstLine(text: string | undefined): string | undefined {
  return text?.split("\n").find((line) => line.trim() !== "");
}
