import type { Seq } from "@inspector/contract/page";
import { ChevronRight, TriangleAlert, X } from "lucide-react";
import { StatusMark } from "../../shell/controls/StatusMark.tsx";
import { formatCount } from "../../shell/format/time.ts";
import type { GridColumn } from "../../shell/grid/DataGrid.tsx";
import { keepKeys } from "../../shell/grid/keep-keys.ts";
import { Count, Span } from "../../shell/panes/cells.tsx";
import {
  describeTrigger,
  type FunctionRow,
  failureRate,
  formatRate,
  loadErrorOf,
  rowStatus,
  summarizeBindings,
} from "./function-rows.ts";
import styles from "./functions.module.css";
import { Sparkline } from "./Sparkline.tsx";
import { TriggerMark } from "./TriggerMark.tsx";

/**
 * @param onInvocation shows an invocation
 * @param onFold shows or hides the lines of a function's workers
 */
export function functionColumns(
  onInvocation: (id: Seq) => void,
  onFold: (name: string) => void,
): readonly GridColumn<FunctionRow>[] {
  return [
    {
      id: "name",
      title: "Function",
      track: "minmax(80px, 0.8fr)",
      sort: "ascending",
      render: (row) => <Name row={row} onFold={onFold} />,
    },
    {
      id: "trigger",
      title: "Trigger",
      track: "minmax(60px, 92px)",
      sort: "ascending",
      render: ({ worker, total }) => !worker && <TriggerMark trigger={total.trigger} />,
    },
    {
      id: "source",
      title: "Route, schedule, source",
      track: "minmax(90px, 1.2fr)",
      minGrid: 930,
      hint: "What sets it off, as its bindings say: methods and route (below the app's prefix, /api/ by default), schedule, queue …",
      render: ({ worker, total }) => !worker && <Source text={describeTrigger(total.bindings, total.name)} />,
    },
    {
      id: "bindings",
      title: "Other bindings",
      track: "minmax(80px, 0.8fr)",
      minGrid: 1400,
      render: ({ worker, total }) =>
        !worker && <span className={styles["bindings"]}>{summarizeBindings(total.bindings)}</span>,
    },
    {
      id: "calls",
      title: "Calls",
      track: "48px",
      isNumber: true,
      sort: "descending",
      render: ({ figures }) => <Count count={figures.calls} />,
    },
    {
      id: "failures",
      title: "Failed",
      track: "76px",
      isNumber: true,
      sort: "descending",
      hint: "Calls that failed, and their share of the calls that are over",
      render: (row) => <Failures row={row} />,
    },
    {
      id: "inFlight",
      title: "In flight",
      track: "52px",
      isNumber: true,
      minGrid: 700,
      sort: "descending",
      render: ({ figures }) => <Count count={figures.inFlight} />,
    },
    {
      id: "lost",
      title: "Lost",
      track: "40px",
      isNumber: true,
      minGrid: 824,
      sort: "descending",
      hint: "Calls that were in flight when their stream ended",
      render: ({ figures: { lost } }) =>
        lost > 0 ? <span className={styles["bad"]}>{formatCount(lost)}</span> : <Count count={0} />,
    },
    latency("p50", "Half of the calls were faster; the time for which requests were held is left out", 450),
    latency("p95", "95 of 100 calls were faster", 530),
    latency("max", "The slowest call", 640),
    {
      id: "recent",
      title: "Newest calls",
      track: "100px",
      minGrid: 770,
      hint: "How long the newest 50 calls took, the newest at the right",
      render: ({ figures }) => <Sparkline durations={figures.recent} />,
    },
    {
      id: "lastError",
      title: "Last error",
      track: "minmax(0, 1.6fr)",
      minGrid: 960,
      render: (row) => <LastError row={row} onInvocation={onInvocation} />,
    },
  ];
}

function latency(id: "p50" | "p95" | "max", hint: string, minGrid: number): GridColumn<FunctionRow> {
  const render = ({ figures }: FunctionRow) => <Span span={figures[id]} />;
  return { id, title: id, track: "60px", isNumber: true, sort: "descending", hint, minGrid, render };
}

type NameProps = { readonly row: FunctionRow; readonly onFold: (name: string) => void };

function Name({ row, onFold }: NameProps) {
  const { title, worker, total, isOpen } = row;
  const status = rowStatus(row);
  const label = `The ${total.workers.length} workers of ${total.name}`;
  return (
    <span className={styles["name"]} title={title} data-part={worker !== undefined}>
      {isOpen !== undefined && (
        <button
          type="button"
          tabIndex={-1}
          className={styles["fold"]}
          aria-label={label}
          title={`${label} (Enter)`}
          aria-expanded={isOpen}
          onKeyDown={keepKeys}
          onClick={(event) => {
            event.stopPropagation();
            onFold(total.name);
          }}
          onDoubleClick={(event) => event.stopPropagation()}
        >
          <ChevronRight size={13} aria-hidden />
        </button>
      )}
      {worker ? <span>{title}</span> : <b>{title}</b>}
      {isOpen !== undefined && <small className={styles["quiet"]}>{total.workers.length} workers</small>}
      {status && <StatusMark {...status} />}
    </span>
  );
}

function Source({ text }: { readonly text: string | undefined }) {
  return (
    text !== undefined && (
      <code className={styles["source"]} title={text}>
        {text}
      </code>
    )
  );
}

function Failures({ row: { figures } }: { readonly row: FunctionRow }) {
  const rate = failureRate(figures);
  if (figures.serverErrors > 0) {
    return (
      <span className={styles["failures"]} title="Failed, and answered with an HTTP status of 500 or more">
        <X size={12} strokeWidth={2.5} aria-hidden />
        {figures.failures > 0 && formatCount(figures.failures)}{" "}
        <small>{formatCount(figures.serverErrors)}&nbsp;×&nbsp;5xx</small>
      </span>
    );
  }
  if (figures.failures === 0 || rate === undefined) {
    return <Count count={figures.failures} />;
  }
  return (
    <span className={styles["failures"]}>
      <X size={12} strokeWidth={2.5} aria-hidden />
      {formatCount(figures.failures)} <small>{formatRate(rate)}</small>
    </span>
  );
}

type LastErrorProps = { readonly row: FunctionRow; readonly onInvocation: (id: Seq) => void };

function LastError({ row, onInvocation }: LastErrorProps) {
  const loadError = loadErrorOf(row);
  const { lastError } = row.figures;
  if (loadError !== undefined) {
    return (
      <span className={styles["error"]} title={loadError}>
        <TriangleAlert size={12} aria-hidden /> {loadError}
      </span>
    );
  }
  if (lastError === undefined) {
    return null;
  }
  const text = lastError.text === "" ? "failed without a message" : lastError.text;
  return (
    <button
      type="button"
      tabIndex={-1}
      className={styles["error"]}
      title={`${text}\nOpen the invocation`}
      onKeyDown={keepKeys}
      onClick={() => onInvocation(lastError.invocation)}
    >
      {text}
    </button>
  );
}
