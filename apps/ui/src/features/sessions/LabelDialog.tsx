import { MAX_LABEL_CHARACTERS, type SessionLabels, type SessionSummary } from "@inspector/contract/page";
import { type FormEvent, useState } from "react";
import { Button } from "../../shell/controls/Button.tsx";
import { Dialog } from "../../shell/controls/Dialog.tsx";
import styles from "./dialogs.module.css";

type LabelDialogProps = {
  /** The session that is labelled; the dialog is closed without one. */
  readonly session: SessionSummary | undefined;
  readonly onCancel: () => void;
  readonly onSave: (name: string, labels: Required<SessionLabels>) => void;
};

/** What somebody wants to be remembered of a session: a title for the list, and a note. */
export function LabelDialog({ session, onCancel, onSave }: LabelDialogProps) {
  return (
    <Dialog isOpen={session !== undefined} onClose={onCancel} className={styles["dialog"]}>
      {(titleId) =>
        session && (
          <>
            <h2 id={titleId}>Title and note of {session.name}</h2>
            <LabelForm session={session} onCancel={onCancel} onSave={(labels) => onSave(session.name, labels)} />
          </>
        )
      }
    </Dialog>
  );
}

type LabelFormProps = {
  readonly session: SessionSummary;
  readonly onCancel: () => void;
  readonly onSave: (labels: Required<SessionLabels>) => void;
};

function LabelForm({ session, onCancel, onSave }: LabelFormProps) {
  const [title, setTitle] = useState(session.title ?? "");
  const [note, setNote] = useState(session.note ?? "");
  const save = (event: FormEvent) => {
    event.preventDefault();
    onSave({ title: title.trim(), note: note.trim() });
  };
  return (
    <form className={styles["labels"]} onSubmit={save}>
      <label>
        Title
        <input
          value={title}
          maxLength={MAX_LABEL_CHARACTERS.title}
          onChange={(event) => setTitle(event.target.value)}
        />
      </label>
      <label>
        Note
        <textarea
          rows={5}
          value={note}
          maxLength={MAX_LABEL_CHARACTERS.note}
          onChange={(event) => setNote(event.target.value)}
        />
      </label>
      <p>Both stand in the session's own file. An export does not take them along.</p>
      <div className={styles["choices"]}>
        <Button onClick={onCancel}>Cancel</Button>
        <Button look="main" type="submit">
          Save
        </Button>
      </div>
    </form>
  );
}
