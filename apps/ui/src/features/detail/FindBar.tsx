import { type FindHit, MAX_COUNTED } from "@inspector/contract/find";
import { visibleLine } from "@inspector/contract/visible-text";
import { ArrowDown, ArrowUp, X } from "lucide-react";
import { type KeyboardEvent, useEffect, useRef } from "react";
import { Button } from "../../shell/controls/Button.tsx";
import { CopyButton } from "../../shell/controls/CopyButton.tsx";
import { formatCount } from "../../shell/format/time.ts";
import styles from "./find.module.css";
import type { Find } from "./useFind.ts";

/** The field of a find, how many hits there are, and where the current one stands. */
export function FindBar({ find }: { readonly find: Find }) {
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
  const hasHits = (find.result?.count ?? 0) > 0;
  return (
    <search className={styles["find"]} aria-label="Find in the message" onKeyDown={onKeyDown}>
      <div className={styles["bar"]}>
        <input
          ref={field}
          type="text"
          aria-label="Text to find"
          placeholder="Find in the message; bytes as 0x1f 8b"
          value={find.text}
          onChange={(event) => find.setText(event.target.value)}
          onKeyDown={onFieldKey}
        />
        <span role="status" className={styles["count"]}>
          {countText(find)}
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
      {find.hit && <Hit hit={find.hit} />}
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

function countText({ text, result, error, index }: Find): string {
  if (error) {
    return error.message;
  }
  if (text === "" || result === undefined) {
    return "";
  }
  if (result.count === 0) {
    return result.where === "bytes" ? "not in its bytes" : "not in it";
  }
  const isCapped = result.count >= MAX_COUNTED;
  return `${formatCount(index + 1)} of ${isCapped ? `the first ${formatCount(result.count)}` : formatCount(result.count)}`;
}

/** Where a hit is, and what stands around it. */
function Hit({ hit }: { readonly hit: FindHit }) {
  const path = hit.path === undefined ? `byte 0x${hit.at.toString(16)}` : hit.path;
  const place = hit.inner ?? path;
  return (
    <p className={styles["hit"]}>
      <code title={hit.inner === undefined ? path : `${path}, in it ${hit.inner}`}>{place}</code>
      <CopyButton label="Copy the path" text={place} isIcon />
      <span>
        {hit.of === "bytes" && "text of bytes: "}
        {visibleLine(hit.before)}
        <mark>{visibleLine(hit.match)}</mark>
        {visibleLine(hit.after)}
      </span>
    </p>
  );
}
