import type { KeyboardEvent, ReactNode, Ref } from "react";
import styles from "./Menu.module.css";

type MenuProps = {
  readonly menuRef: Ref<HTMLDivElement>;
  /** For a button that opens it by `popoverTarget`. */
  readonly id?: string;
  readonly label: string;
  readonly className?: string | undefined;
  readonly onToggle: (isOpen: boolean) => void;
  /** Buttons, or groups of them, one below the other. */
  readonly children: ReactNode;
};

/** What opens over the page to choose from: by a button, a key or a right click. It closes by Escape, Tab or a click elsewhere. */
export function Menu({ menuRef, id, label, className, onToggle, children }: MenuProps) {
  return (
    <div
      ref={menuRef}
      id={id}
      popover="auto"
      role="menu"
      tabIndex={-1}
      aria-label={label}
      className={className === undefined ? styles["menu"] : `${styles["menu"]} ${className}`}
      onToggle={({ newState }) => onToggle(newState === "open")}
      onKeyDown={moveFocus}
      onContextMenu={(event) => event.preventDefault()}
    >
      {children}
    </div>
  );
}

/** Between a menu and the window's edges, in pixels. */
const MARGIN = 8;

/** Puts an open menu where it is whole. @param x its left edge, or with `isRight` its right one; in pixels of the window, as `y` */
export function placeMenu(menu: HTMLElement, x: number, y: number, isRight = false): void {
  const { width, height } = menu.getBoundingClientRect();
  const left = isRight ? x - width : x;
  menu.style.left = `${Math.max(MARGIN, Math.min(left, innerWidth - width - MARGIN))}px`;
  menu.style.top = `${Math.max(MARGIN, Math.min(y, innerHeight - height - MARGIN))}px`;
}

/** Up and down go to the same button of the next group, left and right to its other buttons; Tab leaves the menu. */
function moveFocus(event: KeyboardEvent<HTMLElement>): void {
  // Escape closes the menu, and not what is open behind it.
  event.stopPropagation();
  const groups = [...event.currentTarget.children].map(buttonsOf).filter((buttons) => buttons.length > 0);
  const { activeElement } = document;
  const row = groups.findIndex((buttons) => buttons.some((button) => button === activeElement));
  const buttons = groups[row] ?? [];
  const at = activeElement instanceof HTMLElement ? buttons.indexOf(activeElement) : -1;
  const inRow = (index: number) => {
    const next = groups[(index + groups.length) % groups.length] ?? [];
    return next[Math.min(Math.max(at, 0), next.length - 1)];
  };
  const targets: Readonly<Record<string, HTMLElement | undefined>> = {
    ArrowDown: inRow(row + 1),
    ArrowUp: inRow(row < 0 ? -1 : row - 1),
    ArrowRight: buttons[at + 1],
    ArrowLeft: buttons[at - 1],
    Home: inRow(0),
    End: inRow(-1),
  };
  if (event.key === "Tab") {
    event.preventDefault();
    event.currentTarget.hidePopover();
  } else if (event.key in targets) {
    event.preventDefault();
    targets[event.key]?.focus();
  }
}

function buttonsOf(group: Element): HTMLElement[] {
  return group instanceof HTMLButtonElement ? [group] : [...group.querySelectorAll("button")];
}
