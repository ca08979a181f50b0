import type { SessionInfo, WorkerInfo } from "@inspector/contract/page";
import { formatSize } from "../../shell/format/size.ts";
import { formatMoment } from "../../shell/format/time.ts";
import { useSessionNow } from "../../shell/page/useSessionNow.ts";
import { Count, Span } from "../../shell/panes/cells.tsx";
import { type Figure, Figures } from "../../shell/panes/Figures.tsx";
import { VerdictView } from "../problems/VerdictView.tsx";
import { CapabilitiesTable } from "./CapabilitiesTable.tsx";
import { LifecycleView } from "./LifecycleView.tsx";
import { sinceLaunch } from "./lifecycle.ts";
import { ProcessView } from "./ProcessView.tsx";
import { StrayHttpView } from "./StrayHttpView.tsx";
import { WorkerState } from "./WorkerState.tsx";
import { fullName, presentOf } from "./worker-words.ts";
import styles from "./workers.module.css";

/** Status pings slower than that make a host with dynamic concurrency hold work back. */
const SLOW_PING = 1e9;

type WorkerDetailProps = { readonly worker: WorkerInfo; readonly session: SessionInfo };

/** One worker: why it died if it did, its life, its process and what both sides declared. */
export function WorkerDetail({ worker, session }: WorkerDetailProps) {
  const now = useSessionNow(true);
  const { stream, steps, process } = worker;
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a scroller has to be reachable by keyboard
    <section className={styles["detail"]} aria-label={`Worker ${fullName(worker)}`} tabIndex={0}>
      <header className={styles["head"]}>
        <div className={styles["title"]}>
          <h2>{fullName(worker)}</h2>
          <WorkerState worker={worker} />
        </div>
        <p className={styles["sub"]}>
          {process?.pid !== undefined && <span>process {process.pid}</span>}
          <span>connected {formatMoment(session.startedAt, stream.openedAt).slice(0, 8)}</span>
          {stream.endedAt !== undefined && (
            <span>ended {formatMoment(session.startedAt, stream.endedAt).slice(0, 8)}</span>
          )}
          {worker.moreStreams !== undefined && <span>{worker.moreStreams + 1} streams</span>}
          {stream.dialledBy === "host" && <span title="As in separated compute">the host opened the connection</span>}
          {worker.hostVersion !== undefined && <span>host {worker.hostVersion}</span>}
          {worker.workerVersion !== undefined && <span>worker {worker.workerVersion}</span>}
          {stream.workerId !== undefined && <code title="Worker id">{stream.workerId}</code>}
        </p>
      </header>
      {worker.verdict && <VerdictView verdict={worker.verdict} />}
      <div className={styles["figures"]}>
        <Figures figures={listFigures(worker)} />
      </div>
      <LifecycleView
        steps={sinceLaunch(steps, process?.spawnedAt)}
        endedAt={process?.exitedAt ?? stream.endedAt}
        now={presentOf(worker, now)}
      />
      <div className={styles["columns"]}>
        <ProcessView worker={worker} startedAt={session.startedAt} />
        <CapabilitiesTable worker={worker} />
      </div>
      <StrayHttpView startedAt={session.startedAt} />
    </section>
  );
}

function listFigures({ stream, invocations, failures, inFlight, lost, statusPings }: WorkerInfo): readonly Figure[] {
  const slowest = statusPings.max;
  return [
    { name: "Messages", value: <Count count={stream.messages} />, note: formatSize(stream.bytes) },
    { name: "Invocations", value: <Count count={invocations} /> },
    { name: "Failed", value: <Count count={failures} />, isBad: failures > 0 },
    { name: "In flight", value: <Count count={inFlight} /> },
    { name: "Lost", value: <Count count={lost} />, isBad: lost > 0 },
    { name: "Status pings", value: <Count count={statusPings.count} /> },
    ...(statusPings.count === 0
      ? []
      : [
          { name: "Ping p50", value: <Span span={statusPings.p50} /> },
          {
            name: "Slowest ping",
            value: <Span span={slowest} />,
            isBad: slowest !== undefined && slowest > SLOW_PING,
            note: slowest !== undefined && slowest > SLOW_PING ? "over 1 s" : undefined,
          },
        ]),
  ];
}
