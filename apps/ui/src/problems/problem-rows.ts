import type { Problem, SessionInfo } from "@inspector/session";
import type { Tone } from "../format/message.ts";
import { workerName } from "../format/message.ts";
import { formatPlural } from "../format/size.ts";
import type { GridLine } from "../table/grid-lines.ts";

type Severity = Problem["severity"];

const GROUPS: readonly {
  readonly severity: Severity;
  readonly one: string;
  readonly many: string;
  readonly detail: string;
}[] = [
  { severity: "error", one: "error", many: "errors", detail: "something failed, or the host will act on it" },
  { severity: "warning", one: "warning", many: "warnings", detail: "something is lost, slow, or about to fail" },
  { severity: "info", one: "note", many: "notes", detail: "worth knowing" },
];

/** Lines of the list: under a heading for each severity, the gravest first; within it by time. */
export function listProblems(problems: readonly Problem[]): GridLine<Problem>[] {
  return GROUPS.flatMap(({ severity, one, many, detail }): GridLine<Problem>[] => {
    const own = problems.filter((problem) => problem.severity === severity).toSorted((a, b) => a.at - b.at);
    if (own.length === 0) return [];
    const title = formatPlural(own.length, one, many);
    return [
      { type: "group", key: `group ${severity}`, title, detail },
      ...own.map((row) => ({ type: "row", key: row.id, row }) as const),
    ];
  });
}

const TONES: Readonly<Record<Severity, Tone>> = { error: "bad", warning: "warn", info: "info" };

export function severityTone(severity: Severity): Tone {
  return TONES[severity];
}

/** The function a problem is about, else its worker, else nothing. */
export function placeOfProblem({ functionName, stream }: Problem, session: SessionInfo | undefined): string {
  if (functionName !== undefined) return functionName;
  const found = session?.streams.find(({ id }) => id === stream);
  if (found !== undefined) return [workerName(found), found.runtimeVersion].filter(Boolean).join(" ");
  return stream === undefined ? "" : `stream ${stream}`;
}
