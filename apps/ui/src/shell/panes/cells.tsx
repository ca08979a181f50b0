import type { Nanos } from "@inspector/contract/page";
import { formatCount, formatSpan } from "../format/time.ts";
import styles from "./cells.module.css";

/** A count; zeros step back, so that what happened is seen. */
export function Count({ count }: { readonly count: number }) {
  return count === 0 ? <span className={styles["quiet"]}>0</span> : formatCount(count);
}

export function Span({ span }: { readonly span: Nanos | undefined }) {
  return span === undefined ? <span className={styles["quiet"]}>—</span> : formatSpan(span);
}
