import { useMemo } from "react";
import { useShell } from "../app/shell-context.ts";
import { useSessionState } from "../data/session-context.ts";
import { useProblems } from "../data/workbench-queries.ts";
import { DataGrid } from "../table/DataGrid.tsx";
import { Failed, Loading } from "../table/PaneState.tsx";
import { SplitView } from "../table/SplitView.tsx";
import { NoProblems } from "./NoProblems.tsx";
import { ProblemDetail } from "./ProblemDetail.tsx";
import { problemColumns } from "./problem-columns.tsx";
import { listProblems } from "./problem-rows.ts";
import styles from "./problems.module.css";
import { VerdictView } from "./VerdictView.tsx";

/** What broke the protocol, what the host will drop, and why workers died: the gravest first. */
export function ProblemsView() {
  const { address, go } = useShell();
  const { session } = useSessionState();
  const { data, error, refetch } = useProblems();
  const lines = useMemo(() => listProblems(data?.problems ?? []), [data]);
  const columns = useMemo(() => problemColumns(session), [session]);
  if (data === undefined) {
    return error ? <Failed error={error} onRetry={() => void refetch()} /> : <Loading what="problems" />;
  }
  const { problems, verdicts, through } = data;
  if (problems.length === 0 && verdicts.length === 0) return <NoProblems through={through} />;
  const first = lines.find((line) => line.type === "row");
  const selected = problems.find(({ id }) => id === address.item) ?? (first?.type === "row" ? first.row : undefined);
  return (
    <SplitView
      separator="Size of the problem's pane"
      size="46%"
      list={
        <DataGrid
          label="Problems"
          columns={columns}
          lines={lines}
          selected={selected?.id}
          onSelect={(item) => go({ item })}
        />
      }
      detail={
        <div className={styles["pane"]}>
          {verdicts.map((verdict) => (
            <VerdictView key={verdict.stream} verdict={verdict} />
          ))}
          {selected && <ProblemDetail problem={selected} />}
        </div>
      }
    />
  );
}
