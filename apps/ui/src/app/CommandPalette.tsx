import { type KeyboardEvent, useId, useState } from "react";
import { Key } from "../shell/controls/Button.tsx";
import { Dialog } from "../shell/controls/Dialog.tsx";
import styles from "./CommandPalette.module.css";
import { type Command, matchCommands } from "./commands.ts";

type CommandPaletteProps = {
  /** What could be done when it was opened: the list does not change under the hand. Undefined while it is closed. */
  readonly commands: readonly Command[] | undefined;
  readonly onClose: () => void;
};

/** Everything that can be done now, found by typing a part of its name. */
export function CommandPalette({ commands, onClose }: CommandPaletteProps) {
  return (
    <Dialog
      isOpen={commands !== undefined}
      onClose={onClose}
      label="Commands"
      closesBeside
      className={styles["dialog"]}
    >
      {() => commands && <CommandList commands={commands} onClose={onClose} />}
    </Dialog>
  );
}

function CommandList({ commands, onClose }: { readonly commands: readonly Command[]; readonly onClose: () => void }) {
  const [text, setText] = useState("");
  const [active, setActive] = useState(0);
  const id = useId();
  const found = matchCommands(commands, text);
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
        placeholder="What to do"
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
            key={command.title}
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
        {found.length === 0 && <p>There is no such command.</p>}
      </div>
      {/* biome-ignore-end lint/a11y: end of the options */}
    </>
  );
}
