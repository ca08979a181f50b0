import type { InvocationRow, Seq } from "@inspector/contract/page";
import { type KeyboardEvent, type PointerEvent, useMemo, useRef, useState } from "react";
import { formatPlural } from "../../shell/format/size.ts";
import { formatOffset, formatSpan } from "../../shell/format/time.ts";
import { useWidth } from "../../shell/page/useWidth.ts";
import detailStyles from "../detail/detail.module.css";
import type { FunctionRow } from "./function-rows.ts";
import styles from "./functions.module.css";
import {
  type Call,
  formatPower,
  type LatencyPlot,
  type PlotPoint,
  plotLatency,
  pointAt,
  stepPoint,
} from "./latency-plot.ts";
import { SHOWN_CALLS, useFunctionCalls } from "./useFunctionCalls.ts";

/** Pixels around the points: labels of the scale at the left, the time below. */
const LEFT = 48;
const RIGHT = 34;
const TOP = 8;
const BOTTOM = 20;
const HEIGHT = 168;
const REACH = 24;
const LABEL_HEIGHT = 12;

type LatencyChartProps = { readonly row: FunctionRow; readonly onInvocation: (id: Seq) => void };

/** How long the newest calls took, over time, each a point that leads to its invocation. */
export function LatencyChart({ row, onInvocation }: LatencyChartProps) {
  const rows = useFunctionCalls(row.total.name, row.worker?.stream);
  const frame = useRef<HTMLDivElement>(null);
  const width = useWidth(frame);
  const calls = useMemo(() => (rows ?? []).flatMap(toCall), [rows]);
  const plot = useMemo(
    () => plotLatency(calls, { width: Math.max(40, width - LEFT - RIGHT), height: HEIGHT - TOP - BOTTOM }),
    [calls, width],
  );
  return (
    <div className={detailStyles["block"]}>
      <h3>
        Latency over time
        <span className={styles["when"]}>
          {calls.length < SHOWN_CALLS
            ? formatPlural(calls.length, "call", "calls")
            : `the newest ${formatPlural(calls.length, "call", "calls")}`}
        </span>
        <Legend calls={calls} />
      </h3>
      <div ref={frame} className={styles["chart"]} style={{ height: HEIGHT }}>
        {plot && width > 0 && <Plot plot={plot} row={row} width={width} onInvocation={onInvocation} />}
        {rows !== undefined && plot === undefined && <p className={styles["quiet"]}>No call has been answered yet.</p>}
      </div>
    </div>
  );
}

type PlotProps = LatencyChartProps & { readonly plot: LatencyPlot; readonly width: number };

function Plot({ plot, row, width, onInvocation }: PlotProps) {
  const [active, setActive] = useState<Seq | undefined>();
  const point = plot.points.find(({ id }) => id === active);
  const right = width - LEFT - RIGHT;
  const onPointerMove = (event: PointerEvent<SVGSVGElement>) => {
    const box = event.currentTarget.getBoundingClientRect();
    setActive(pointAt(plot.points, event.clientX - box.left - LEFT, event.clientY - box.top - TOP, REACH)?.id);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const by = event.key === "ArrowRight" ? 1 : event.key === "ArrowLeft" ? -1 : undefined;
    if (by !== undefined) {
      setActive(stepPoint(plot.points, active, by)?.id);
    } else if (event.key === "Enter" && point) {
      onInvocation(point.id);
    } else {
      return;
    }
    event.preventDefault();
  };
  return (
    <>
      <svg
        role="application"
        // biome-ignore lint/a11y/noNoninteractiveTabindex: arrows go from call to call, Enter opens one
        tabIndex={0}
        aria-label="Latency over time: arrows go from call to call, Enter opens its invocation"
        width={width}
        height={HEIGHT}
        onPointerMove={onPointerMove}
        onPointerLeave={() => setActive(undefined)}
        onClick={() => point && onInvocation(point.id)}
        onKeyDown={onKeyDown}
        data-pointing={point !== undefined}
      >
        <g transform={`translate(${LEFT} ${TOP})`}>
          {plot.rows.map(({ at, value }) => (
            <g key={value}>
              <line className={styles["rule"]} x2={right} y1={at} y2={at} />
              <text className={styles["tick"]} x={-8} y={at + 3.5} textAnchor="end">
                {formatPower(value)}
              </text>
            </g>
          ))}
          <Levels figures={row.figures} plot={plot} right={right} />
          <path className={styles["dots"]} d={dots(plot.points.filter(({ state }) => state !== "failed"))} />
          <path className={styles["crosses"]} d={crosses(plot.points.filter(({ state }) => state === "failed"))} />
          {point && <circle className={styles["active"]} cx={point.x} cy={point.y} r={6} />}
          <text className={styles["tick"]} y={HEIGHT - TOP - 4}>
            {formatOffset(plot.from)} s
          </text>
          {plot.to > plot.from && (
            <text className={styles["tick"]} x={right} y={HEIGHT - TOP - 4} textAnchor="end">
              {formatOffset(plot.to)} s
            </text>
          )}
        </g>
      </svg>
      <p className={styles["reading"]} role="status" style={point && placeReading(point, right)}>
        {point && (
          <>
            <b>{formatSpan(point.duration)}</b> {point.state === "success" ? "" : point.state} at{" "}
            {formatOffset(point.at)} s
          </>
        )}
      </p>
    </>
  );
}

type LevelsProps = {
  readonly figures: FunctionRow["figures"];
  readonly plot: LatencyPlot;
  readonly right: number;
};

/** Percentiles as lines across, named at their ends. */
function Levels({ figures, plot, right }: LevelsProps) {
  if (figures.p50 === undefined || figures.p95 === undefined) {
    return null;
  }
  const [low, high] = [plot.yOf(figures.p50), plot.yOf(figures.p95)];
  const apart = Math.max(0, LABEL_HEIGHT - (low - high)) / 2;
  const levels = [
    { name: "p50", y: low, label: low + apart },
    { name: "p95", y: high, label: high - apart },
  ];
  return levels.map(({ name, y, label }) => (
    <g key={name}>
      <line className={styles["level"]} x2={right} y1={y} y2={y} />
      <text className={styles["tick"]} x={right + 6} y={label + 3.5}>
        {name}
      </text>
    </g>
  ));
}

function Legend({ calls }: { readonly calls: readonly Call[] }) {
  const failed = calls.filter(({ state }) => state === "failed").length;
  if (failed === 0) {
    return null;
  }
  return <span className={styles["legend"]}>× {formatPlural(failed, "failure", "failures")}</span>;
}

/** Points of one path: lines of no length with round ends. */
function dots(points: readonly PlotPoint[]): string {
  return points.map(({ x, y }) => `M${x.toFixed(1)} ${y.toFixed(1)}h0`).join("");
}

function crosses(points: readonly PlotPoint[]): string {
  return points.map(({ x, y }) => `M${(x - 3).toFixed(1)} ${(y - 3).toFixed(1)}l6 6m0-6l-6 6`).join("");
}

function placeReading({ x, y }: PlotPoint, right: number): { left: number; top: number; transform: string } {
  const isRight = x > right / 2;
  return {
    left: LEFT + x + (isRight ? -12 : 12),
    top: TOP + y,
    transform: `translate(${isRight ? "-100%" : "0"}, -50%)`,
  };
}

function toCall(row: InvocationRow): Call[] {
  if (row.duration === undefined || row.startedAt === undefined) {
    return [];
  }
  return [{ id: row.id, at: row.startedAt, duration: row.duration, state: row.state }];
}
