import type { Nanos } from "@inspector/contract/page";
import type { ExchangeRow } from "../../shell/data/session-store.ts";
import { axisBreaks, axisTicks, placeOnAxis, type Stretch, type Tick } from "../timing/waterfall.ts";
import { describeSpans, type RowSpan, spansOf } from "./row-spans.ts";

/** The share of a wide column that a label of the scale takes, and its width in pixels: "3.09 min" with room around it. */
const LABEL_PART = 0.28;
const LABEL_PX = 60;

/** A row's bar, as text so that a row is drawn anew only where it is another one: "holder 0 12.5;worker 12.5 3". */
export type BarText = { readonly parts: string; readonly title: string | undefined };

export function barOf(
  axis: readonly Stretch[],
  row: ExchangeRow,
  now: Nanos,
  streamEndedAt: Nanos | undefined,
): BarText {
  const spans = spansOf(row, { now, streamEndedAt });
  const parts = spans.map((span) => {
    const { left, width } = placeOnAxis(axis, span);
    return `${span.whose} ${percent(left)} ${percent(width)}`;
  });
  return { parts: parts.join(";"), title: describeSpans(spans, row.state !== "in-flight") };
}

export type BarPart = { readonly whose: RowSpan["whose"]; readonly left: string; readonly width: string };

export function partsOf(text: string): readonly BarPart[] {
  return text === ""
    ? []
    : text.split(";").map((part) => {
        const [whose, left = "0", width = "0"] = part.split(" ");
        return { whose: whose === "holder" ? "holder" : "worker", left: `${left}%`, width: `${width}%` };
      });
}

/** The scale's lines and breaks, as the background of the column. */
export function scaleBackground(axis: readonly Stretch[], ticks: readonly Tick[]): string {
  const lines = ticks.map(
    ({ at }) => `linear-gradient(var(--line-soft), var(--line-soft)) ${percent(at)}% 0 / 1px 100% no-repeat`,
  );
  const breaks = axisBreaks(axis).map(
    ({ left, width }) =>
      `repeating-linear-gradient(135deg, var(--line) 0 1px, transparent 1px 4px) ${percent(left / (1 - width))}% 0 / ${percent(width)}% 100% no-repeat`,
  );
  return [...breaks, ...lines].join(", ");
}

/** @param width of the column, in pixels; 0 where it is not known */
export function ticksOf(axis: readonly Stretch[], width: number): readonly Tick[] {
  return axisTicks(axis, width === 0 ? LABEL_PART : Math.max(LABEL_PART, LABEL_PX / width));
}

function percent(part: number): string {
  return String(Number((part * 100).toFixed(2)));
}
