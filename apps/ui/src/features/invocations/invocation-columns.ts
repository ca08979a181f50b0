import type { ColumnSpec } from "../../shell/grid/columns.ts";

export type InvocationColumn = ColumnSpec & {
  readonly isNumber?: boolean;
  /** The hub sorts rows by it. */
  readonly isSortable?: boolean;
};

/** Below that width, in pixels, all columns get narrower. */
const NARROW = 860;

/** The columns of the list of invocations and start-up steps. */
export const INVOCATION_COLUMNS = [
  { id: "time", title: "Time, s", track: "minmax(62px, 72px)", minGrid: 420, isNumber: true, isSortable: true },
  {
    id: "name",
    title: "Function",
    track: "minmax(120px, 1.5fr)",
    narrow: { below: NARROW, track: "minmax(100px, 1.4fr)" },
  },
  { id: "trigger", title: "Trigger", track: "58px", narrow: { below: NARROW, track: "50px" }, minGrid: 680 },
  {
    id: "status",
    title: "Status",
    track: "minmax(130px, 1.3fr)",
    narrow: { below: NARROW, track: "minmax(84px, 1.2fr)" },
    isSortable: true,
  },
  { id: "duration", title: "Duration", track: "minmax(64px, 72px)", isNumber: true, isSortable: true },
  {
    id: "size",
    title: "Size",
    track: "60px",
    narrow: { below: NARROW, track: "56px" },
    minGrid: 680,
    isNumber: true,
    isSortable: true,
  },
  { id: "logs", title: "Logs", track: "38px", minGrid: 860, isNumber: true, isSortable: true },
  {
    id: "waterfall",
    title: "Waterfall",
    track: "minmax(110px, 1fr)",
    narrow: { below: NARROW, track: "minmax(80px, 0.8fr)" },
    minGrid: 420,
  },
] as const satisfies readonly InvocationColumn[];

export type InvocationColumnId = (typeof INVOCATION_COLUMNS)[number]["id"];
