import type { InvocationOrder } from "@inspector/contract/page";
import { useMemo } from "react";
import { SortedRows } from "../../shell/data/row-order.ts";
import { useSessionPart } from "../../shell/data/session-context.ts";
import { useSortedInvocations } from "../../shell/data/workbench-queries.ts";

export type SortedList = {
  readonly order: InvocationOrder;
  /** Empty until the answer is there. */
  readonly rows: SortedRows;
  readonly isReady: boolean;
  /** It has the first of all rows only. */
  readonly isCut: boolean;
  readonly error: Error | null;
};

/** The rows that pass a filter in another order than that in which they began; undefined where none is asked for. */
export function useSortedRows(order: InvocationOrder | undefined, filter: string): SortedList | undefined {
  const sessionId = useSessionPart(({ session }) => session?.id);
  const { data, error } = useSortedInvocations(order, filter);
  const question = order && `${order.by} ${order.isDescending} ${filter} ${sessionId ?? ""}`;
  const source = useMemo(() => ({ question }), [question]);
  const rows = useMemo(() => new SortedRows(source, data?.ids ?? []), [source, data]);
  return order && { order, rows, isReady: data !== undefined, isCut: data?.isCut ?? false, error };
}
