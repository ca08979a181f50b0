import type { ReactNode } from "react";
import { Button } from "../controls/Button.tsx";
import { RequestError } from "../data/session-client.ts";
import { useAway } from "../page/useAway.ts";
import styles from "./PaneState.module.css";

type PaneStateProps = {
  readonly title: string;
  /** Read aloud when it appears. */
  readonly isAlert?: boolean;
  readonly children?: ReactNode;
};

/** Instead of a list: why there is nothing in it. */
export function PaneState({ title, isAlert = false, children }: PaneStateProps) {
  return (
    <div className={styles["state"]} role={isAlert ? "alert" : undefined}>
      <h2>{title}</h2>
      {children}
    </div>
  );
}

/** What stands where a list will be: nothing moves when it comes. */
export function Loading({ what }: { readonly what: string }) {
  const away = useAway();
  if (away !== undefined) {
    return (
      <PaneState title={`The inspector is ${away}`}>
        <p>What was not loaded before, {what}, comes as soon as it answers.</p>
      </PaneState>
    );
  }
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
