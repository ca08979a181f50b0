import type { FunctionInfo } from "@inspector/contract/page";
import { useMemo, useState } from "react";
import { useSessionState } from "../../shell/data/session-context.ts";
import { useFunctions } from "../../shell/data/workbench-queries.ts";
import { DataGrid } from "../../shell/grid/DataGrid.tsx";
import type { Sorting } from "../../shell/grid/grid-lines.ts";
import { useShell } from "../../shell/page/shell-context.ts";
import { Failed, Loading, PaneState } from "../../shell/panes/PaneState.tsx";
import { SplitView } from "../../shell/panes/SplitView.tsx";
import { FunctionDetail } from "./FunctionDetail.tsx";
import { functionColumns } from "./function-columns.tsx";
import { functionKey, listFunctions } from "./function-rows.ts";

/** What each worker loaded, how often it was called, how long that took and what went wrong. */
export function FunctionsView() {
  const { address, go } = useShell();
  const { session } = useSessionState();
  const { data, error, refetch } = useFunctions();
  const [sorting, setSorting] = useState<Sorting | undefined>();
  const lines = useMemo(() => listFunctions(data ?? [], session?.streams ?? [], sorting), [data, session, sorting]);
  const columns = useMemo(
    () => functionColumns((invocation) => go({ view: "invocations", filter: "", invocation })),
    [go],
  );
  if (data === undefined) {
    return error ? <Failed error={error} onRetry={() => void refetch()} /> : <Loading what="functions" />;
  }
  if (data.length === 0) {
    return <NoFunctions />;
  }
  const selected = data.find((fn) => functionKey(fn) === address.item);
  return (
    <SplitView
      separator="Size of the function's pane"
      size="37%"
      rows={lines.length}
      detail={selected && <Selected fn={selected} sessionId={session?.id ?? ""} />}
      list={
        <DataGrid
          label="Functions"
          columns={columns}
          lines={lines}
          selected={selected && functionKey(selected)}
          onSelect={(item) => go({ item })}
          onClose={selected && (() => go({ item: undefined }))}
          sorting={sorting}
          onSort={setSorting}
        />
      }
    />
  );
}

function Selected({ fn, sessionId }: { readonly fn: FunctionInfo; readonly sessionId: string }) {
  const { go } = useShell();
  return <FunctionDetail key={`${sessionId} ${functionKey(fn)}`} fn={fn} onClose={() => go({ item: undefined })} />;
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
