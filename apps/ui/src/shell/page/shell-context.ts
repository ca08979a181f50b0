import { createContext, type RefObject, useContext } from "react";
import type { Address } from "./address.ts";
import type { Drafts } from "./drafts.ts";

/** What a view knows of the page around it, and what it can change there. */
export type Shell = {
  readonly address: Address;
  /** Changes the address: another view, filter or selection. What is left out stays. */
  readonly go: (change: Partial<Address>) => void;
  /** Shows only the rows for which a term of the filter holds, or only the others; where there is no list, in that of invocations. */
  readonly narrow: (term: string, how: "only" | "not") => void;
  /** Whether the newest row is kept in sight. */
  readonly isFollowing: boolean;
  readonly setFollow: (isFollowing: boolean) => void;
  /** Whether shortcuts of a single letter work; for {@link useShortcuts}. */
  readonly areLettersOn: boolean;
  /** A view's list puts itself here: it gets the focus when the filter is left. */
  readonly listRef: RefObject<HTMLDivElement | null>;
  readonly drafts: Drafts;
  /** Opens what prepares an export: of the session, or of one invocation. Absent where nobody prepares files. */
  readonly openExport?: ((invocationId?: string) => void) | undefined;
};

export const ShellContext = createContext<Shell | undefined>(undefined);

export function useShell(): Shell {
  const shell = useContext(ShellContext);
  if (shell === undefined) {
    throw new Error("ShellContext is missing above this component");
  }
  return shell;
}
