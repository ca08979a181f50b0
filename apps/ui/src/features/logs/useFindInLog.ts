import { canBeSaid } from "@inspector/filter/term";
import { useEffect, useMemo, useState } from "react";
import { findFilter } from "../../shell/data/filtered-list.ts";
import { LogOrder } from "../../shell/data/log-order.ts";
import { useColumnLength, useSessionState, useSessionStore } from "../../shell/data/session-context.ts";
import { useDebounced } from "../../shell/data/useDebounced.ts";
import { formatPlural } from "../../shell/format/size.ts";
import { formatCount } from "../../shell/format/time.ts";
import type { FindMarks } from "../../shell/json/find-marks.ts";
import { useShortcuts } from "../../shell/keyboard/useShortcuts.ts";
import type { ShownFind } from "../detail/FindBar.tsx";
import { TYPING_MS } from "../detail/useFind.ts";
import { nextHit } from "./next-hit.ts";

export type LogFind = ShownFind & {
  readonly isOpen: boolean;
  readonly open: () => void;
  /** Lines that have the text, of all that pass the filter; undefined while nothing is looked for, or no answer is there. */
  readonly count: number | undefined;
  /** Number of the selected row among them, from 0; -1 where it is none of them. */
  readonly current: number;
  readonly marks: FindMarks | undefined;
};

/** Finding in the log, on Ctrl+F: the hub looks through all lines that pass the filter, and goes on with those that come. */
export function useFindInLog(order: LogOrder, selected: number | undefined, show: (row: number) => void): LogFind {
  const [asked, setAsked] = useState(0);
  const [isOpen, setOpen] = useState(false);
  const [text, setText] = useState("");
  const wanted = useDebounced(text, TYPING_MS);
  const isOn = isOpen && wanted !== "" && canBeSaid(wanted);
  const { found, count } = useFound(isOn ? wanted : "");
  const marks = useMemo(() => (isOn ? { text: wanted, current: undefined } : undefined), [isOn, wanted]);
  const open = () => {
    setOpen(true);
    setAsked((was) => was + 1);
  };
  useShortcuts({ "find-in-detail": open });
  return {
    isOpen,
    open,
    text,
    setText,
    asked,
    count: isOn ? count : undefined,
    current: selected === undefined ? -1 : found.indexOf(selected),
    step: (by) => {
      const row = nextHit(found, order, selected, by);
      if (row !== undefined) {
        show(row);
      }
    },
    close: () => setOpen(false),
    marks,
  };
}

/** Lines with that text, kept up to date; none are looked for while it is "". */
function useFound(wanted: string): { readonly found: LogOrder; readonly count: number | undefined } {
  const store = useSessionStore();
  const { lists } = useSessionState();
  const isOn = wanted !== "";
  useEffect(() => store.setFind(wanted), [store, wanted]);
  useEffect(() => {
    if (!isOn) {
      return;
    }
    const ends = [store.watch("foundLogs"), store.watch("foundLines")];
    return () => ends.forEach((end) => void end());
  }, [store, isOn]);
  const { foundLogs, foundLines } = lists;
  const messages = foundLogs.view.column;
  const others = foundLines.view.column;
  const length = useColumnLength(messages) + useColumnLength(others);
  const filter = findFilter(lists.logs.view.filter, wanted);
  const isAnswered = [foundLogs, foundLines].every(({ isReady, view }) => isReady && view.filter === filter);
  return {
    found: useMemo(() => new LogOrder(messages, others), [messages, others]),
    count: isAnswered ? length : undefined,
  };
}

/** "3 of 17 lines" */
export function describeFound({ text, count, current }: Pick<LogFind, "text" | "count" | "current">): string {
  if (text === "") {
    return "";
  }
  if (count === undefined) {
    return "looking …";
  }
  if (count === 0) {
    return "in no line";
  }
  const lines = formatPlural(count, "line", "lines");
  return current < 0 ? lines : `${formatCount(current + 1)} of ${lines}`;
}
