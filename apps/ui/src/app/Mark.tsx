import styles from "./Header.module.css";

/** The product's mark: one arrow each way. */
export function Mark() {
  return (
    <svg className={styles["mark"]} width="19" height="19" viewBox="0 0 20 20" aria-hidden="true">
      <path d="M2.5 6.5h12M11.5 3 15 6.5 11.5 10" />
      <path d="M17.5 13.5h-12M8.5 10 5 13.5 8.5 17" />
    </svg>
  );
}
