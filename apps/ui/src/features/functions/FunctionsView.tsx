import { functionTerm, triggerTerm } from "@inspector/filter/term";
import { useCallback, useMemo, useState } from "react";
import { useSessionState } from "../../shell/data/session-context.ts";
import { useFunctionTotals } from "../../shell/data/workbench-queries.ts";
import { DataGrid } from "../../shell/grid/DataGrid.tsx";
import type { Sorting } from "../../shell/grid/grid-lines.ts";
import { factOf, namedFact, type RowFact } from "../../shell/grid/row-fact.ts";
import { useShell } from "../../shell/page/shell-context.ts";
import { Failed, Loading, PaneState } from "../../shell/panes/PaneState.tsx";
import { SplitView } from "../../shell/panes/SplitView.tsx";
import { FunctionDetail } from "./FunctionDetail.tsx";
import { functionColumns } from "./function-columns.tsx";
import { type FunctionRow, findFunction, listFunctions } from "./function-rows.ts";

/** Functions over all their workers: how often each was called, how long that took and what went wrong. */
export function FunctionsView() {
  const { address, go } = useShell();
  const { session } = useSessionState();
  const { data, error, refetch } = useFunctionTotals();
  const [sorting, setSorting] = useState<Sorting | undefined>();
  const [open, setOpen] = useState<ReadonlySet<string>>(new Set());
  const fold = useCallback((name: string) => setOpen((was) => flipped(was, name)), []);
  const streams = session?.streams ?? NO_STREAMS;
  const lines = useMemo(() => listFunctions(data ?? [], streams, sorting, open), [data, streams, sorting, open]);
  const selected = useMemo(() => findFunction(data ?? [], streams, address.item), [data, streams, address.item]);
  const columns = useMemo(
    () => functionColumns((invocation) => go({ view: "invocations", filter: "", invocation }), fold),
    [go, fold],
  );
  if (data === undefined) {
    return error ? <Failed error={error} onRetry={() => void refetch()} /> : <Loading what="functions" />;
  }
  if (data.length === 0) {
    return <NoFunctions />;
  }
  return (
    <SplitView
      separator="Size of the function's pane"
      size="37%"
      rows={lines.length}
      detail={
        selected && (
          <FunctionDetail
            key={`${session?.id ?? ""} ${selected.key}`}
            row={selected}
            onSelect={(item) => go({ item })}
            onClose={() => go({ item: undefined })}
          />
        )
      }
      list={
        <DataGrid
          label="Functions"
          columns={columns}
          lines={lines}
          selected={selected?.key}
          onSelect={(item) => go({ item })}
          onOpen={(key) => data.some(({ name, workers }) => name === key && workers.length > 1) && fold(key)}
          onClose={selected && (() => go({ item: undefined }))}
          factsOf={factsOfFunction}
          sorting={sorting}
          onSort={setSorting}
        />
      }
    />
  );
}

const NO_STREAMS: readonly never[] = [];

function flipped(names: ReadonlySet<string>, name: string): ReadonlySet<string> {
  const next = new Set(names);
  if (!next.delete(name)) {
    next.add(name);
  }
  return next;
}

function factsOfFunction({ total, worker }: FunctionRow): readonly RowFact[] {
  return [
    ...namedFact("name", "Function", total.name, functionTerm),
    ...namedFact("trigger", "Trigger", total.trigger, triggerTerm),
    ...(worker === undefined ? [] : factOf("name", "Stream", String(worker.stream), `stream:${worker.stream}`)),
  ];
}

function NoFunctions() {
  const { session } = useSessionState();
  const isFile = session?.source === "file";
  return (
    <PaneState title={isFile ? "No functions in this session" : "No functions yet"}>
      <p>
        {isFile
          ? "No worker loaded a function while this was recorded."
          : "A function appears here when a worker lists it, when the host asks for it to be loaded, or at its first call."}
      </p>
    </PaneState>
  );
}
