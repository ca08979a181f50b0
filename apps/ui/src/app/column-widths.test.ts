import { describe, expect, test } from "vitest";
import { functionColumns } from "../features/functions/function-columns.tsx";
import { problemColumns } from "../features/problems/problem-columns.tsx";
import { sessionColumns } from "../features/sessions/session-columns.tsx";
import { workerColumns } from "../features/workers/worker-columns.tsx";

type ColumnWidth = { readonly track: string; readonly minGrid?: number };

/** A phone of 390 px with a scrollbar. */
const NARROWEST = 376;

/** What `Grid.module.css` sets: between columns, and at both sides of a row. */
const GAP = 12;
const PADDING = 12;

const nothing = () => undefined;

const VIEWS: Readonly<Record<string, readonly ColumnWidth[]>> = {
  functions: functionColumns(nothing, nothing),
  workers: workerColumns(0),
  problems: problemColumns(undefined),
  sessions: sessionColumns({
    now: 0,
    sessions: [],
    shown: undefined,
    chosen: [],
    renaming: undefined,
    onToggle: nothing,
    onRename: nothing,
  }),
};

/** Pixels that the columns of a grid of that width take at least. */
function leastWidth(columns: readonly ColumnWidth[], width: number): number {
  const shown = columns.filter(({ minGrid = 0 }) => width >= minGrid);
  const tracks = shown.map(({ track }) => Number.parseInt(track.replace("minmax(", ""), 10));
  return tracks.reduce((sum, track) => sum + track, 0) + (shown.length - 1) * GAP + 2 * PADDING;
}

describe.each(Object.entries(VIEWS))("the columns of %s", (_view, columns) => {
  test("fit into the narrowest grid that shows them", () => {
    const widths = new Set([NARROWEST, ...columns.map(({ minGrid = NARROWEST }) => minGrid)]);
    const tooWide = [...widths].filter((width) => leastWidth(columns, width) > width);
    expect(tooWide).toEqual([]);
  });
});
