import { useEver } from "../page/useEver.ts";
import styles from "./CopyByHand.module.css";
import { Dialog, DialogTitle } from "./Dialog.tsx";

type CopyByHandProps = {
  /** What was to be copied; undefined closes it. */
  readonly text: string | undefined;
  readonly onClose: () => void;
};

/** Browsers may refuse to copy, as on a page of plain http from another machine. The text is there then, selected. */
export function CopyByHand({ text, onClose }: CopyByHandProps) {
  // Copy buttons are many, and nearly all are never refused.
  const isNeeded = useEver(text !== undefined);
  if (!isNeeded) {
    return null;
  }
  return (
    <Dialog isOpen={text !== undefined} onClose={onClose} closesBeside className={styles["dialog"]}>
      {(titleId) => (
        <>
          <DialogTitle id={titleId} title="The browser refuses to copy" onClose={onClose} />
          <p>It is selected here: copy it with Ctrl+C, or with ⌘C on a Mac.</p>
          <textarea
            ref={focusFirst}
            onFocus={({ currentTarget }) => currentTarget.select()}
            aria-label="Text to copy"
            readOnly
            rows={12}
            value={text}
          />
        </>
      )}
    </Dialog>
  );
}

/** A dialog that opens gives the focus to what asks for it by this attribute, which React itself does not write. */
function focusFirst(area: HTMLTextAreaElement | null): void {
  area?.setAttribute("autofocus", "");
}
