import { Check, Minus, Plus } from "lucide-react";
import { useLayoutEffect, useRef } from "react";
import { Menu, placeMenu } from "../controls/Menu.tsx";
import styles from "./ColumnsMenu.module.css";
import { canHide, isUsual } from "./columns.ts";
import type { Columns } from "./useColumns.ts";

export type MenuPlace = {
  /** Its left edge (or with `isRight` its right one), and its upper one, in pixels of the window. */
  readonly x: number;
  readonly y: number;
  readonly isRight: boolean;
};

type ColumnsMenuProps = {
  readonly columns: Columns;
  /** Undefined while it is closed. */
  readonly place: MenuPlace | undefined;
  /** Finds how wide a column that is shown is now, in pixels. */
  readonly widthOf: (id: string) => number;
  readonly onClose: () => void;
};

/** By so many pixels a column gets wider or narrower at each press. */
const STEP = 16;

/** The columns of a list: which of them are shown, and how wide. */
export function ColumnsMenu({ columns, place, widthOf, onClose }: ColumnsMenuProps) {
  const element = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => {
    const { current } = element;
    if (!place || !current) {
      return;
    }
    current.showPopover();
    placeMenu(current, place.x, place.y, place.isRight);
    current.querySelector("button")?.focus();
  }, [place]);
  return (
    <Menu menuRef={element} label="Columns" className={styles["menu"]} onToggle={(isOpen) => !isOpen && onClose()}>
      {columns.specs.filter(canHide).map(({ id, title }) => (
        <Column key={id} id={id} title={title} columns={columns} widthOf={widthOf} />
      ))}
      {!isUsual(columns.choice) && (
        <button
          type="button"
          role="menuitem"
          tabIndex={-1}
          className={styles["reset"]}
          onClick={() => {
            columns.reset();
            element.current?.querySelector("button")?.focus();
          }}
        >
          The usual columns and widths
        </button>
      )}
    </Menu>
  );
}

type ColumnProps = Pick<ColumnsMenuProps, "columns" | "widthOf"> & { readonly id: string; readonly title: string };

function Column({ id, title, columns, widthOf }: ColumnProps) {
  const { choice, shown, rest } = columns;
  const isWanted = !choice.hidden.includes(id);
  const index = shown.findIndex((column) => column.id === id);
  const isShown = index >= 0;
  const change = (by: number) => columns.resize(id, widthOf(id) + by);
  return (
    // biome-ignore lint/a11y/useSemanticElements: a group of a menu, which a fieldset is not
    <div role="group" aria-label={title} className={styles["column"]}>
      <button
        type="button"
        role="menuitemcheckbox"
        aria-checked={isWanted}
        tabIndex={-1}
        className={styles["choose"]}
        onClick={() => columns.toggle(id)}
      >
        <span className={styles["tick"]}>{isWanted && <Check size={13} aria-hidden />}</span>
        {title}
        {isWanted && !isShown && <small>no room now</small>}
      </button>
      {isShown && index !== rest && (
        <>
          <button
            type="button"
            role="menuitem"
            tabIndex={-1}
            aria-label={`${title} narrower`}
            title="Narrower"
            onClick={() => change(-STEP)}
          >
            <Minus size={13} aria-hidden />
          </button>
          <button
            type="button"
            role="menuitem"
            tabIndex={-1}
            aria-label={`${title} wider`}
            title="Wider"
            onClick={() => change(STEP)}
          >
            <Plus size={13} aria-hidden />
          </button>
        </>
      )}
    </div>
  );
}
