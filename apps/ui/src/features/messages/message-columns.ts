import type { ColumnSpec } from "../../shell/grid/columns.ts";

export type MessageColumn = ColumnSpec & { readonly isNumber?: boolean };

/** Below that width, in pixels, all columns get narrower. */
const NARROW = 960;

/** The columns of the list of messages. */
export const MESSAGE_COLUMNS = [
  {
    id: "time",
    title: "Time, s",
    track: "76px",
    narrow: { below: NARROW, track: "minmax(60px, 72px)" },
    minGrid: 440,
    isNumber: true,
  },
  { id: "direction", title: "Direction", track: "96px", narrow: { below: NARROW, track: "minmax(56px, 66px)" } },
  { id: "kind", title: "Kind", track: "172px", narrow: { below: NARROW, track: "minmax(90px, 140px)" } },
  {
    id: "subject",
    title: "Belongs to",
    track: "minmax(80px, 150px)",
    narrow: { below: NARROW, track: "minmax(56px, 90px)" },
    minGrid: 580,
  },
  { id: "text", title: "Content", track: "minmax(60px, 1fr)" },
  {
    id: "status",
    title: "Status",
    track: "88px",
    narrow: { below: NARROW, track: "minmax(60px, 84px)" },
    minGrid: 420,
  },
  {
    id: "size",
    title: "Size",
    track: "58px",
    narrow: { below: NARROW, track: "54px" },
    minGrid: 700,
    isNumber: true,
  },
  { id: "delta", title: "Δ", track: "66px", narrow: { below: NARROW, track: "62px" }, minGrid: 800, isNumber: true },
] as const satisfies readonly MessageColumn[];

export type MessageColumnId = (typeof MESSAGE_COLUMNS)[number]["id"];
