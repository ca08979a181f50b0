import { ArrowDown, ArrowUp } from "lucide-react";
import { GridHeading } from "./Grid.tsx";
import { nextSorting, type Sorting } from "./grid-lines.ts";
import { keepKeys } from "./keep-keys.ts";

type SortHeadingProps = {
  /** The column's name in a {@link Sorting}. */
  readonly id: string;
  readonly title: string;
  /** What it says when pointed at. */
  readonly hint?: string | undefined;
  readonly isNumber?: boolean | undefined;
  readonly className?: string | undefined;
  /** The direction that a first click chooses. */
  readonly first: "ascending" | "descending";
  readonly sorting: Sorting | undefined;
  readonly onSort: (sorting: Sorting | undefined) => void;
};

/** A column's title that sorts by it: in one direction, then in the other, then not at all. */
export function SortHeading({ id, title, hint, isNumber, className, first, sorting, onSort }: SortHeadingProps) {
  const own = sorting?.column === id ? sorting : undefined;
  const Arrow = own?.isDescending ? ArrowDown : ArrowUp;
  return (
    <GridHeading
      column={id}
      title={hint}
      isNumber={isNumber}
      className={className}
      aria-sort={own === undefined ? "none" : own.isDescending ? "descending" : "ascending"}
    >
      <button
        type="button"
        onKeyDown={keepKeys}
        onClick={() => onSort(nextSorting(sorting, id, first === "descending"))}
      >
        {title}
        {own && <Arrow size={11} aria-hidden />}
      </button>
    </GridHeading>
  );
}
