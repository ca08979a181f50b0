import type { Nanos } from "@inspector/contract/page";
import { Minus, Plus, X } from "lucide-react";
import type { ReactNode } from "react";
import { formatCount } from "../../shell/format/time.ts";
import { Count, Span } from "../../shell/panes/cells.tsx";
import { formatRate } from "../functions/function-rows.ts";
import { TriggerMark } from "../functions/TriggerMark.tsx";
import styles from "./comparison.module.css";
import { type FunctionChange, type FunctionFigures, ratioBar, timedOf } from "./comparison.ts";
import list from "./sessions.module.css";

/** Functions by name: calls, failures and latency of both sessions, and how they differ. */
export function FunctionChanges({ changes }: { readonly changes: readonly FunctionChange[] }) {
  if (changes.length === 0) {
    return <p className={styles["none"]}>Neither session has a function.</p>;
  }
  return (
    <table className={styles["changes"]} aria-label="Functions">
      <thead>
        <tr>
          <th scope="col" rowSpan={2}>
            Function
          </th>
          <th scope="col" rowSpan={2} className={styles["trigger"]}>
            Trigger
          </th>
          <th scope="colgroup" colSpan={2}>
            Calls
          </th>
          <th scope="colgroup" colSpan={2}>
            Failed
          </th>
          <th scope="colgroup" colSpan={3}>
            p50
          </th>
          <th scope="colgroup" colSpan={3}>
            p95
          </th>
        </tr>
        <tr>
          {["calls", "failed"].map((group) => (
            <Pair key={group} />
          ))}
          {["p50", "p95"].map((group) => (
            <Pair key={group} hasChange />
          ))}
        </tr>
      </thead>
      <tbody>
        {changes.map((change) => (
          <Row key={change.name} change={change} />
        ))}
      </tbody>
    </table>
  );
}

function Pair({ hasChange = false }: { readonly hasChange?: boolean }) {
  return (
    <>
      <th scope="col" data-first="true">
        before
      </th>
      <th scope="col">after</th>
      {hasChange && (
        <th scope="col" className={styles["words"]}>
          change
        </th>
      )}
    </>
  );
}

function Row({ change: { name, trigger, before, after } }: { readonly change: FunctionChange }) {
  return (
    <tr>
      <th scope="row">
        <span className={styles["name"]}>
          <b>{name}</b>
          {before === undefined && (
            <span className={styles["added"]}>
              <Plus size={11} aria-hidden /> new
            </span>
          )}
          {after === undefined && (
            <span className={styles["missing"]}>
              <Minus size={11} aria-hidden /> missing
            </span>
          )}
        </span>
      </th>
      <td className={styles["trigger"]}>
        <TriggerMark trigger={trigger} />
      </td>
      <Value isFirst>{before && <Count count={before.calls} />}</Value>
      <Value>{after && <Count count={after.calls} />}</Value>
      <Value isFirst>{before && <Failures figures={before} />}</Value>
      <Value>{after && <Failures figures={after} />}</Value>
      <Latencies before={before?.p50} after={after?.p50} calls={timedOf(before, after)} />
      <Latencies before={before?.p95} after={after?.p95} calls={timedOf(before, after)} />
    </tr>
  );
}

function Value({ children, isFirst = false }: { readonly children: ReactNode; readonly isFirst?: boolean }) {
  return (
    <td data-number="true" data-first={isFirst}>
      {children ?? <Span span={undefined} />}
    </td>
  );
}

function Failures({ figures: { calls, failures } }: { readonly figures: FunctionFigures }) {
  if (failures === 0) {
    return <Count count={0} />;
  }
  return (
    <span className={list["failures"]}>
      <X size={11} strokeWidth={2.5} aria-hidden />
      {formatCount(failures)}
      {calls > 0 && <small>{formatRate(failures / calls)}</small>}
    </span>
  );
}

type LatenciesProps = {
  readonly before: Nanos | undefined;
  readonly after: Nanos | undefined;
  readonly calls: number;
};

function Latencies({ before, after, calls }: LatenciesProps) {
  const bar = ratioBar(before, after, calls);
  return (
    <>
      <Value isFirst>
        <Span span={before} />
      </Value>
      <Value>
        <Span span={after} />
      </Value>
      <td>
        {bar && (
          <span className={styles["change"]} data-tone={bar.tone}>
            <span className={styles["scale"]} aria-hidden>
              <i style={{ left: `${50 + Math.min(0, bar.share) * 50}%`, width: `${Math.abs(bar.share) * 50}%` }} />
            </span>
            {bar.tone === "bad" ? "▲ " : bar.tone === "good" ? "▼ " : ""}
            {bar.text}
          </span>
        )}
      </td>
    </>
  );
}
