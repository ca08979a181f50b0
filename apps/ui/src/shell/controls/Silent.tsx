import type { ReactNode } from "react";
import styles from "./controls.module.css";

/** Text that is read out and not seen. */
export function Silent({ children }: { readonly children: ReactNode }) {
  return <span className={styles["silent"]}>{children}</span>;
}
