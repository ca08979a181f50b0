import type { CSSProperties, HTMLAttributes, ReactNode, Ref } from "react";
import { Silent } from "../controls/Silent.tsx";
import styles from "./Grid.module.css";
import type { ScrolledList } from "./useRowWindow.ts";

/** Height of the line of headings, in pixels: what `useRowWindow` is to leave out. */
export const HEAD_HEIGHT = 28;

type GridProps = {
  readonly gridRef: Ref<HTMLDivElement>;
  readonly label: string;
  readonly list: ScrolledList;
  /** Rows and captions in all, in the document or not. */
  readonly lineCount: number;
  readonly columnCount: number;
  /** Height of every line, in pixels. */
  readonly rowHeight: number;
  /** Id of the selected row's element; undefined while that row is not in the document. */
  readonly activeId: string | undefined;
  /** A class that sets `--columns`, the tracks of all rows (and `--column-gap`), where a style does not. */
  readonly className?: string | undefined;
  /** The same as text: "88px minmax(120px, 1fr)". */
  readonly columns?: string;
  /** Custom properties that styles of cells and headings use. */
  readonly variables?: Readonly<Record<`--${string}`, string>>;
  /** A {@link GridHeading} for each column. */
  readonly headings: ReactNode;
  /** The lines from `list.start` to `list.end`: a {@link GridRow} or a {@link GridCaption} each. */
  readonly children: ReactNode;
};

/**
 * The grid of every list of the page: headings above rows of one height, of which only those near to sight are in the
 * document. The grid has the focus and the keys; the selected row is its active descendant.
 */
export function Grid(props: GridProps) {
  const { gridRef, label, list, lineCount, columnCount, rowHeight, activeId, className, columns } = props;
  return (
    // biome-ignore-start lint/a11y: a table could not leave out the rows that are not in sight
    <div
      ref={gridRef}
      role="grid"
      tabIndex={0}
      aria-label={label}
      aria-rowcount={lineCount + 1}
      aria-colcount={columnCount}
      aria-activedescendant={activeId}
      className={className === undefined ? styles["grid"] : `${styles["grid"]} ${className}`}
      style={variables({
        "--row-height": `${rowHeight}px`,
        ...(columns !== undefined && { "--columns": columns }),
        ...props.variables,
      })}
    >
      <div role="row" aria-rowindex={1} className={styles["head"]}>
        {props.headings}
      </div>
      <div role="rowgroup" className={styles["content"]} style={{ height: list.height }}>
        <div role="presentation" className={styles["block"]} style={{ top: list.blockTop }}>
          {props.children}
        </div>
      </div>
    </div>
    // biome-ignore-end lint/a11y: end of the grid
  );
}

/** React's type of a style does not know custom properties. */
function variables(values: Readonly<Record<`--${string}`, string>>): CSSProperties {
  return { ...values };
}

type GridHeadingProps = HTMLAttributes<HTMLSpanElement> & {
  /** Its column has numbers. */
  readonly isNumber?: boolean | undefined;
  /** Its text is for those who do not see the column. */
  readonly isSilent?: boolean | undefined;
};

export function GridHeading({ isNumber, isSilent, children, ...rest }: GridHeadingProps) {
  return (
    // biome-ignore lint/a11y/useSemanticElements: see the grid
    // biome-ignore lint/a11y/useFocusableInteractive: what can be done with it is a button inside
    <span role="columnheader" data-number={isNumber} {...rest}>
      {isSilent ? <Silent>{children}</Silent> : children}
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
export function GridRow({ line, isSelected, ...rest }: GridRowProps) {
  return (
    // biome-ignore lint/a11y: rows of a grid with aria-activedescendant have no focus of their own, the grid has the keys
    <div role="row" aria-rowindex={line + 2} aria-selected={isSelected} className={styles["row"]} {...rest} />
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
