import { createContext, type MouseEvent, type ReactNode, useCallback, useEffect, useRef, useState } from "react";
import { useShortcuts } from "../keyboard/useShortcuts.ts";
import { useShell } from "../page/shell-context.ts";
import { useLate } from "../page/useLate.ts";
import type { OpenedMenu } from "./RowMenu.tsx";
import type { RowFact } from "./row-fact.ts";

/** Opens the menu of the row in which the element stands; undefined where rows have none. */
export const RowMenuContext = createContext<((inside: Element) => void) | undefined>(undefined);

/** How far from a row's left edge its menu opens for those who do not point at a cell, in pixels. */
const INDENT = 24;

type RowMenuParts = {
  readonly open: ((inside: Element) => void) | undefined;
  readonly onContextMenu: ((event: MouseEvent) => void) | undefined;
  /** The menu, and what listens to its key. */
  readonly element: ReactNode;
};

const NOTHING: RowMenuParts = { open: undefined, onContextMenu: undefined, element: undefined };

const loadMenu = async () => (await import("./RowMenu.tsx")).RowMenu;

type FactsOf = (line: number) => readonly RowFact[];

/** A menu that was asked for before its row was at hand; `id` is that of the row's element. */
type AwaitedMenu = Omit<OpenedMenu, "facts"> & { readonly id: string };

/** The menu of a grid's rows: by a right click or a long touch on a cell, by a key or a button on the selected row. */
export function useRowMenu(columnIds: readonly string[] | undefined, factsOf: FactsOf | undefined): RowMenuParts {
  const [menu, setMenu] = useState<OpenedMenu | undefined>();
  const Menu = useLate(loadMenu, menu !== undefined);
  const latest = useRef(factsOf);
  latest.current = factsOf;
  const awaited = useRef<AwaitedMenu | undefined>(undefined);
  const openAt = useCallback((inside: Element, column: string | undefined, x: number, y: number): boolean => {
    const row = inside.closest("[role=row]");
    const facts = factsIn(row, latest.current);
    awaited.current = undefined;
    if (facts.length > 0) {
      setMenu({ facts, column, x, y });
      return true;
    }
    // What it says is being fetched, as after another filter.
    const isPending = row?.querySelector("[aria-busy=true]") != null;
    if (isPending) {
      awaited.current = { id: row.id, column, x, y };
    }
    return isPending;
  }, []);
  useEffect(() => {
    const row = awaited.current && document.getElementById(awaited.current.id);
    const facts = factsIn(row, latest.current);
    if (awaited.current && facts.length > 0) {
      const { column, x, y } = awaited.current;
      awaited.current = undefined;
      setMenu({ facts, column, x, y });
    } else if (row === null) {
      awaited.current = undefined;
    }
  });
  const open = useCallback(
    (inside: Element) => {
      const { left, bottom } = inside.getBoundingClientRect();
      openAt(inside, undefined, left + INDENT, bottom);
    },
    [openAt],
  );
  if (factsOf === undefined) {
    return NOTHING;
  }
  const onContextMenu = (event: MouseEvent) => {
    const { target, currentTarget, clientX, clientY } = event;
    // With Shift the browser's own menu comes.
    if (!(target instanceof Element) || (event.shiftKey && event.button === 2)) {
      return;
    }
    const cell = target.closest("[role=row] > *");
    if (cell === null) {
      const selected = currentTarget.querySelector("[role=row][aria-selected=true]");
      if (selected) {
        event.preventDefault();
        open(selected);
      }
      return;
    }
    const index = [...(cell.parentElement?.children ?? [])].indexOf(cell);
    if (openAt(cell, columnIds?.[index], clientX, clientY)) {
      event.preventDefault();
    }
  };
  return {
    open,
    onContextMenu,
    element: (
      <>
        <MenuKey onOpen={open} />
        {Menu && <Menu menu={menu} onClose={() => setMenu(undefined)} />}
      </>
    ),
  };
}

/** What the line says in which the element is. */
function factsIn(row: Element | null | undefined, factsOf: FactsOf | undefined): readonly RowFact[] {
  return row ? (factsOf?.(Number(row.getAttribute("aria-rowindex")) - 2) ?? []) : [];
}

function MenuKey({ onOpen }: { readonly onOpen: (inside: Element) => void }) {
  const { listRef } = useShell();
  useShortcuts({
    "row-menu": () => {
      const selected = listRef.current?.querySelector("[role=row][aria-selected=true]");
      if (selected) {
        onOpen(selected);
      }
    },
  });
  return null;
}
