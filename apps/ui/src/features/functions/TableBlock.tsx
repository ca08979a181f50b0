import { type ReactNode, useId } from "react";
import detailStyles from "../detail/detail.module.css";
import styles from "./functions.module.css";

type TableBlockProps = {
  readonly title: string;
  /** How many rows it has. */
  readonly count: number;
  /** The table's head and body. */
  readonly children: ReactNode;
};

/** A table under a heading, which is its name. */
export function TableBlock({ title, count, children }: TableBlockProps) {
  const id = useId();
  return (
    <div className={detailStyles["block"]}>
      <h3 id={id}>
        {title} <span className={detailStyles["count"]}>{count}</span>
      </h3>
      <table className={styles["table"]} aria-labelledby={id}>
        {children}
      </table>
    </div>
  );
}
