import { type KeyboardEvent, useEffect, useId, useState } from "react";
import type { CopyText } from "../features/copy-as/copy-texts.ts";
import { Key } from "../shell/controls/Button.tsx";
import { CopyByHand } from "../shell/controls/CopyByHand.tsx";
import { copyText } from "../shell/controls/clipboard.ts";
import { Dialog } from "../shell/controls/Dialog.tsx";
import styles from "./CommandPalette.module.css";
import { type Command, matchCommands } from "./commands.ts";
import { type FoundActions, useFoundCommands } from "./useFoundCommands.ts";

/** Lines that are listed at most. */
const MOST = 100;

type CommandPaletteProps = {
  /** What could be done when it was opened: the list does not change under the hand. Undefined while it is closed. */
  readonly commands: readonly Command[] | undefined;
  readonly onClose: () => void;
};

/** What became of a command that shows nothing by itself is said for a while. */
const SAID_MS = 4000;

/** Everything that can be done now, found by typing a part of its name: functions, sessions and copies, too. */
export function CommandPalette({ commands, onClose }: CommandPaletteProps) {
  const [said, setSaid] = useState("");
  const [refused, setRefused] = useState<string | undefined>();
  useEffect(() => {
    if (said === "") {
      return;
    }
    const timer = setTimeout(() => setSaid(""), SAID_MS);
    return () => clearTimeout(timer);
  }, [said]);
  const copy = ({ title, text }: CopyText) =>
    void copyText(text).then((isCopied) => (isCopied ? setSaid(`${title} copied`) : setRefused(text)));
  return (
    <>
      <Dialog
        isOpen={commands !== undefined}
        onClose={onClose}
        label="Commands"
        closesBeside
        className={styles["dialog"]}
      >
        {() =>
          commands && (
            <CommandList
              commands={commands}
              onClose={onClose}
              copy={copy}
              onFailed={({ message }) => setSaid(message)}
            />
          )
        }
      </Dialog>
      <p role="status" className={styles["said"]}>
        {said}
      </p>
      <CopyByHand text={refused} onClose={() => setRefused(undefined)} />
    </>
  );
}

type CommandListProps = FoundActions & { readonly commands: readonly Command[]; readonly onClose: () => void };

function CommandList({ commands, onClose, copy, onFailed }: CommandListProps) {
  const things = useFoundCommands({ copy, onFailed });
  const [text, setText] = useState("");
  const [active, setActive] = useState(0);
  const id = useId();
  // Things are many: they are offered to those who look for them.
  const found = matchCommands(text.trim() === "" ? commands : [...commands, ...things], text).slice(0, MOST);
  const run = (command: Command | undefined) => {
    if (!command) {
      return;
    }
    onClose();
    command.run();
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const last = found.length - 1;
    if (event.key === "ArrowDown") {
      setActive(active >= last ? 0 : active + 1);
    } else if (event.key === "ArrowUp") {
      setActive(active <= 0 ? last : active - 1);
    } else if (event.key === "Enter") {
      run(found[active]);
    } else {
      return;
    }
    event.preventDefault();
  };
  return (
    <>
      <input
        // biome-ignore lint/a11y/noAutofocus: the dialog was opened to type here
        autoFocus
        role="combobox"
        aria-label="Command"
        aria-expanded="true"
        aria-controls={`${id}-list`}
        aria-autocomplete="list"
        aria-activedescendant={found.length > 0 ? `${id}-${active}` : undefined}
        autoComplete="off"
        spellCheck={false}
        placeholder="What to do, or a function or session to go to"
        value={text}
        onChange={(event) => {
          setText(event.target.value);
          setActive(0);
        }}
        onKeyDown={onKeyDown}
      />
      {/* biome-ignore-start lint/a11y: the options of a combobox are marked by aria-activedescendant, the field has the keys */}
      <div id={`${id}-list`} role="listbox" aria-label="Commands" className={styles["list"]}>
        {found.map((command, index) => (
          <div
            key={`${command.group} ${command.title}`}
            id={`${id}-${index}`}
            ref={index === active ? (element) => element?.scrollIntoView({ block: "nearest" }) : undefined}
            role="option"
            aria-selected={index === active}
            onPointerMove={() => setActive(index)}
            onClick={() => run(command)}
          >
            <span>{command.title}</span>
            <small>{command.group}</small>
            {command.keys.map((key) => (
              <Key key={key}>{key}</Key>
            ))}
          </div>
        ))}
        {found.length === 0 && <p>Nothing is called like that.</p>}
      </div>
      {/* biome-ignore-end lint/a11y: end of the options */}
    </>
  );
}
