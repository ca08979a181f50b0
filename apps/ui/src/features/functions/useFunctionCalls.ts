import type { InvocationRow } from "@inspector/contract/page";
import { functionTerm } from "@inspector/filter/term";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { Column } from "../../shell/data/column.ts";
import { scheduleFrame } from "../../shell/data/frame-signal.ts";
import { useSessionStore } from "../../shell/data/session-context.ts";

/** Calls that are shown at once: more points than pixels say no more. */
export const SHOWN_CALLS = 600;

/** Columns come many times a second; the picture is drawn anew this often. */
const REFRESH_MS = 1500;

/** A filter for its invocations in one worker, or in all. */
export function callsFilter(name: string, stream: number | undefined): string {
  return stream === undefined ? functionTerm(name) : `stream:${stream} ${functionTerm(name)}`;
}

/**
 * The newest invocations of a function, kept up to date over a connection of their own.
 * @param stream of the worker whose calls are meant; undefined for those of all
 */
export function useFunctionCalls(name: string, stream: number | undefined): readonly InvocationRow[] | undefined {
  const { client } = useSessionStore();
  const filter = callsFilter(name, stream);
  const version = useFilteredIds(filter);
  const { data } = useQuery({
    queryKey: ["calls", filter, version.count],
    queryFn: ({ signal }) => client.getInvocations(version.ids, signal),
    enabled: version.count > 0,
    placeholderData: keepPreviousData,
    gcTime: 0,
  });
  return data?.rows.filter((row) => row.type === "invocation");
}

type FilteredIds = { readonly count: number; readonly ids: readonly number[] };

/** The newest ids that pass a filter; `count` grows with every change. */
function useFilteredIds(filter: string): FilteredIds {
  const { client } = useSessionStore();
  const [found, setFound] = useState<FilteredIds>({ count: 0, ids: [] });
  useEffect(() => {
    const column = new Column(scheduleFrame);
    let timer: ReturnType<typeof setTimeout> | undefined;
    let reportedAt = Number.NEGATIVE_INFINITY;
    const report = () => {
      timer = undefined;
      reportedAt = performance.now();
      const ids = column.slice(column.length - SHOWN_CALLS, column.length);
      setFound(({ count }) => ({ count: count + 1, ids }));
    };
    const link = client.connect({
      onState: () => undefined,
      onSession: () => undefined,
      onInvalidFilter: () => undefined,
      onColumn: ({ ids, gone, cursor }) => {
        column.merge(ids, gone, cursor);
        timer ??= setTimeout(report, Math.max(0, reportedAt + REFRESH_MS - performance.now()));
      },
    });
    link.subscribe(1, "invocations", filter, 0);
    return () => {
      clearTimeout(timer);
      link.close();
    };
  }, [client, filter]);
  return found;
}
