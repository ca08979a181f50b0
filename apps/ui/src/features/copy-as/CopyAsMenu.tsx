import type { MessageDetail } from "@inspector/contract/page";
import { ChevronDown, Copy } from "lucide-react";
import { useEffect, useId, useRef, useState } from "react";
import { Button } from "../../shell/controls/Button.tsx";
import { CopyByHand } from "../../shell/controls/CopyByHand.tsx";
import { copyText } from "../../shell/controls/clipboard.ts";
import { Menu, placeMenu } from "../../shell/controls/Menu.tsx";
import { RequestError } from "../../shell/data/session-client.ts";
import { useSessionState } from "../../shell/data/session-context.ts";
import styles from "./copy-as.module.css";
import type { CopyText } from "./copy-texts.ts";

type CopyAsMenuProps = {
  /** Gives the messages that are copied: asked for when the menu opens. */
  readonly load: () => Promise<readonly MessageDetail[]>;
};

/** What was copied is said beside the button for a while. */
const SAID_MS = 4000;

/** Takes what is shown elsewhere: as JSON, as a command, as a scene for a test. */
export function CopyAsMenu({ load }: CopyAsMenuProps) {
  const { session } = useSessionState();
  const [texts, setTexts] = useState<readonly CopyText[] | undefined>();
  const [said, setSaid] = useState("");
  const [refused, setRefused] = useState<string | undefined>();
  const [reason, setReason] = useState<string | undefined>();
  const button = useRef<HTMLButtonElement>(null);
  const menu = useRef<HTMLDivElement>(null);
  const id = useId();
  // Opened again for another invocation: what was asked for before is not offered in its place.
  const opened = useRef(0);
  const open = async () => {
    const turn = ++opened.current;
    setTexts(undefined);
    setReason(undefined);
    setSaid("");
    try {
      const [{ copyTexts }, messages] = await Promise.all([import("./copy-texts.ts"), load()]);
      if (turn === opened.current) {
        setTexts(copyTexts(messages, session?.streams ?? []));
      }
    } catch (error) {
      if (turn === opened.current) {
        setReason(reasonOf(error));
      }
    }
  };
  useEffect(() => {
    if (texts !== undefined) {
      place(button.current, menu.current);
      menu.current?.querySelector("button")?.focus();
    }
  }, [texts]);
  useEffect(() => {
    if (said === "") {
      return;
    }
    const timer = setTimeout(() => setSaid(""), SAID_MS);
    return () => clearTimeout(timer);
  }, [said]);
  const begin = () => {
    place(button.current, menu.current);
    menu.current?.focus();
    void open();
  };
  const copy = ({ title, text }: CopyText) => {
    void copyText(text).then((isCopied) => (isCopied ? setSaid(`${title} copied`) : setRefused(text)));
    menu.current?.hidePopover();
    button.current?.focus();
  };
  return (
    <>
      <Button
        ref={button}
        size="small"
        look="plain"
        popoverTarget={id}
        aria-haspopup="menu"
        aria-label="Copy as"
        title="Copy as"
      >
        <Copy size={12} aria-hidden />
        <ChevronDown size={11} aria-hidden />
      </Button>
      <span role="status" className={styles["said"]}>
        {said}
      </span>
      <Menu menuRef={menu} id={id} label="Copy as" onToggle={(isOpen) => isOpen && begin()}>
        {texts?.map((text) => (
          <button key={text.title} type="button" role="menuitem" tabIndex={-1} onClick={() => copy(text)}>
            {text.title}
          </button>
        ))}
        {texts?.length === 0 && <p>There is nothing to copy: it was not decoded.</p>}
        {texts === undefined && <p role="status">{reason ?? "Loading …"}</p>}
      </Menu>
      <CopyByHand text={refused} onClose={() => setRefused(undefined)} />
    </>
  );
}

/** Below its button, their right edges one; anew when what it offers came. */
function place(button: Element | null, menu: HTMLElement | null): void {
  if (button && menu) {
    const { bottom, right } = button.getBoundingClientRect();
    placeMenu(menu, right, bottom + 4, true);
  }
}

/** What the hub says, or that a part of the page could not be fetched from it. */
function reasonOf(error: unknown): string {
  return error instanceof RequestError ? error.message : "The inspector does not answer.";
}
