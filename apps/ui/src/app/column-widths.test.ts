import { describe, expect, test } from "vitest";
import { functionColumns } from "../features/functions/function-columns.tsx";
import { INVOCATION_COLUMNS } from "../features/invocations/invocation-columns.ts";
import { LOG_COLUMNS } from "../features/logs/log-columns.ts";
import { MESSAGE_COLUMNS } from "../features/messages/message-columns.ts";
import { problemColumns } from "../features/problems/problem-columns.tsx";
import { sessionColumns } from "../features/sessions/session-columns.tsx";
import { workerColumns } from "../features/workers/worker-columns.tsx";
import { type ColumnSpec, layoutColumns, leastWidth, USUAL_COLUMNS } from "../shell/grid/columns.ts";

/** On a phone of 390 px, beside the views. */
const NARROWEST = 344;

const nothing = () => undefined;

const VIEWS: Readonly<Record<string, readonly ColumnSpec[]>> = {
  invocations: INVOCATION_COLUMNS,
  messages: MESSAGE_COLUMNS,
  logs: LOG_COLUMNS,
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

describe.each(Object.entries(VIEWS))("the columns of %s", (_view, columns) => {
  const edges = columns.flatMap(({ minGrid = NARROWEST, narrow }) => [minGrid, ...(narrow ? [narrow.below] : [])]);
  const widths = [...new Set([...edges, ...edges.map((edge) => edge - 1)])].filter((width) => width >= NARROWEST);

  test("fit into the narrowest grid that shows them", () => {
    const tooWide = widths.filter((width) => leastWidth(layoutColumns(columns, USUAL_COLUMNS, width)) > width);
    expect(tooWide).toEqual([]);
  });

  test("fit, too, where one of them is hidden and its room is given to others", () => {
    const tooWide = columns.flatMap(({ id }) => {
      const choice = { hidden: [id], widths: {} };
      return widths
        .filter((width) => leastWidth(layoutColumns(columns, choice, width)) > width)
        .map((width) => [id, width]);
    });
    expect(tooWide).toEqual([]);
  });
});
