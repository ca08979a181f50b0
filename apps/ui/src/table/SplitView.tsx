import { type ReactNode, useLayoutEffect, useRef } from "react";
import { Group, Panel, Separator, usePanelRef } from "react-resizable-panels";
import { useMedia } from "../app/useMedia.ts";
import styles from "./SplitView.module.css";
import { useWidth } from "./useWidth.ts";

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
  /** What is open has two columns where there is room for them: until somebody chooses a size, it gets that room. */
  readonly isRoomy?: boolean;
};

/** Of the detail beside the list, in pixels and as a part. */
const ROOMY = 1100;
const USUAL = "40%";

/** The list keeps its time, name, status and duration. */
const LEAST_LIST = 600;

/** A row of a grid of details, or its head, in pixels. */
const ROW = 28;
const ROWS_IN_SIGHT = 9;

/** A list with the selected row's details beside it, or below it where the window is narrow. */
export function SplitView({ list, detail, separator, shape = "beside", size, rows, isRoomy = false }: SplitViewProps) {
  const isNarrow = useMedia("(max-width: 1100px)");
  const isBelow = shape === "below" || isNarrow;
  const listSize = isBelow && rows !== undefined ? `${ROW * (1 + Math.min(rows, ROWS_IN_SIGHT))}px` : undefined;
  const group = useRef<HTMLDivElement>(null);
  const hasRoom = useWidth(group) >= ROOMY + LEAST_LIST;
  const beside = isRoomy && hasRoom ? ROOMY : (size ?? USUAL);
  const { panelRef, onLayout } = useSizeBeside(isBelow ? undefined : beside);
  return (
    <div ref={group} className={styles["split"]}>
      <Group
        key={String(isBelow)}
        orientation={isBelow ? "vertical" : "horizontal"}
        className={styles["split"]}
        onLayoutChanged={onLayout}
      >
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
              panelRef={panelRef}
              {...(listSize === undefined && { defaultSize: isBelow ? (size ?? "52%") : beside })}
            >
              <div className={styles["panel"]}>{detail}</div>
            </Panel>
          </>
        )}
      </Group>
    </div>
  );
}

/** Keeps a panel at the size that is wanted of it, until somebody moves its separator. */
function useSizeBeside(wanted: number | string | undefined) {
  const panelRef = usePanelRef();
  const isChosen = useRef(false);
  const was = useRef(wanted);
  useLayoutEffect(() => {
    if (was.current === wanted) return;
    was.current = wanted;
    if (wanted !== undefined && !isChosen.current) panelRef.current?.resize(wanted);
  }, [wanted, panelRef]);
  const onLayout = (_: unknown, { isUserInteraction }: { readonly isUserInteraction: boolean }) => {
    if (isUserInteraction) isChosen.current = true;
  };
  return { panelRef, onLayout };
}
