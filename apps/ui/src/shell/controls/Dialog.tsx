import { X } from "lucide-react";
import { type ReactNode, useEffect, useId, useRef } from "react";
import { Button } from "./Button.tsx";
import styles from "./Dialog.module.css";

type DialogProps = {
  readonly isOpen: boolean;
  /** Escape, and a click beside it where `closesBeside` is set. */
  readonly onClose: () => void;
  /** Its name: shown by {@link children} in an element with the id that they get, else read out only. */
  readonly label?: string;
  /** Its size and place. */
  readonly className?: string | undefined;
  readonly closesBeside?: boolean;
  /** @param titleId the id of the element that names the dialog, where there is no `label` */
  readonly children: (titleId: string) => ReactNode;
};

/** A modal dialog: what is behind it cannot be reached until it is closed. Its content exists only while it is open. */
export function Dialog({ isOpen, onClose, label, className, closesBeside = false, children }: DialogProps) {
  const dialog = useRef<HTMLDialogElement>(null);
  const titleId = useId();
  useEffect(() => {
    if (isOpen) {
      dialog.current?.showModal();
    } else {
      dialog.current?.close();
    }
  }, [isOpen]);
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: Escape closes it as well
    <dialog
      ref={dialog}
      className={className === undefined ? styles["dialog"] : `${styles["dialog"]} ${className}`}
      aria-label={label}
      aria-labelledby={label === undefined ? titleId : undefined}
      onClose={onClose}
      onClick={(event) => closesBeside && event.target === event.currentTarget && onClose()}
    >
      {isOpen && children(titleId)}
    </dialog>
  );
}

type DialogTitleProps = {
  /** What the dialog's content got as `titleId`. */
  readonly id: string;
  readonly title: string;
  readonly onClose: () => void;
};

/** The title of a dialog, and the button that closes it. */
export function DialogTitle({ id, title, onClose }: DialogTitleProps) {
  return (
    <header className={styles["title"]}>
      <h2 id={id}>{title}</h2>
      <Button shape="icon" look="plain" aria-label="Close" onClick={onClose}>
        <X size={15} aria-hidden />
      </Button>
    </header>
  );
}
