import { ArrowDown, ArrowUp, X } from "lucide-react";
import { type KeyboardEvent, type ReactNode, useEffect, useRef } from "react";
import { Button } from "../../shell/controls/Button.tsx";
import styles from "./find.module.css";

/** A find as its bar shows it: of one message, or of the log. */
export type ShownFind = {
  readonly text: string;
  readonly setText: (text: string) => void;
  /** To the next hit (or, by -1, the previous one), round at the ends. */
  readonly step: (by: 1 | -1) => void;
  readonly close: () => void;
  /** Grows whenever somebody asks to find: the field gets the focus. */
  readonly asked: number;
};

type FindBarProps = {
  readonly find: ShownFind;
  /** "Find in the message". */
  readonly label: string;
  readonly placeholder?: string;
  /** How many hits there are, and which is the current one. */
  readonly count: string;
  readonly hasHits: boolean;
  /** Where the current hit stands. */
  readonly children?: ReactNode;
};

/** The field of a find, how many hits there are, and the way from one to the next. */
export function FindBar({ find, label, placeholder = label, count, hasHits, children }: FindBarProps) {
  const field = useRef<HTMLInputElement>(null);
  const { asked } = find;
  useFocusBack();
  useEffect(() => {
    if (asked > 0) {
      field.current?.focus();
      field.current?.select();
    }
  }, [asked]);
  const onFieldKey = (event: KeyboardEvent) => {
    if (event.key === "Enter") {
      take(event);
      find.step(event.shiftKey ? -1 : 1);
    }
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === "Escape") {
      take(event);
      find.close();
    }
  };
  return (
    <search className={styles["find"]} aria-label={label} onKeyDown={onKeyDown}>
      <div className={styles["bar"]}>
        <input
          ref={field}
          type="text"
          aria-label="Text to find"
          placeholder={placeholder}
          value={find.text}
          onChange={(event) => find.setText(event.target.value)}
          onKeyDown={onFieldKey}
        />
        <span role="status" className={styles["count"]}>
          {count}
        </span>
        <Button
          shape="icon"
          look="plain"
          aria-label="Previous hit"
          title="Previous (Shift ↵)"
          disabled={!hasHits}
          onClick={() => find.step(-1)}
        >
          <ArrowUp size={14} aria-hidden />
        </Button>
        <Button
          shape="icon"
          look="plain"
          aria-label="Next hit"
          title="Next (↵)"
          disabled={!hasHits}
          onClick={() => find.step(1)}
        >
          <ArrowDown size={14} aria-hidden />
        </Button>
        <Button shape="icon" look="plain" aria-label="Close find" title="Close (Esc)" onClick={find.close}>
          <X size={14} aria-hidden />
        </Button>
      </div>
      {children}
    </search>
  );
}

/** The key is for the bar only: Escape would close what is open beneath it. */
function take(event: KeyboardEvent): void {
  event.preventDefault();
  event.stopPropagation();
}

/** Where a bar that closes leaves the focus nowhere, what had it before gets it back. */
function useFocusBack(): void {
  useEffect(() => {
    const before = document.activeElement;
    return () => {
      if (document.activeElement === document.body && before instanceof HTMLElement && before.isConnected) {
        before.focus();
      }
    };
  }, []);
}
