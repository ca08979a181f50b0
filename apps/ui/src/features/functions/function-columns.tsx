import type { FunctionInfo, Seq } from "@inspector/contract/page";
import { TriangleAlert, X } from "lucide-react";
import { StatusMark } from "../../shell/controls/StatusMark.tsx";
import { formatCount } from "../../shell/format/time.ts";
import { type GridColumn, keepKeys } from "../../shell/grid/DataGrid.tsx";
import { Count, Span } from "../../shell/panes/cells.tsx";
import { failureRate, formatRate, loadStatus, summarizeBindings } from "./function-rows.ts";
import styles from "./functions.module.css";
import { Sparkline } from "./Sparkline.tsx";
import { TriggerMark } from "./TriggerMark.tsx";

/** @param onInvocation shows an invocation */
export function functionColumns(onInvocation: (id: Seq) => void): readonly GridColumn<FunctionInfo>[] {
  return [
    {
      id: "name",
      title: "Function",
      track: "minmax(100px, 1.2fr)",
      sort: "ascending",
      render: (fn) => <Name fn={fn} />,
    },
    {
      id: "trigger",
      title: "Trigger",
      track: "92px",
      sort: "ascending",
      render: ({ trigger }) => <TriggerMark trigger={trigger} />,
    },
    {
      id: "bindings",
      title: "Other bindings",
      track: "minmax(80px, 0.8fr)",
      minGrid: 1080,
      render: ({ bindings }) => <span className={styles["bindings"]}>{summarizeBindings(bindings)}</span>,
    },
    {
      id: "calls",
      title: "Calls",
      track: "48px",
      isNumber: true,
      sort: "descending",
      render: ({ calls }) => <Count count={calls} />,
    },
    {
      id: "failures",
      title: "Failed",
      track: "76px",
      isNumber: true,
      sort: "descending",
      hint: "Calls that failed, and their share of the calls that are over",
      render: (fn) => <Failures fn={fn} />,
    },
    {
      id: "inFlight",
      title: "In flight",
      track: "52px",
      isNumber: true,
      minGrid: 700,
      sort: "descending",
      render: ({ inFlight }) => <Count count={inFlight} />,
    },
    {
      id: "lost",
      title: "Lost",
      track: "40px",
      isNumber: true,
      minGrid: 740,
      sort: "descending",
      hint: "Calls that were in flight when their stream ended",
      render: ({ lost }) =>
        lost > 0 ? <span className={styles["bad"]}>{formatCount(lost)}</span> : <Count count={0} />,
    },
    latency("p50", "Half of the calls were faster; the time for which requests were held is left out"),
    latency("p95", "95 of 100 calls were faster"),
    latency("max", "The slowest call", 640),
    {
      id: "recent",
      title: "Newest calls",
      track: "100px",
      minGrid: 784,
      hint: "How long the newest 50 calls took, the newest at the right",
      render: ({ recent }) => <Sparkline durations={recent} />,
    },
    {
      id: "lastError",
      title: "Last error",
      track: "minmax(0, 1.4fr)",
      minGrid: 960,
      render: (fn) => <LastError fn={fn} onInvocation={onInvocation} />,
    },
  ];
}

function latency(id: "p50" | "p95" | "max", hint: string, minGrid = 0): GridColumn<FunctionInfo> {
  const render = (fn: FunctionInfo) => <Span span={fn[id]} />;
  return { id, title: id, track: "60px", isNumber: true, sort: "descending", hint, minGrid, render };
}

function Name({ fn }: { readonly fn: FunctionInfo }) {
  const status = loadStatus(fn);
  return (
    <span className={styles["name"]} title={fn.name}>
      <b>{fn.name}</b>
      {status && <StatusMark {...status} />}
    </span>
  );
}

function Failures({ fn }: { readonly fn: FunctionInfo }) {
  const rate = failureRate(fn);
  if (fn.failures === 0 || rate === undefined) {
    return <Count count={fn.failures} />;
  }
  return (
    <span className={styles["failures"]}>
      <X size={12} strokeWidth={2.5} aria-hidden />
      {formatCount(fn.failures)} <small>{formatRate(rate)}</small>
    </span>
  );
}

type LastErrorProps = { readonly fn: FunctionInfo; readonly onInvocation: (id: Seq) => void };

function LastError({ fn: { loadError, lastError }, onInvocation }: LastErrorProps) {
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
