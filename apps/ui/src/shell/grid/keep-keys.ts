import type { KeyboardEvent } from "react";

/** For controls inside of a grid: Enter and space are theirs, not the grid's. */
export function keepKeys(event: KeyboardEvent): void {
  if (event.key === "Enter" || event.key === " ") {
    event.stopPropagation();
  }
}
