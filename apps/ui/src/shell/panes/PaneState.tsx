import type { ReactNode } from "react";
import { Button } from "../controls/Button.tsx";
import { RequestError } from "../data/session-client.ts";
import styles from "./PaneState.module.css";

/** Instead of a list: why there is nothing in it. */
export function PaneState({ title, children }: { readonly title: string; readonly children?: ReactNode }) {
  return (
    <div className={styles["state"]}>
      <h2>{title}</h2>
      {children}
    </div>
  );
}

/** What stands where a list will be: nothing moves when it comes. */
export function Loading({ what }: { readonly what: string }) {
  return (
    <p className={styles["loading"]} role="status">
      Loading {what} …
    </p>
  );
}

/** A request that failed, and the way to try again. */
export function Failed({ error, onRetry }: { readonly error: Error; readonly onRetry: () => void }) {
  return (
    <div className={styles["state"]} role="alert">
      <h2>{error.message}</h2>
      {error instanceof RequestError && error.hint !== undefined && <p>{error.hint}</p>}
      <Button onClick={onRetry}>Try again</Button>
    </div>
  );
}
