import type { WorkerInfo } from "@inspector/contract/page";
import { StatusMark } from "../../shell/controls/StatusMark.tsx";
import { formatCount, formatMoment } from "../../shell/format/time.ts";
import type { GridColumn } from "../../shell/grid/DataGrid.tsx";
import { Count, Span } from "../../shell/panes/cells.tsx";
import { explainExit } from "./exit-meaning.ts";
import { WorkerState } from "./WorkerState.tsx";
import { describeEnd, fullName, startUpTime } from "./worker-words.ts";
import styles from "./workers.module.css";

/** @param sessionStartedAt milliseconds since the Unix epoch */
export function workerColumns(sessionStartedAt: number): readonly GridColumn<WorkerInfo>[] {
  return [
    { id: "name", title: "Worker", track: "minmax(108px, 1fr)", render: (worker) => <b>{fullName(worker)}</b> },
    {
      id: "state",
      title: "State",
      track: "minmax(110px, 140px)",
      render: (worker) => <WorkerState worker={worker} />,
    },
    {
      id: "pid",
      title: "Process",
      track: "62px",
      isNumber: true,
      minGrid: 820,
      render: ({ process }) => process?.pid ?? <span className={styles["quiet"]}>—</span>,
    },
    {
      id: "opened",
      title: "Connected",
      track: "70px",
      minGrid: 570,
      isNumber: true,
      render: ({ stream }) => formatMoment(sessionStartedAt, stream.openedAt).slice(0, 8),
    },
    {
      id: "startup",
      title: "Start-up",
      track: "66px",
      minGrid: 650,
      isNumber: true,
      hint: "From its launch, or its first message where that was not seen, to the last function that was loaded",
      render: (worker) => <Span span={startUpTime(worker)} />,
    },
    {
      id: "messages",
      title: "Messages",
      track: "70px",
      isNumber: true,
      minGrid: 970,
      render: ({ stream }) => <Count count={stream.messages} />,
    },
    {
      id: "invocations",
      title: "Invocations",
      track: "72px",
      minGrid: 430,
      isNumber: true,
      render: ({ invocations }) => <Count count={invocations} />,
    },
    {
      id: "failures",
      title: "Failed",
      track: "56px",
      isNumber: true,
      minGrid: 400,
      render: ({ failures }) => (
        <span className={failures > 0 ? styles["bad"] : undefined}>
          {failures > 0 && "✕ "}
          {failures > 0 ? formatCount(failures) : <Count count={0} />}
        </span>
      ),
    },
    {
      id: "inFlight",
      title: "In flight",
      track: "56px",
      isNumber: true,
      minGrid: 970,
      render: ({ inFlight }) => <Count count={inFlight} />,
    },
    {
      id: "lost",
      title: "Lost",
      track: "44px",
      minGrid: 490,
      isNumber: true,
      hint: "Invocations that were in flight when its stream ended",
      render: ({ lost }) =>
        lost > 0 ? <span className={styles["bad"]}>✕ {formatCount(lost)}</span> : <Count count={0} />,
    },
    {
      id: "end",
      title: "End",
      track: "minmax(84px, 1.6fr)",
      minGrid: 740,
      render: (worker) => <End worker={worker} />,
    },
  ];
}

function End({ worker: { process, stream, steps } }: { readonly worker: WorkerInfo }) {
  const exit = process && explainExit(process, steps);
  if (exit) {
    return <StatusMark tone={exit.tone} label={exit.label} />;
  }
  return <span className={styles["second"]}>{stream.end && describeEnd(stream.end)}</span>;
}
