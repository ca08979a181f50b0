import type { ReactNode } from "react";
import { Group, Panel, Separator } from "react-resizable-panels";
import { useMedia } from "../app/useMedia.ts";
import styles from "./SplitView.module.css";

type SplitViewProps = {
  readonly list: ReactNode;
  /** What is shown of the selected row; nothing where none is. */
  readonly detail: ReactNode | undefined;
  /** What the separator is named after: "Size of the function's pane". */
  readonly separator: string;
  /** "wide" details stand below the list at any width. */
  readonly shape?: "beside" | "below";
  /** Of the detail, at first. */
  readonly size?: string;
  /** Rows of the list, where they are few: below them the detail gets what room they leave at first. */
  readonly rows?: number;
};

/** A row of a grid of details, or its head, in pixels. */
const ROW = 28;
const ROWS_IN_SIGHT = 9;

/** A list with the selected row's details beside it, or below it where the window is narrow. */
export function SplitView({ list, detail, separator, shape = "beside", size, rows }: SplitViewProps) {
  const isNarrow = useMedia("(max-width: 1100px)");
  const isBelow = shape === "below" || isNarrow;
  const listSize = isBelow && rows !== undefined ? `${ROW * (1 + Math.min(rows, ROWS_IN_SIGHT))}px` : undefined;
  return (
    <Group key={String(isBelow)} orientation={isBelow ? "vertical" : "horizontal"} className={styles["split"]}>
      <Panel
        id="list"
        minSize={isBelow ? `${2 * ROW}px` : "20%"}
        {...(listSize !== undefined && { defaultSize: listSize })}
      >
        <div className={styles["panel"]}>{list}</div>
      </Panel>
      {detail && (
        <>
          <Separator className={styles["separator"]} aria-label={separator} />
          <Panel
            id="detail"
            minSize="20%"
            {...(listSize === undefined && { defaultSize: size ?? (isBelow ? "52%" : "40%") })}
          >
            <div className={styles["panel"]}>{detail}</div>
          </Panel>
        </>
      )}
    </Group>
  );
}
