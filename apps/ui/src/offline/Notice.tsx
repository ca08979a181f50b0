import { X } from "lucide-react";
import type { ReactNode } from "react";
import { Button } from "../shell/controls/Button.tsx";
import styles from "./offline.module.css";

type NoticeProps = {
  readonly isFailure?: boolean;
  /** Omit for what goes by itself. */
  readonly onDismiss?: () => void;
  /** What can be done about it. */
  readonly action?: ReactNode;
  readonly children: ReactNode;
};

/** What is to be said of a file, above the page. */
export function Notice({ isFailure = false, onDismiss, action, children }: NoticeProps) {
  return (
    <div className={styles["notice"]} data-failure={isFailure || undefined} role={isFailure ? "alert" : "status"}>
      <p>{children}</p>
      {action}
      {onDismiss && (
        <Button shape="icon" look="plain" aria-label="Dismiss" onClick={onDismiss}>
          <X size={15} aria-hidden />
        </Button>
      )}
    </div>
  );
}
