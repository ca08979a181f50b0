import type { MessageDetail } from "@inspector/contract/page";
import { ChevronDown, Copy } from "lucide-react";
import { type KeyboardEvent, useEffect, useId, useRef, useState } from "react";
import { Button } from "../../shell/controls/Button.tsx";
import { CopyByHand } from "../../shell/controls/CopyByHand.tsx";
import { copyText } from "../../shell/controls/clipboard.ts";
import { RequestError } from "../../shell/data/session-client.ts";
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
  const [texts, setTexts] = useState<readonly CopyText[] | undefined>();
  const [said, setSaid] = useState("");
  const [refused, setRefused] = useState<string | undefined>();
  const [reason, setReason] = useState<string | undefined>();
  const button = useRef<HTMLButtonElement>(null);
  const menu = useRef<HTMLDivElement>(null);
  const id = useId();
  const open = async () => {
    setTexts(undefined);
    setReason(undefined);
    setSaid("");
    const [{ copyTexts }, messages] = await Promise.all([import("./copy-texts.ts"), load()]);
    setTexts(copyTexts(messages));
  };
  useEffect(() => {
    if (texts !== undefined) {
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
  const place = () => {
    const { bottom = 0, right = 0 } = button.current?.getBoundingClientRect() ?? {};
    menu.current?.style.setProperty("top", `${bottom + 4}px`);
    menu.current?.style.setProperty("right", `${innerWidth - right}px`);
    menu.current?.focus();
    open().catch((error: unknown) => setReason(reasonOf(error)));
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
      <div
        ref={menu}
        id={id}
        popover="auto"
        role="menu"
        tabIndex={-1}
        aria-label="Copy as"
        className={styles["menu"]}
        onToggle={({ newState }) => newState === "open" && place()}
        onKeyDown={moveFocus}
      >
        {texts?.map((text) => (
          <button key={text.title} type="button" role="menuitem" tabIndex={-1} onClick={() => copy(text)}>
            {text.title}
          </button>
        ))}
        {texts?.length === 0 && <p>There is nothing to copy: it was not decoded.</p>}
        {texts === undefined && <p role="status">{reason ?? "Loading …"}</p>}
      </div>
      <CopyByHand text={refused} onClose={() => setRefused(undefined)} />
    </>
  );
}

/** What the hub says, or that a part of the page could not be fetched from it. */
function reasonOf(error: unknown): string {
  return error instanceof RequestError ? error.message : "The inspector does not answer.";
}

/** Up, Down, Home and End, as in any menu. */
function moveFocus(event: KeyboardEvent<HTMLElement>): void {
  // It closes the menu, and not what is open behind it.
  if (event.key === "Escape") {
    event.stopPropagation();
  }
  const items: (Element | null)[] = [...event.currentTarget.querySelectorAll("button")];
  const at = items.indexOf(document.activeElement);
  const targets: Readonly<Record<string, number>> = {
    ArrowDown: (at + 1) % items.length,
    ArrowUp: at <= 0 ? items.length - 1 : at - 1,
    Home: 0,
    End: items.length - 1,
  };
  const target = items[targets[event.key] ?? -1];
  if (!(target instanceof HTMLElement)) {
    return;
  }
  event.preventDefault();
  event.stopPropagation();
  target.focus();
}
