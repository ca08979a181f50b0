import { createContext, type PointerEvent, use, useRef } from "react";
import { type ColumnChoice, chooseWidth, pinWidths } from "./columns.ts";
import styles from "./Grid.module.css";
import type { Columns } from "./useColumns.ts";

/** The columns of the grid in which a heading stands. */
export const ColumnEdgeContext = createContext<Columns | undefined>(undefined);

type Drag = {
  /** Where the pointer took it, and how wide the column was then, in pixels. */
  readonly from: number;
  readonly width: number;
  readonly base: ColumnChoice;
  readonly choice: ColumnChoice | undefined;
};

/**
 * The edge of a column's heading, to drag: that of a column before the one which takes the rest is its right one, that
 * of a column behind it its left one. A double click gives the usual width again. The menu of columns does the same
 * by keyboard.
 */
export function ColumnEdge({ id }: { readonly id: string }) {
  const columns = use(ColumnEdgeContext);
  const drag = useRef<Drag | undefined>(undefined);
  const index = columns?.ids.indexOf(id) ?? -1;
  if (columns === undefined || index < 0 || index === columns.rest) {
    return null;
  }
  const side = columns.rest >= 0 && index > columns.rest ? "left" : "right";
  const begin = (event: PointerEvent<HTMLElement>) => {
    if (event.button !== 0) {
      return;
    }
    event.currentTarget.setPointerCapture(event.pointerId);
    const widths = widthsIn(event.currentTarget.closest("[role=row]"));
    const base = pinWidths(columns, columns.choice, widths);
    drag.current = { from: event.clientX, width: widths[index] ?? 0, base, choice: undefined };
  };
  const move = ({ clientX }: PointerEvent) => {
    if (drag.current) {
      const { from, width, base } = drag.current;
      const choice = chooseWidth(base, id, width + (clientX - from) * (side === "left" ? -1 : 1));
      drag.current = { ...drag.current, choice };
      columns.move(choice, false);
    }
  };
  const end = () => {
    if (drag.current?.choice) {
      columns.move(drag.current.choice, true);
    }
    drag.current = undefined;
  };
  return (
    <span
      aria-hidden
      className={styles["edge"]}
      data-side={side}
      onPointerDown={begin}
      onPointerMove={move}
      onLostPointerCapture={end}
      onDoubleClick={() => columns.resize(id, undefined)}
    />
  );
}

/** How wide the cells of a line are now, in pixels. */
export function widthsIn(line: Element | null): number[] {
  return [...(line?.children ?? [])].map((cell) => cell.getBoundingClientRect().width);
}
