import type { ClipboardEvent, KeyboardEvent } from "react";
import { copyText } from "../../shell/controls/clipboard.ts";

type LineKeysOptions = {
  /** Shift with an arrow: marks one row more, or one less. */
  readonly onExtend: (by: 1 | -1) => void;
  /** Ctrl C: what is copied; undefined where nothing is selected. */
  readonly copied: (() => Promise<string>) | undefined;
};

/** The keys of the log that other lists do not have. They are the grid's, which is within the element that gets these. */
export function useLineKeys({ onExtend, copied }: LineKeysOptions) {
  return {
    onKeyDown(event: KeyboardEvent): void {
      const isArrow = event.key === "ArrowDown" || event.key === "ArrowUp";
      if (event.shiftKey && isArrow && isInGrid(event.target)) {
        event.preventDefault();
        onExtend(event.key === "ArrowDown" ? 1 : -1);
      }
    },
    onCopy(event: ClipboardEvent): void {
      // What somebody has marked with the mouse is copied by the browser.
      const isMarked = document.getSelection()?.isCollapsed === false;
      if (copied !== undefined && !isMarked && isInGrid(event.target)) {
        event.preventDefault();
        void copied().then(copyText);
      }
    },
  };
}

function isInGrid(target: EventTarget): boolean {
  return target instanceof Element && target.closest("[role=grid]") !== null;
}
