import type { ColumnSpec } from "../../shell/grid/columns.ts";

export type LogColumn = ColumnSpec & { readonly isNumber?: boolean };

/** Below that width, in pixels, the level is a sign without its word. */
const SIGNS_ONLY = 560;

/** The columns of the session's log. */
export const LOG_COLUMNS = [
  { id: "time", title: "Time, s", track: "minmax(62px, 76px)", isNumber: true },
  { id: "level", title: "Level", track: "92px", narrow: { below: SIGNS_ONLY, track: "20px" } },
  {
    id: "source",
    title: "Source",
    track: "minmax(80px, 150px)",
    narrow: { below: SIGNS_ONLY, track: "minmax(56px, 80px)" },
  },
  { id: "category", title: "Category", track: "minmax(80px, 190px)", minGrid: 900 },
  { id: "text", title: "Text", track: "minmax(120px, 1fr)" },
] as const satisfies readonly LogColumn[];

export type LogColumnId = (typeof LOG_COLUMNS)[number]["id"];
