import { EllipsisVertical } from "lucide-react";
import { type CSSProperties, type HTMLAttributes, type ReactNode, type Ref, use } from "react";
import { Silent } from "../controls/Silent.tsx";
import { ColumnEdge } from "./ColumnEdge.tsx";
import styles from "./Grid.module.css";
import type { RowFact } from "./row-fact.ts";
import type { Columns } from "./useColumns.ts";
import { useGridHead } from "./useGridHead.tsx";
import { RowMenuContext, useRowMenu } from "./useRowMenu.tsx";
import type { ScrolledList } from "./useRowWindow.ts";

/** Height of the line of headings, in pixels: what `useRowWindow` is to leave out. */
export const HEAD_HEIGHT = 28;

type GridProps = {
  readonly gridRef: Ref<HTMLDivElement>;
  readonly label: string;
  readonly list: ScrolledList;
  /** Rows and captions in all, in the document or not. */
  readonly lineCount: number;
  readonly columns: Columns;
  /** Height of every line, in pixels. */
  readonly rowHeight: number;
  /** Id of the selected row's element; undefined while that row is not in the document. */
  readonly activeId: string | undefined;
  readonly className?: string | undefined;
  /** What a line says, to filter by or to copy: its row gets a menu. Nothing for a line that is no row, or whose row is not at hand. */
  readonly factsOf?: ((line: number) => readonly RowFact[]) | undefined;
  /** A {@link GridHeading} for each column that is shown. */
  readonly headings: ReactNode;
  /** Cells that stand behind those of all rows, as high as all of them: drawn once instead of in each. */
  readonly backdrop?: ReactNode;
  /** The lines from `list.start` to `list.end`: a {@link GridRow} or a {@link GridCaption} each. */
  readonly children: ReactNode;
};

/**
 * The grid of every list of the page: headings above rows of one height, of which only those near to sight are in the
 * document. The grid has the focus and the keys; the selected row is its active descendant.
 */
export function Grid(props: GridProps) {
  const { gridRef, label, list, lineCount, rowHeight, activeId, className, columns } = props;
  const head = useGridHead(columns, props.headings);
  const menu = useRowMenu(columns.ids, props.factsOf);
  return (
    <RowMenuContext value={menu.open}>
      {/* biome-ignore-start lint/a11y: a table could not leave out the rows that are not in sight */}
      <div
        ref={gridRef}
        role="grid"
        tabIndex={0}
        aria-label={label}
        aria-rowcount={lineCount + 1}
        aria-colcount={columns.ids.length}
        aria-activedescendant={activeId}
        className={className === undefined ? styles["grid"] : `${styles["grid"]} ${className}`}
        onContextMenu={menu.onContextMenu}
        style={variables({ "--row-height": `${rowHeight}px`, "--columns": columns.tracks })}
      >
        {head.head}
        <div role="rowgroup" className={styles["content"]} style={{ height: list.height }}>
          <div role="presentation" className={styles["block"]} style={{ top: list.blockTop }}>
            {props.backdrop && (
              <div aria-hidden className={styles["backdrop"]}>
                {props.backdrop}
              </div>
            )}
            {props.children}
          </div>
        </div>
      </div>
      {/* biome-ignore-end lint/a11y: end of the grid */}
      {head.menu}
      {menu.element}
    </RowMenuContext>
  );
}

/** React's type of a style does not know custom properties. */
function variables(values: Readonly<Record<`--${string}`, string>>): CSSProperties {
  return { ...values };
}

type GridHeadingProps = HTMLAttributes<HTMLSpanElement> & {
  /** Id of its column. */
  readonly column: string;
  /** Its column has numbers. */
  readonly isNumber?: boolean | undefined;
  /** Its text is for those who do not see the column. */
  readonly isSilent?: boolean | undefined;
};

export function GridHeading({ column, isNumber, isSilent, children, ...rest }: GridHeadingProps) {
  return (
    // biome-ignore lint/a11y/useSemanticElements: see the grid
    // biome-ignore lint/a11y/useFocusableInteractive: what can be done with it is a button inside
    <span role="columnheader" data-number={isNumber} {...rest}>
      {isSilent ? <Silent>{children}</Silent> : <span className={styles["title"]}>{children}</span>}
      {!isSilent && <ColumnEdge id={column} />}
    </span>
  );
}

type GridRowProps = HTMLAttributes<HTMLDivElement> & {
  readonly id: string;
  /** Index of its line in the grid, from 0. */
  readonly line: number;
  readonly isSelected: boolean;
  readonly "data-step"?: boolean;
};

/** A row that can be selected. Its cells are {@link GridCell}s. */
export function GridRow({ line, isSelected, children, ...rest }: GridRowProps) {
  const openMenu = use(RowMenuContext);
  return (
    // biome-ignore-start lint/a11y: rows of a grid with aria-activedescendant have no focus of their own, the grid has the keys
    <div role="row" aria-rowindex={line + 2} aria-selected={isSelected} className={styles["row"]} {...rest}>
      {children}
      {isSelected && openMenu && (
        <span role="gridcell" className={styles["menu"]}>
          <button
            type="button"
            tabIndex={-1}
            aria-label="What this row says"
            title="Filter by this row, copy (m)"
            onClick={(event) => {
              event.stopPropagation();
              openMenu(event.currentTarget);
            }}
            onDoubleClick={(event) => event.stopPropagation()}
          >
            <EllipsisVertical size={14} aria-hidden />
          </button>
        </span>
      )}
    </div>
    // biome-ignore-end lint/a11y: end of the row
  );
}

type GridCellProps = HTMLAttributes<HTMLSpanElement> & {
  readonly isNumber?: boolean | undefined;
  readonly "data-tone"?: string | undefined;
  readonly "data-from"?: string | undefined;
  readonly "data-function"?: boolean | undefined;
  readonly "data-dropped"?: boolean | undefined;
};

export function GridCell({ isNumber, ...rest }: GridCellProps) {
  // biome-ignore lint/a11y: see GridRow
  return <span role="gridcell" data-number={isNumber} {...rest} />;
}

type MissingCellsProps = {
  /** "message 5". */
  readonly name: string;
  /** The hub deleted it: the session reached its size limit. Otherwise it is being fetched. */
  readonly isGone: boolean;
};

/** All that is shown of a row whose content is not at hand. */
export function MissingCells({ name, isGone }: MissingCellsProps) {
  if (isGone) {
    return <GridCell className={styles["gone"]}>{name} was given up to keep the session under its size limit</GridCell>;
  }
  return (
    <GridCell className={styles["pending"]} aria-busy>
      <Silent>{name}, loading</Silent>
    </GridCell>
  );
}

type GridCaptionProps = {
  /** Index of its line in the grid, from 0. */
  readonly line: number;
  readonly columnCount: number;
  readonly tone?: "bad" | undefined;
  /** A line runs from its text to the end: time passed there. */
  readonly isIdle?: boolean | undefined;
  readonly children: ReactNode;
};

/** A line between rows that says what follows; it cannot be selected. */
export function GridCaption({ line, columnCount, tone, isIdle, children }: GridCaptionProps) {
  return (
    // biome-ignore-start lint/a11y: see GridRow
    <div role="row" aria-rowindex={line + 2} className={styles["caption"]} data-tone={tone} data-idle={isIdle}>
      <span role="gridcell" aria-colspan={columnCount}>
        {children}
      </span>
    </div>
    // biome-ignore-end lint/a11y: end of the caption
  );
}
