import type { InvocationRow, Problem, Seq, StepRow } from "@inspector/contract/page";
import { isServerErrorOf } from "@inspector/filter/http-status";
import type { ReactNode } from "react";
import { useProblems } from "../../shell/data/workbench-queries.ts";
import { saidOf } from "../../shell/format/exchange.ts";
import { useShell } from "../../shell/page/shell-context.ts";
import { isFailure } from "../compare/call-words.ts";
import { useNeighbours } from "../compare/useNeighbours.ts";
import styles from "../detail/detail.module.css";
import { FailureFacts, ReplayLine } from "./FailureFacts.tsx";
import own from "./pane.module.css";

type ProblemsHereProps = {
  readonly id: Seq;
  readonly row: InvocationRow | StepRow | undefined;
  /** Shows it beside the last good call of its function; undefined where that is shown. */
  readonly onCompare: (() => void) | undefined;
};

/** Why it failed and what the rules found about it, above whatever tab is open. */
export function ProblemsHere({ id, row, onCompare }: ProblemsHereProps) {
  const { data } = useProblems();
  const { go } = useShell();
  const problems = data?.problems ?? [];
  const here = problems.filter((problem) => problem.invocation === id);
  // Of an answer that never came, the rule that found it says more.
  const failure = row && !(row.state === "lost" && here.length > 0) ? failureText(row) : undefined;
  const hasFacts = row?.type === "invocation" && (row.state === "failed" || isServerErrorOf(row));
  const isSame = ({ rule, functionName }: Problem) =>
    rule === "failed-result" &&
    row?.state === "failed" &&
    row?.type === "invocation" &&
    functionName === row.functionName;
  const advice = failure === undefined ? undefined : problems.find(isSame);
  const others = here.filter((problem) => problem !== advice);
  const isComparable = row?.type === "invocation" && onCompare !== undefined && isFailure(row);
  const { data: neighbours } = useNeighbours(id, row?.state ?? "", isComparable);
  const compare = isComparable && neighbours?.lastGood !== undefined ? onCompare : undefined;
  const show = (problem: Problem) => go({ view: "problems", item: problem.id });
  return (
    <>
      {failure !== undefined && (
        <Strip
          tone="error"
          title={failure}
          {...(compare && { onCompare: compare })}
          {...(advice && { onAdvice: () => show(advice) })}
          {...(hasFacts && { more: <FailureFacts row={row} />, copy: <ReplayLine invocationId={row.invocationId} /> })}
        >
          {advice?.consequence}
        </Strip>
      )}
      {others.map((problem) => (
        <Strip key={problem.id} tone={problem.severity} title={problem.title} onAdvice={() => show(problem)}>
          {problem.consequence}
        </Strip>
      ))}
    </>
  );
}

type StripProps = {
  readonly tone: Problem["severity"];
  readonly title: string;
  readonly onCompare?: () => void;
  readonly onAdvice?: () => void;
  /** What stands below the sentence. */
  readonly more?: ReactNode;
  /** Beside the ways that lead on. */
  readonly copy?: ReactNode;
  readonly children: string | undefined;
};

function Strip({ tone, title, onCompare, onAdvice, more, copy, children }: StripProps) {
  return (
    <div className={own["problem"]} data-tone={tone} role="note">
      <div>
        <p>
          <b>{title}</b> {children}
        </p>
        {more}
      </div>
      <div className={own["ways"]}>
        {onCompare && (
          <button type="button" className={styles["link"]} onClick={onCompare}>
            Compare with the last good call
          </button>
        )}
        {onAdvice && (
          <button type="button" className={styles["link"]} onClick={onAdvice}>
            What to try
          </button>
        )}
        {copy && <span className={own["copy"]}>{copy}</span>}
      </div>
    </div>
  );
}

function failureText(row: InvocationRow | StepRow): string | undefined {
  if (row.state === "lost") {
    return "The stream ended before the answer came.";
  }
  if (row.state !== "failed") {
    const isServerError = row.type === "invocation" && isServerErrorOf(row);
    return isServerError ? `It answered with HTTP ${row.httpStatus}, though its worker calls it a success.` : undefined;
  }
  return saidOf(row.type === "step" ? row.text : row.result) ?? "It failed without saying why.";
}
