import { Button } from "../../shell/controls/Button.tsx";
import styles from "./InvocationGrid.module.css";
import { describeOrder } from "./row-sorting.ts";
import type { SortedList } from "./useSortedRows.ts";

type OrderNoteProps = {
  readonly sorted: SortedList;
  /** Rows that pass the filter. */
  readonly total: number;
  readonly onClear: () => void;
};

/** Says above the list which order it has, and how much of all rows. */
export function OrderNote({ sorted, total, onClear }: OrderNoteProps) {
  const { order, rows, isReady, isCut, error } = sorted;
  return (
    <div className={styles["order"]}>
      <span role="status">
        {error
          ? `This order cannot be shown: ${error.message}`
          : describeOrder(order, isReady ? { count: rows.length, isCut } : undefined, total)}
      </span>
      <Button onClick={onClear}>In order of time</Button>
    </div>
  );
}
