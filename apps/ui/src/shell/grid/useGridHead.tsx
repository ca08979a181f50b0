import { Columns3 } from "lucide-react";
import { type MouseEvent, type ReactNode, useRef, useState } from "react";
import { useShortcuts } from "../keyboard/useShortcuts.ts";
import { useLate } from "../page/useLate.ts";
import { ColumnEdgeContext, widthsIn } from "./ColumnEdge.tsx";
import type { MenuPlace } from "./ColumnsMenu.tsx";
import styles from "./Grid.module.css";
import { keepKeys } from "./keep-keys.ts";
import type { Columns } from "./useColumns.ts";

type GridHeadParts = {
  /** The line of headings. */
  readonly head: ReactNode;
  /** The menu of the columns, which is no part of the grid. */
  readonly menu: ReactNode;
};

const loadMenu = async () => (await import("./ColumnsMenu.tsx")).ColumnsMenu;

/** The headings of a grid, and the menu of its columns: by their button, a right click on them, or a key. */
export function useGridHead(columns: Columns, headings: ReactNode): GridHeadParts {
  const line = useRef<HTMLDivElement>(null);
  const button = useRef<HTMLButtonElement>(null);
  const [place, setPlace] = useState<MenuPlace | undefined>();
  const Menu = useLate(loadMenu, place !== undefined);
  const openBelow = () => {
    const { right = 0, bottom = 0 } = button.current?.getBoundingClientRect() ?? {};
    setPlace({ x: right, y: bottom, isRight: true });
  };
  useShortcuts({ "choose-columns": openBelow });
  const onContextMenu = (event: MouseEvent) => {
    event.stopPropagation();
    // With Shift the browser's own menu comes.
    if (!event.shiftKey) {
      event.preventDefault();
      setPlace({ x: event.clientX, y: event.clientY, isRight: false });
    }
  };
  const head = (
    // biome-ignore-start lint/a11y: see Grid; what a right click does, a button and a key do, too
    <div ref={line} role="row" aria-rowindex={1} className={styles["head"]} onContextMenu={onContextMenu}>
      <ColumnEdgeContext value={columns}>{headings}</ColumnEdgeContext>
      <span role="columnheader" className={styles["menu"]}>
        <button
          ref={button}
          type="button"
          aria-label="Columns"
          aria-haspopup="menu"
          title="Columns and their widths (Shift M)"
          onKeyDown={keepKeys}
          onClick={openBelow}
        >
          <Columns3 size={13} aria-hidden />
        </button>
      </span>
    </div>
    // biome-ignore-end lint/a11y: end of the head
  );
  const menu = Menu && (
    <Menu
      columns={columns}
      place={place}
      widthOf={(id) => widthsIn(line.current)[columns.ids.indexOf(id)] ?? 0}
      onClose={() => setPlace(undefined)}
    />
  );
  return { head, menu };
}
