import { type ReactNode, useId, useLayoutEffect, useRef } from "react";
import { useShell } from "../page/shell-context.ts";
import type { ColumnSpec } from "./columns.ts";
import { Grid, GridCaption, GridCell, GridHeading, GridRow, HEAD_HEIGHT } from "./Grid.tsx";
import type { GridLine, Sorting } from "./grid-lines.ts";
import type { RowFact } from "./row-fact.ts";
import { SortHeading } from "./SortHeading.tsx";
import { useColumns } from "./useColumns.ts";
import { useGridKeys } from "./useGridKeys.ts";
import { useLineSteps } from "./useLineSteps.ts";
import { type ScrolledList, useRowWindow } from "./useRowWindow.ts";
import { useSelectedInSight } from "./useSelectedInSight.ts";

export type GridColumn<Row> = ColumnSpec & {
  readonly isNumber?: boolean;
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
  /** What a row says, to filter the lists by or to copy. */
  readonly factsOf?: (row: Row) => readonly RowFact[];
};

/** A grid of rows that are all at hand, by columns: those of the workbench, of hundreds of rows. */
export function DataGrid<Row>(props: DataGridProps<Row>) {
  const { label, lines, selected, onSelect, onOpen, onClose, rowHeight = 28 } = props;
  const { listRef } = useShell();
  const grid = useRef<HTMLDivElement>(null);
  const id = useId();
  const columns = useColumns(label, props.columns, grid);
  const list = useRowWindow({ scroller: grid, count: lines.length, rowHeight, headHeight: HEAD_HEIGHT });
  const steps = useLineSteps({ lines, list, selected, onSelect });
  const index = lines.findIndex((line) => line.type === "row" && line.key === selected);
  const current = lines[index]?.key;
  useGridKeys(steps, { onOpen: () => (current === undefined ? steps.step(1) : onOpen?.(current)), onClose });
  useSelectedInSight(list, index < 0 ? undefined : index);
  useShowFirst(index, list);
  const shown = lines.slice(list.start, list.end);
  const { factsOf } = props;
  const factsOfLine = (line: number) => {
    const found = lines[line];
    return found?.type === "row" ? (factsOf?.(found.row) ?? []) : [];
  };
  const isActiveShown = index >= list.start && index < list.end;
  return (
    <Grid
      gridRef={(element) => {
        grid.current = element;
        listRef.current = element;
      }}
      label={label}
      list={list}
      lineCount={lines.length}
      columns={columns}
      rowHeight={rowHeight}
      activeId={isActiveShown ? `${id}${index}` : undefined}
      factsOf={factsOf && factsOfLine}
      headings={columns.shown.map((column) => (
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
            {columns.shown.map((column) => (
              <GridCell key={column.id} isNumber={column.isNumber}>
                {column.render(line.row)}
              </GridCell>
            ))}
          </GridRow>
        ) : (
          <GridCaption key={line.key} line={list.start + position} columnCount={columns.ids.length}>
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
      <GridHeading column={id} title={hint} isNumber={isNumber} isSilent={isTitleHidden}>
        {title}
      </GridHeading>
    );
  }
  return (
    <SortHeading id={id} title={title} hint={hint} isNumber={isNumber} first={sort} sorting={sorting} onSort={onSort} />
  );
}

/** A row that was selected by the address is brought into sight once. */
function useShowFirst(index: number, list: ScrolledList): void {
  const isDone = useRef(false);
  const { scrollTo } = list;
  const hasRoom = list.visible.end > list.visible.start;
  useLayoutEffect(() => {
    if (isDone.current || index < 0 || !hasRoom) {
      return;
    }
    isDone.current = true;
    scrollTo(index, "nearest");
  }, [index, hasRoom, scrollTo]);
}
