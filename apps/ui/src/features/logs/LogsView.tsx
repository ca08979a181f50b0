import { useLayoutEffect, useRef } from "react";
import { useSessionState, useSessionStore } from "../../shell/data/session-context.ts";
import { ListFrame } from "../../shell/grid/ListFrame.tsx";
import { useListWithDetail } from "../../shell/grid/useListWithDetail.ts";
import { NO_CAPTIONS } from "../../shell/grid/useSelectList.ts";
import { FindContext } from "../../shell/json/find-marks.ts";
import { useShell } from "../../shell/page/shell-context.ts";
import { lazyPart } from "../../shell/panes/Part.tsx";
import { SplitView } from "../../shell/panes/SplitView.tsx";
import { DetailPane } from "../detail/DetailPane.tsx";
import { copiedLines } from "./copy-lines.ts";
import { LinePane } from "./LinePane.tsx";
import { LogBar } from "./LogBar.tsx";
import { LogGrid, rowHeightOf } from "./LogGrid.tsx";
import styles from "./LogsView.module.css";
import { formatLook, parseLook } from "./log-look.ts";
import { formatRow, parseRow } from "./log-row.ts";
import { NothingLogged } from "./NothingLogged.tsx";
import { neverLogged } from "./never-logged.ts";
import { describeFound, useFindInLog } from "./useFindInLog.ts";
import { useLineKeys } from "./useLineKeys.ts";
import { useLog } from "./useLog.ts";
import { useMarkedRows } from "./useMarkedRows.ts";

/** Needed when somebody looks for something. */
const FindBar = lazyPart("the find bar", async () => (await import("../detail/FindBar.tsx")).FindBar);

/** The log of the session: RpcLogs, what processes wrote and what happened to them, in the order of time. */
export function LogsView() {
  const { address, go, listRef, setFollow } = useShell();
  const { client } = useSessionStore();
  const { session } = useSessionState();
  const { state, order, length } = useLog();
  const look = parseLook(address.look);
  const selected = parseRow(address.item);
  const select = (row: number | undefined) => go({ item: formatRow(row) });
  const rowHeight = rowHeightOf(look);
  const listOptions = { column: order, length, rowHeight, captions: NO_CAPTIONS, selected, onSelect: select };
  const { list, open, isDetailOpen, closeDetail } = useListWithDetail(listOptions);
  const { start, end } = list.visibleRows;
  const keepInSight = useKeptRow(rowHeight, list.show);
  const marked = useMarkedRows(order, selected);
  const extendTo = (row: number | undefined) => {
    if (row !== undefined) {
      setFollow(false);
      marked.extend();
      select(row);
      list.show(row);
    }
  };
  const find = useFindInLog(order, selected, (row) => {
    setFollow(false);
    select(row);
    list.show(row);
  });
  const rows = marked.rows ?? (selected === undefined ? order.slice(start, end) : [selected]);
  const { startedAt = 0, streams = [] } = session ?? {};
  const copy = () => copiedLines(client, rows, { startedAt, streams });
  const keys = useLineKeys({
    onExtend: (by) => extendTo(selected === undefined ? undefined : order.at(order.indexOf(selected) + by)),
    copied: selected === undefined ? undefined : copy,
  });
  return (
    <SplitView
      separator="Size of the line's pane"
      detail={isDetailOpen && selected !== undefined && <Opened row={selected} {...{ open, closeDetail }} />}
      list={
        <div className={styles["view"]} {...keys}>
          <LogBar
            look={look}
            onLook={(look) => {
              const index = selected === undefined ? -1 : order.indexOf(selected);
              keepInSight(index >= start && index < end ? selected : order.at(start));
              go({ look: formatLook(look) });
            }}
            copied={selected === undefined ? 0 : rows.length}
            copy={copy}
            onFind={find.open}
          />
          {find.isOpen && (
            <FindBar find={find} label="Find in the log" count={describeFound(find)} hasHits={(find.count ?? 0) > 0} />
          )}
          <div className={styles["list"]}>
            <ListFrame
              state={state}
              length={length}
              visibleEnd={end}
              hidden="All lines are"
              never={neverLogged}
              empty={session && <NothingLogged session={session} />}
            >
              <FindContext value={find.marks}>
                <LogGrid
                  gridRef={listRef}
                  order={order}
                  length={length}
                  list={list.list}
                  look={look}
                  selected={selected}
                  isMarked={marked.isMarked}
                  onSelect={(row, isMore) => (isMore && selected !== undefined ? extendTo(row) : open(row))}
                  onInvocation={(invocation) => go({ view: "invocations", filter: "", invocation })}
                />
              </FindContext>
            </ListFrame>
          </div>
        </div>
      }
    />
  );
}

/** Rows of another height: what is named before they get it is in sight afterwards. */
function useKeptRow(rowHeight: number, show: (row: number) => void): (row: number | undefined) => void {
  const kept = useRef<number | undefined>(undefined);
  // biome-ignore lint/correctness/useExhaustiveDependencies: once for each height
  useLayoutEffect(() => {
    if (kept.current !== undefined) {
      show(kept.current);
      kept.current = undefined;
    }
  }, [rowHeight]);
  return (row) => {
    kept.current = row;
  };
}

type OpenedProps = {
  readonly row: number;
  readonly open: (row: number) => void;
  readonly closeDetail: () => void;
};

/** The selected row: a message with its payload, or a line. */
function Opened({ row, open, closeDetail }: OpenedProps) {
  const { address } = useShell();
  const { rows } = useSessionStore();
  return row < 0 ? (
    <LinePane number={-row} isRaw={parseLook(address.look).isRaw} onClose={closeDetail} />
  ) : (
    <DetailPane seq={row} knownRow={rows.get(row)} onSelect={open} onClose={closeDetail} />
  );
}
