import { type ReactNode, useLayoutEffect, useRef } from "react";
import { Group, Panel, Separator, usePanelRef } from "react-resizable-panels";
import { useMedia } from "../page/useMedia.ts";
import { useWidth } from "../page/useWidth.ts";
import styles from "./SplitView.module.css";

type SplitViewProps = {
  readonly list: ReactNode;
  /** What is shown of the selected row; nothing where none is. */
  readonly detail: ReactNode | undefined;
  /** What the separator is named after: "Size of the function's pane". */
  readonly separator: string;
  /** "wide" details stand below the list at any width. */
  readonly shape?: "beside" | "below";
  /** Initial size of the detail. */
  readonly size?: string;
  /** Rows of the list, where they are few: below them the detail gets what room they leave at first. */
  readonly rows?: number;
  /** Something is always open, and nothing closes it: so the list keeps some room in the smallest window, too. */
  readonly isAlwaysOpen?: boolean;
  /** What is open has two columns where there is room for them: until somebody chooses a size, it gets that room. */
  readonly isRoomy?: boolean;
};

/** Width of a roomy detail beside the list, in pixels. */
const ROOMY = 1100;

/** Least width of the list, in pixels: room for time, name, status and duration. */
const LEAST_LIST = 600;

/** A row of a grid of details, or its head, in pixels. */
const ROW = 28;
const ROWS_IN_SIGHT = 9;
const ROWS_IN_TINY = 2;

/** A list with the selected row's details beside it, or below it where the window is narrow. */
export function SplitView(props: SplitViewProps) {
  const { list, detail, separator, shape = "beside", size, rows, isRoomy = false, isAlwaysOpen = false } = props;
  const group = useRef<HTMLDivElement>(null);
  const isNarrow = useMedia("(max-width: 1100px)");
  const isLow = useMedia("(max-height: 800px)");
  // A phone, or type at twice its size: what is open gets all of it, until it is closed.
  const isTiny = useMedia("(max-width: 600px), (max-width: 1100px) and (max-height: 560px)");
  const isBelow = shape === "below" || isNarrow;
  const isCovered = isTiny && Boolean(detail) && !isAlwaysOpen;
  const hasRoom = useWidth(group) >= ROOMY + LEAST_LIST;
  const listSize =
    isBelow && (!isLow || isAlwaysOpen) ? heightOf(rows, isTiny ? ROWS_IN_TINY : ROWS_IN_SIGHT) : undefined;
  const leastList = isBelow ? `${2 * ROW}px` : "20%";
  const beside = isRoomy && hasRoom ? ROOMY : (size ?? "40%");
  const below = isLow ? "66%" : (size ?? "52%");
  const detailSize = isBelow ? below : beside;
  const { listPanel, detailPanel, onLayoutChanged } = useSizes(isBelow, listSize, detailSize);
  return (
    <div ref={group} className={styles["split"]}>
      <Group
        orientation={isBelow ? "vertical" : "horizontal"}
        className={styles["split"]}
        onLayoutChanged={onLayoutChanged}
      >
        <Panel
          id="list"
          data-covered={isCovered}
          panelRef={listPanel}
          minSize={leastList}
          {...(listSize !== undefined && { defaultSize: listSize })}
        >
          <div className={styles["panel"]}>{list}</div>
        </Panel>
        {detail && (
          <>
            {!isCovered && <Separator className={styles["separator"]} aria-label={separator} />}
            <Panel
              id="detail"
              panelRef={detailPanel}
              minSize="20%"
              {...(listSize === undefined && { defaultSize: detailSize })}
            >
              <div className={styles["panel"]}>{detail}</div>
            </Panel>
          </>
        )}
      </Group>
    </div>
  );
}

/** Of a list of few rows; undefined where they are not known to be few. */
function heightOf(rows: number | undefined, most: number): string | undefined {
  return rows === undefined ? undefined : `${ROW * (1 + Math.min(rows, most))}px`;
}

/** The panels get other sizes when the window or what is open wants that, until somebody moves their separator. */
function useSizes(isBelow: boolean, listSize: string | undefined, detailSize: number | string) {
  const listPanel = usePanelRef();
  const detailPanel = usePanelRef();
  const isChosen = useRef(false);
  const was = useRef({ isBelow, listSize, detailSize });
  useLayoutEffect(() => {
    const { current } = was;
    if (current.isBelow === isBelow && current.listSize === listSize && current.detailSize === detailSize) {
      return;
    }
    was.current = { isBelow, listSize, detailSize };
    if (isChosen.current || detailPanel.current === null) {
      return;
    }
    if (listSize === undefined) {
      detailPanel.current.resize(detailSize);
    } else {
      listPanel.current?.resize(listSize);
    }
  }, [isBelow, listSize, detailSize, listPanel, detailPanel]);
  const onLayoutChanged = (_: unknown, { isUserInteraction }: { readonly isUserInteraction: boolean }) => {
    if (isUserInteraction) {
      isChosen.current = true;
    }
  };
  return { listPanel, detailPanel, onLayoutChanged };
}
