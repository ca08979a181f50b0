import { Button, Key } from "../shell/controls/Button.tsx";
import { useSessionState } from "../shell/data/session-context.ts";
import { formatSize } from "../shell/format/size.ts";
import { useAway } from "../shell/page/useAway.ts";
import styles from "./StatusLine.module.css";

/**
 * The quiet line at the bottom: how the recording is kept, and the keys that are used most.
 * @param props.onBudgets undefined where there is no inspector that has any
 */
export function StatusLine({ onBudgets }: { readonly onBudgets: (() => void) | undefined }) {
  const { session } = useSessionState();
  const away = useAway();
  return (
    <footer className={styles["line"]}>
      {session && (
        <>
          <span title={session.file}>session {formatSize(session.size.file)}</span>
          {away === undefined ? (
            <>
              <span>{session.behind === 0 ? "up to date" : `${formatSize(session.behind)} behind`}</span>
              <span>{session.gaps.count === 0 ? "no gaps" : `${formatSize(session.gaps.bytes)} unrecorded`}</span>
            </>
          ) : (
            <span className={styles["fact"]}>as it was, the inspector is {away}</span>
          )}
          {onBudgets ? (
            <Button look="plain" size="small" onClick={onBudgets}>
              Budgets
            </Button>
          ) : (
            <span className={styles["fact"]}>without a server: nothing is recorded, held or replayed here</span>
          )}
        </>
      )}
      <p className={styles["keys"]}>
        <span className={styles["key"]}>
          <Key>j</Key> <Key>k</Key> rows
        </span>
        <span className={styles["key"]}>
          <Key>[</Key> <Key>]</Key> same invocation
        </span>
        <span className={styles["key"]}>
          <Key>f</Key> next failure
        </span>
        <span className={styles["key"]}>
          <Key>Ctrl K</Key> commands
        </span>
        <span className={styles["key"]}>
          <Key>?</Key> all keys
        </span>
      </p>
    </footer>
  );
}
