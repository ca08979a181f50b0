import type { SessionSummary } from "@inspector/contract/page";
import { Button } from "../../shell/controls/Button.tsx";
import { Dialog } from "../../shell/controls/Dialog.tsx";
import { formatPlural, formatSize } from "../../shell/format/size.ts";
import styles from "./dialogs.module.css";

type DeleteDialogProps = {
  /** The session that is to be deleted; the dialog is closed without one. */
  readonly session: SessionSummary | undefined;
  readonly onCancel: () => void;
  readonly onDelete: (name: string) => void;
};

/** Asks before a session is deleted, because nothing brings it back. */
export function DeleteDialog({ session, onCancel, onDelete }: DeleteDialogProps) {
  return (
    <Dialog isOpen={session !== undefined} onClose={onCancel} className={styles["dialog"]}>
      {(titleId) =>
        session && (
          <>
            <h2 id={titleId}>Delete {session.name}?</h2>
            <p>
              {formatPlural(session.messages, "message", "messages")}, {formatSize(session.bytes)}. Its file is removed;
              nothing brings it back.
            </p>
            <div className={styles["choices"]}>
              <Button onClick={onCancel}>Cancel</Button>
              <Button className={styles["danger"]} onClick={() => onDelete(session.name)}>
                Delete
              </Button>
            </div>
          </>
        )
      }
    </Dialog>
  );
}
