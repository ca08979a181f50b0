import type { Overview } from "@inspector/contract/page";
import { axisLabels, bucketPixels, type Segment } from "./axis.ts";

/** Colours of the canvas, read from the theme's tokens. */
export type OverviewColors = {
  readonly lanes: readonly string[];
  readonly error: string;
  readonly line: string;
  readonly text: string;
  readonly background: string;
  readonly font: string;
};

export type OverviewShape = { readonly width: number; readonly height: number; readonly segments: readonly Segment[] };

const LABEL_HEIGHT = 14;
const TOP = 4;

/** Draws density and errors of each lane, the breaks and the times. The window over it is not drawn but laid over. */
export function drawOverview(
  context: CanvasRenderingContext2D,
  overview: Overview,
  { width, height, segments }: OverviewShape,
  colors: OverviewColors,
): void {
  context.clearRect(0, 0, width, height);
  const laneHeight = (height - LABEL_HEIGHT - TOP) / Math.max(1, overview.lanes.length);
  for (const [index, lane] of overview.lanes.entries()) {
    const color = colors.lanes[index % colors.lanes.length] ?? colors.text;
    const base = TOP + laneHeight * (index + 1);
    drawDensity(context, lane.messages, segments, { base, height: laneHeight - 3, color });
    drawErrors(context, lane.errors, segments, base - laneHeight + 1, Math.min(7, laneHeight * 0.4), colors.error);
  }
  drawBreaks(context, segments, height, colors);
  context.fillStyle = colors.text;
  context.font = colors.font;
  context.textBaseline = "bottom";
  for (const { x, text } of axisLabels(segments)) {
    context.fillText(text, x + 3, height - 1);
    context.fillRect(Math.round(x), height - LABEL_HEIGHT + 3, 1, LABEL_HEIGHT - 5);
  }
}

type Lane = { readonly base: number; readonly height: number; readonly color: string };

/** A square root, so that a quiet stretch is seen beside a burst. */
function drawDensity(
  context: CanvasRenderingContext2D,
  counts: readonly number[],
  segments: readonly Segment[],
  { base, height, color }: Lane,
): void {
  const most = Math.sqrt(Math.max(1, ...counts));
  context.fillStyle = color;
  context.strokeStyle = color;
  for (const segment of segments) {
    context.beginPath();
    context.moveTo(segment.left, base);
    for (let bucket = segment.firstBucket; bucket <= segment.lastBucket; bucket++) {
      const { left, right } = bucketPixels(segment, bucket);
      const y = base - (Math.sqrt(counts[bucket] ?? 0) / most) * height;
      context.lineTo((left + right) / 2, y);
    }
    context.lineTo(segment.right, base);
    context.globalAlpha = 0.28;
    context.fill();
    context.globalAlpha = 0.85;
    context.lineWidth = 1;
    context.stroke();
    context.globalAlpha = 1;
  }
}

function drawErrors(
  context: CanvasRenderingContext2D,
  counts: readonly number[],
  segments: readonly Segment[],
  top: number,
  height: number,
  color: string,
): void {
  context.fillStyle = color;
  for (const segment of segments) {
    for (let bucket = segment.firstBucket; bucket <= segment.lastBucket; bucket++) {
      if ((counts[bucket] ?? 0) === 0) {
        continue;
      }
      const { left, right } = bucketPixels(segment, bucket);
      context.fillRect((left + right) / 2 - 1.25, top, 2.5, height);
    }
  }
}

function drawBreaks(
  context: CanvasRenderingContext2D,
  segments: readonly Segment[],
  height: number,
  { line, background }: OverviewColors,
): void {
  for (const [index, { right }] of segments.slice(0, -1).entries()) {
    const width = (segments[index + 1]?.left ?? right) - right;
    context.fillStyle = background;
    context.fillRect(right, 0, width, height);
    context.strokeStyle = line;
    context.lineWidth = 1;
    // A torn edge on either side where there is room, else one between them.
    const edges = width > 12 ? [right + 2, right + width - 6] : [right + width / 2 - 2];
    for (const x of edges) {
      context.beginPath();
      for (let y = 0; y <= height; y += 6) {
        context.lineTo(x + (y % 12 === 0 ? 0 : 4), y);
      }
      context.stroke();
    }
  }
}
