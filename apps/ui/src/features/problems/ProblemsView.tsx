import type { Verdict as VerdictOf } from "@inspector/contract/page";
import { functionTerm } from "@inspector/filter/term";
import { ArrowRight } from "lucide-react";
import { useMemo } from "react";
import { Button } from "../../shell/controls/Button.tsx";
import { useSessionState } from "../../shell/data/session-context.ts";
import { useProblems } from "../../shell/data/workbench-queries.ts";
import { DataGrid } from "../../shell/grid/DataGrid.tsx";
import { factOf, namedFact, type RowFact } from "../../shell/grid/row-fact.ts";
import { useShell } from "../../shell/page/shell-context.ts";
import { workerKey } from "../../shell/page/worker-key.ts";
import { Failed, Loading } from "../../shell/panes/PaneState.tsx";
import { SplitView } from "../../shell/panes/SplitView.tsx";
import { NoProblems } from "./NoProblems.tsx";
import { ProblemDetail } from "./ProblemDetail.tsx";
import { problemColumns } from "./problem-columns.tsx";
import { type Finding, listFindings } from "./problem-rows.ts";
import styles from "./problems.module.css";
import { VerdictView } from "./VerdictView.tsx";

const NOTHING = { problems: [], verdicts: [] };

/** What broke the protocol, what the host will drop, and why workers died: the gravest first. */
export function ProblemsView() {
  const { address, go } = useShell();
  const { session } = useSessionState();
  const { data, error, refetch } = useProblems("often");
  const lines = useMemo(() => listFindings(data ?? NOTHING), [data]);
  const columns = useMemo(() => problemColumns(session), [session]);
  if (data === undefined) {
    return error ? <Failed error={error} onRetry={() => void refetch()} /> : <Loading what="problems" />;
  }
  const rows = lines.flatMap((line) => (line.type === "row" ? [line.row] : []));
  const selected = rows.find(({ key }) => key === address.item) ?? rows[0];
  if (selected === undefined) {
    return <NoProblems through={data.through} />;
  }
  return (
    <SplitView
      separator="Size of the problem's pane"
      size="46%"
      isAlwaysOpen
      rows={lines.length}
      detail={
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a scroller has to be reachable by keyboard
        <section className={styles["pane"]} tabIndex={0} aria-label="Selected problem">
          {selected.type === "verdict" ? (
            <Verdict verdict={selected.verdict} />
          ) : (
            <ProblemDetail problem={selected.problem} />
          )}
        </section>
      }
      list={
        <DataGrid
          label="Problems"
          columns={columns}
          lines={lines}
          selected={selected.key}
          onSelect={(item) => go({ item })}
          factsOf={factsOfFinding}
        />
      }
    />
  );
}

function factsOfFinding(finding: Finding): readonly RowFact[] {
  const { functionName, stream = 0 } =
    finding.type === "problem" ? finding.problem : { ...finding.verdict, functionName: undefined };
  const title = finding.type === "problem" ? finding.problem.title : finding.verdict.sentence;
  return [
    ...factOf("title", "Problem", title),
    ...namedFact("place", "Function", functionName, functionTerm),
    ...(stream === 0 ? [] : factOf("place", "Stream", String(stream), `stream:${stream}`)),
  ];
}

/** A verdict, and the way to the rest that is known of its worker. */
function Verdict({ verdict }: { readonly verdict: VerdictOf }) {
  const { go } = useShell();
  return (
    <>
      <VerdictView verdict={verdict} />
      <p className={styles["links"]}>
        <Button onClick={() => go({ view: "workers", item: workerKey(verdict.stream, verdict.workerId) })}>
          Open the worker <ArrowRight size={13} aria-hidden />
        </Button>
      </p>
    </>
  );
}
