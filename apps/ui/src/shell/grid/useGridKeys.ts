import { useShortcuts } from "../keyboard/useShortcuts.ts";

/** Moves of the selection. The first move where nothing is selected is the list's own choice. */
export type GridSteps = {
  /** Selects the row `by` rows below the selected one (above, if negative). */
  readonly step: (by: number) => void;
  readonly stepPage: (direction: 1 | -1) => void;
  readonly toFirst: () => void;
  readonly toLast: () => void;
};

export type GridKeysOptions = {
  /** Enter. */
  readonly onOpen: () => void;
  /** Escape; absent where the list has nothing to close. */
  readonly onClose: (() => void) | undefined;
};

/** The keys of every list: arrows and j, k, pages, ends, Enter and Escape. */
export function useGridKeys(
  { step, stepPage, toFirst, toLast }: GridSteps,
  { onOpen, onClose }: GridKeysOptions,
): void {
  useShortcuts({
    "next-row": () => step(1),
    "previous-row": () => step(-1),
    "page-down": () => stepPage(1),
    "page-up": () => stepPage(-1),
    "first-row": toFirst,
    "last-row": toLast,
    "open-detail": onOpen,
    ...(onClose && { "close-detail": onClose }),
  });
}
