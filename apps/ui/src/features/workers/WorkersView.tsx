import type { WorkerInfo } from "@inspector/contract/page";
import { workerTerm } from "@inspector/filter/term";
import { useMemo } from "react";
import { useSessionState } from "../../shell/data/session-context.ts";
import { useWorkers } from "../../shell/data/workbench-queries.ts";
import { DataGrid } from "../../shell/grid/DataGrid.tsx";
import { factOf, namedFact, type RowFact } from "../../shell/grid/row-fact.ts";
import { useShell } from "../../shell/page/shell-context.ts";
import { isWorkerOfKey, workerKey } from "../../shell/page/worker-key.ts";
import { Failed, Loading, PaneState } from "../../shell/panes/PaneState.tsx";
import { SplitView } from "../../shell/panes/SplitView.tsx";
import { WorkerDetail } from "./WorkerDetail.tsx";
import { workerColumns } from "./worker-columns.tsx";

/** Rows of the list that are in sight at first; a host that restarts its worker over and over makes more. */
const ROWS_IN_SIGHT = 5;

/** Every worker that was there, and what is known of the selected one. */
export function WorkersView() {
  const { address, go } = useShell();
  const { session } = useSessionState();
  const { data, error, refetch } = useWorkers();
  const startedAt = session?.startedAt ?? 0;
  const columns = useMemo(() => workerColumns(startedAt), [startedAt]);
  const lines = useMemo(
    () => (data ?? []).map((row) => ({ type: "row", key: workerKey(row.stream.id), row }) as const),
    [data],
  );
  if (data === undefined || session === undefined) {
    return error ? <Failed error={error} onRetry={() => void refetch()} /> : <Loading what="workers" />;
  }
  // The newest worker is what people come for: of one that was started again it is the one that runs.
  const selected = data.find(({ stream }) => isWorkerOfKey(address.item, stream.id, stream.workerId)) ?? data.at(-1);
  if (selected === undefined) {
    return <NoWorkers isFile={session.source === "file"} />;
  }
  return (
    <SplitView
      separator="Size of the list of workers"
      shape="below"
      isAlwaysOpen
      rows={Math.min(data.length, ROWS_IN_SIGHT)}
      detail={<WorkerDetail key={selected.stream.id} worker={selected} session={session} />}
      list={
        <DataGrid
          label="Workers"
          columns={columns}
          lines={lines}
          selected={workerKey(selected.stream.id)}
          onSelect={(item) => go({ item })}
          factsOf={factsOfWorker}
        />
      }
    />
  );
}

function factsOfWorker({ stream }: WorkerInfo): readonly RowFact[] {
  const { workerId, runtime } = stream;
  return [
    ...factOf("worker", "Worker", workerId ?? `stream ${stream.id}`, workerTerm({ workerId, stream: stream.id })),
    ...namedFact("worker", "Runtime", runtime, (name) => workerTerm({ workerId: name, stream: stream.id })),
  ];
}

function NoWorkers({ isFile }: { readonly isFile: boolean }) {
  return (
    <PaneState title={isFile ? "No worker in this session" : "No worker has connected yet"}>
      <p>
        {isFile
          ? "Nothing connected while it was recorded."
          : "It appears here with its process, what it declares and how its start-up goes as soon as it opens a stream."}
      </p>
    </PaneState>
  );
}
