import { Fragment } from "react";
import { Key } from "../shell/controls/Button.tsx";
import { Dialog, DialogTitle } from "../shell/controls/Dialog.tsx";
import { useSessionStore } from "../shell/data/session-context.ts";
import { listHelp } from "../shell/keyboard/shortcuts.ts";
import styles from "./HelpDialog.module.css";

type HelpDialogProps = {
  readonly isOpen: boolean;
  readonly areLettersOn: boolean;
  readonly onLetters: (areOn: boolean) => void;
  readonly onClose: () => void;
};

/** All shortcuts, from the registry that the keys themselves are taken from. */
export function HelpDialog({ isOpen, areLettersOn, onLetters, onClose }: HelpDialogProps) {
  const { offline } = useSessionStore().client;
  return (
    <Dialog isOpen={isOpen} onClose={onClose} className={styles["dialog"]}>
      {(titleId) => (
        <>
          <DialogTitle id={titleId} title="Keyboard" onClose={onClose} />
          <div className={styles["groups"]}>
            {listHelp(offline !== undefined).map(({ group, lines }) => (
              <section key={group}>
                <h3>{group}</h3>
                <dl>
                  {lines.map(({ id, title, keys }) => (
                    <Fragment key={id}>
                      <dt>{title}</dt>
                      <dd>
                        {keys.map((key) => (
                          <Key key={key}>{key}</Key>
                        ))}
                      </dd>
                    </Fragment>
                  ))}
                </dl>
              </section>
            ))}
          </div>
          <label>
            <input type="checkbox" checked={areLettersOn} onChange={(event) => onLetters(event.target.checked)} />
            Shortcuts of a single letter or sign
          </label>
        </>
      )}
    </Dialog>
  );
}
