import { type ReactNode, useId, useLayoutEffect, useRef } from "react";
import { useShell } from "../page/shell-context.ts";
import { useWidth } from "../page/useWidth.ts";
import { Grid, GridCaption, GridCell, GridHeading, GridRow, HEAD_HEIGHT } from "./Grid.tsx";
import type { GridLine, Sorting } from "./grid-lines.ts";
import { SortHeading } from "./SortHeading.tsx";
import { useGridKeys } from "./useGridKeys.ts";
import { useLineSteps } from "./useLineSteps.ts";
import { type ScrolledList, useRowWindow } from "./useRowWindow.ts";

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

/** A grid of rows that are all at hand, by columns: those of the workbench, of hundreds of rows. */
export function DataGrid<Row>(props: DataGridProps<Row>) {
  const { label, lines, selected, onSelect, onOpen, onClose, rowHeight = 28 } = props;
  const { listRef } = useShell();
  const grid = useRef<HTMLDivElement>(null);
  const id = useId();
  const width = useWidth(grid);
  const columns = props.columns.filter(({ minGrid = 0 }) => width >= minGrid);
  const list = useRowWindow({ scroller: grid, count: lines.length, rowHeight, headHeight: HEAD_HEIGHT });
  const steps = useLineSteps({ lines, list, selected, onSelect });
  const current = lines.find((line) => line.type === "row" && line.key === selected)?.key;
  useGridKeys(steps, { onOpen: () => (current === undefined ? steps.step(1) : onOpen?.(current)), onClose });
  useShowFirst(lines, selected, list);
  const shown = lines.slice(list.start, list.end);
  const active = shown.findIndex((line) => line.type === "row" && line.key === selected);
  return (
    <Grid
      gridRef={(element) => {
        grid.current = element;
        listRef.current = element;
      }}
      label={label}
      list={list}
      lineCount={lines.length}
      columnCount={columns.length}
      rowHeight={rowHeight}
      activeId={active < 0 ? undefined : `${id}${list.start + active}`}
      columns={columns.map(({ track }) => track).join(" ")}
      headings={columns.map((column) => (
        <Heading key={column.id} column={column} sorting={props.sorting} onSort={props.onSort} />
      ))}
    >
      {shown.map((line, position) =>
        line.type === "row" ? (
          <GridRow
            key={line.key}
            id={`${id}${list.start + position}`}
            line={list.start + position}
            isSelected={line.key === selected}
            onClick={() => onSelect(line.key)}
            onDoubleClick={() => onOpen?.(line.key)}
          >
            {columns.map((column) => (
              <GridCell key={column.id} isNumber={column.isNumber}>
                {column.render(line.row)}
              </GridCell>
            ))}
          </GridRow>
        ) : (
          <GridCaption key={line.key} line={list.start + position} columnCount={columns.length}>
            <b>{line.title}</b> {line.detail}
          </GridCaption>
        ),
      )}
    </Grid>
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
      <GridHeading title={hint} isNumber={isNumber} isSilent={isTitleHidden}>
        {title}
      </GridHeading>
    );
  }
  return (
    <SortHeading id={id} title={title} hint={hint} isNumber={isNumber} first={sort} sorting={sorting} onSort={onSort} />
  );
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
