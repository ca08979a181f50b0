import { visibleLine } from "@inspector/contract/visible-text";
import { Copy } from "lucide-react";
import { useLayoutEffect, useRef, useState } from "react";
import { CopyByHand } from "../controls/CopyByHand.tsx";
import { copyText } from "../controls/clipboard.ts";
import { Menu, placeMenu } from "../controls/Menu.tsx";
import { Silent } from "../controls/Silent.tsx";
import { useShell } from "../page/shell-context.ts";
import styles from "./RowMenu.module.css";
import type { RowFact } from "./row-fact.ts";

export type OpenedMenu = {
  readonly facts: readonly RowFact[];
  /** The column that was pointed at. */
  readonly column: string | undefined;
  /** Where it opens, in pixels of the window. */
  readonly x: number;
  readonly y: number;
};

type RowMenuProps = {
  readonly menu: OpenedMenu | undefined;
  /** @param isDone whether the list is to have the focus again */
  readonly onClose: () => void;
};

/** What a row says, each with "only", "not" and "copy": words of the filter that nobody has to type. */
export function RowMenu({ menu, onClose }: RowMenuProps) {
  const { narrow } = useShell();
  const element = useRef<HTMLDivElement>(null);
  const [refused, setRefused] = useState<string | undefined>();
  const [said, setSaid] = useState("");
  useLayoutEffect(() => {
    const { current } = element;
    if (!menu || !current) {
      return;
    }
    setSaid("");
    current.showPopover();
    placeMenu(current, menu.x, menu.y);
    const own = current.querySelector<HTMLElement>("[data-current=true] button");
    (own ?? current.querySelector("button"))?.focus();
  }, [menu]);
  const close = () => element.current?.hidePopover();
  const filter = (term: string, how: "only" | "not") => {
    close();
    narrow(term, how);
  };
  const copy = ({ title, value }: RowFact) => {
    close();
    void copyText(value).then((isCopied) => (isCopied ? setSaid(`${title} copied`) : setRefused(value)));
  };
  return (
    <>
      <Menu menuRef={element} label="What this row says" onToggle={(isOpen) => !isOpen && onClose()}>
        {menu?.facts.map((fact) => (
          <Fact
            key={`${fact.column} ${fact.title} ${fact.value}`}
            fact={fact}
            isCurrent={fact.column === menu.column}
            onFilter={filter}
            onCopy={() => copy(fact)}
          />
        ))}
      </Menu>
      <Silent>
        <span role="status">{said}</span>
      </Silent>
      <CopyByHand text={refused} onClose={() => setRefused(undefined)} />
    </>
  );
}

type FactProps = {
  readonly fact: RowFact;
  readonly isCurrent: boolean;
  readonly onFilter: (term: string, how: "only" | "not") => void;
  readonly onCopy: () => void;
};

function Fact({ fact: { title, value, term }, isCurrent, onFilter, onCopy }: FactProps) {
  const shown = visibleLine(value);
  const said = `${title} ${shown}`;
  return (
    // biome-ignore lint/a11y/useSemanticElements: a group of a menu, which a fieldset is not
    <div role="group" aria-label={said} data-current={isCurrent} className={styles["fact"]}>
      <span className={styles["title"]}>{title}</span>
      <span className={styles["value"]} title={shown}>
        {shown}
      </span>
      {term !== undefined && (
        <>
          <button
            type="button"
            role="menuitem"
            tabIndex={-1}
            title={term}
            aria-label={`Only ${said}`}
            onClick={({ altKey }) => onFilter(term, altKey ? "not" : "only")}
          >
            only
          </button>
          <button
            type="button"
            role="menuitem"
            tabIndex={-1}
            title={`-${term}`}
            aria-label={`Not ${said}`}
            onClick={() => onFilter(term, "not")}
          >
            not
          </button>
        </>
      )}
      <button
        type="button"
        role="menuitem"
        tabIndex={-1}
        title="Copy"
        aria-label={`Copy ${said}`}
        className={styles["copy"]}
        onClick={onCopy}
      >
        <Copy size={12} aria-hidden />
      </button>
    </div>
  );
}
