import { ArrowDown, ArrowUp } from "lucide-react";
import { type KeyboardEvent, type ReactNode, useId, useLayoutEffect, useRef } from "react";
import { type ScrolledList, useRowWindow } from "../list/useRowWindow.ts";
import { useShell } from "../page/shell-context.ts";
import styles from "./DataGrid.module.css";
import { type GridLine, nextSorting, type Sorting } from "./grid-lines.ts";
import { useGridKeys } from "./useGridKeys.ts";
import { useWidth } from "./useWidth.ts";

export type GridColumn<Row> = {
  readonly id: string;
  readonly title: string;
  /** Its track in the grid: "88px", "minmax(120px, 1fr)". */
  readonly track: string;
  readonly isNumber?: boolean;
  /** Its title is for those who do not see the column. */
  readonly isTitleHidden?: boolean;
  /** Left out while the grid is narrower than that, in pixels. */
  readonly minGrid?: number;
  /** What its title says when pointed at. */
  readonly hint?: string;
  /** Set where rows can be sorted by it: the direction that a first click chooses. */
  readonly sort?: "ascending" | "descending";
  readonly render: (row: Row) => ReactNode;
};

type DataGridProps<Row> = {
  readonly label: string;
  readonly columns: readonly GridColumn<Row>[];
  readonly lines: readonly GridLine<Row>[];
  readonly selected: string | undefined;
  readonly onSelect: (key: string) => void;
  /** Enter on the selected row, or a double click on any. */
  readonly onOpen?: ((key: string) => void) | undefined;
  /** Escape. */
  readonly onClose?: (() => void) | undefined;
  readonly sorting?: Sorting | undefined;
  readonly onSort?: (sorting: Sorting | undefined) => void;
  readonly rowHeight?: number;
};

const HEAD_HEIGHT = 28;

/** A grid of rows of one height under headings, of which only those in sight are in the document. */
export function DataGrid<Row>(props: DataGridProps<Row>) {
  const { label, lines, selected, onSelect, onOpen, onClose, rowHeight = 28 } = props;
  const { listRef } = useShell();
  const grid = useRef<HTMLDivElement>(null);
  const id = useId();
  const width = useWidth(grid);
  const columns = props.columns.filter(({ minGrid = 0 }) => width >= minGrid);
  const list = useRowWindow({ scroller: grid, count: lines.length, rowHeight, headHeight: HEAD_HEIGHT });
  useGridKeys({ lines, list, selected, onSelect, onOpen: onOpen && (() => selected && onOpen(selected)), onClose });
  useShowFirst(lines, selected, list);
  const shown = lines.slice(list.start, list.end);
  const active = shown.findIndex((line) => line.type === "row" && line.key === selected);
  const tracks = { gridTemplateColumns: columns.map(({ track }) => track).join(" ") };
  return (
    // biome-ignore-start lint/a11y: a table could not leave out the rows that are not in sight
    <div
      ref={(element) => {
        grid.current = element;
        listRef.current = element;
      }}
      role="grid"
      tabIndex={0}
      aria-label={label}
      aria-rowcount={lines.length + 1}
      aria-colcount={columns.length}
      aria-activedescendant={active < 0 ? undefined : `${id}${list.start + active}`}
      className={styles["grid"]}
    >
      <div role="row" aria-rowindex={1} className={styles["head"]} style={tracks}>
        {columns.map((column) => (
          <Heading key={column.id} column={column} sorting={props.sorting} onSort={props.onSort} />
        ))}
      </div>
      <div role="rowgroup" className={styles["content"]} style={{ height: list.height }}>
        <div role="presentation" className={styles["block"]} style={{ top: list.blockTop }}>
          {shown.map((line, position) => (
            <div
              key={line.key}
              id={`${id}${list.start + position}`}
              role="row"
              aria-rowindex={list.start + position + 2}
              aria-selected={line.type === "row" ? line.key === selected : undefined}
              className={line.type === "row" ? styles["row"] : styles["group"]}
              style={line.type === "row" ? { ...tracks, height: rowHeight } : { height: rowHeight }}
              onClick={() => line.type === "row" && onSelect(line.key)}
              onDoubleClick={() => line.type === "row" && onOpen?.(line.key)}
            >
              {line.type === "row" ? (
                columns.map((column) => (
                  <span key={column.id} role="gridcell" data-number={column.isNumber}>
                    {column.render(line.row)}
                  </span>
                ))
              ) : (
                <span role="gridcell" aria-colspan={columns.length}>
                  <b>{line.title}</b> {line.detail}
                </span>
              )}
            </div>
          ))}
        </div>
      </div>
    </div>
    // biome-ignore-end lint/a11y: end of the grid
  );
}

type HeadingProps<Row> = {
  readonly column: GridColumn<Row>;
  readonly sorting: Sorting | undefined;
  readonly onSort: ((sorting: Sorting | undefined) => void) | undefined;
};

function Heading<Row>({ column, sorting, onSort }: HeadingProps<Row>) {
  const { id, title, hint, isNumber, isTitleHidden, sort } = column;
  if (sort === undefined || onSort === undefined) {
    return (
      // biome-ignore lint/a11y/useSemanticElements: see the grid
      // biome-ignore lint/a11y/useFocusableInteractive: this title does nothing
      <span role="columnheader" title={hint} data-number={isNumber}>
        {isTitleHidden ? <span className={styles["silent"]}>{title}</span> : title}
      </span>
    );
  }
  const own = sorting?.column === id ? sorting : undefined;
  const Arrow = own?.isDescending ? ArrowDown : ArrowUp;
  return (
    // biome-ignore lint/a11y/useSemanticElements: see the grid
    // biome-ignore lint/a11y/useFocusableInteractive: its button has the focus
    <span
      role="columnheader"
      title={hint}
      data-number={isNumber}
      aria-sort={own === undefined ? "none" : own.isDescending ? "descending" : "ascending"}
    >
      <button
        type="button"
        onKeyDown={keepKeys}
        onClick={() => onSort(nextSorting(sorting, id, sort === "descending"))}
      >
        {title}
        {own && <Arrow size={11} aria-hidden />}
      </button>
    </span>
  );
}

/** For controls inside of a grid: Enter and space are theirs, not the grid's. */
export function keepKeys(event: KeyboardEvent): void {
  if (event.key === "Enter" || event.key === " ") {
    event.stopPropagation();
  }
}

/** A row that was selected by the address is brought into sight once. */
function useShowFirst(lines: readonly GridLine<unknown>[], selected: string | undefined, list: ScrolledList): void {
  const isDone = useRef(false);
  const { scrollTo } = list;
  const hasRoom = list.visible.end > list.visible.start;
  useLayoutEffect(() => {
    if (isDone.current || selected === undefined || !hasRoom) {
      return;
    }
    const index = lines.findIndex((line) => line.type === "row" && line.key === selected);
    if (index < 0) {
      return;
    }
    isDone.current = true;
    scrollTo(index, "nearest");
  }, [lines, selected, hasRoom, scrollTo]);
}
