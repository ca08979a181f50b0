import { useMemo } from "react";
import type { ListState } from "../../shell/data/filtered-list.ts";
import { LogOrder } from "../../shell/data/log-order.ts";
import { useColumnLength, useList } from "../../shell/data/session-context.ts";

export type Log = {
  /** Of its messages: their filter is also that of the lines. */
  readonly state: ListState;
  readonly order: LogOrder;
  readonly length: number;
};

/** The session's log under the filter, kept up to date while the component is there. */
export function useLog(): Log {
  const logs = useList("logs");
  const lines = useList("lines");
  const messages = logs.view.column;
  const others = lines.view.column;
  return {
    state: { ...logs, isReady: logs.isReady && lines.isReady },
    order: useMemo(() => new LogOrder(messages, others), [messages, others]),
    length: useColumnLength(messages) + useColumnLength(others),
  };
}
