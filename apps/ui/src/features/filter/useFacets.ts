import type { FacetCounts, FacetList, Seq } from "@inspector/contract/page";
import { useEffect, useState } from "react";
import type { SessionClient } from "../../shell/data/session-client.ts";
import { useSessionPart, useSessionStore } from "../../shell/data/session-context.ts";
import { addFacets } from "./facet-sums.ts";

/** Between two counts of a session that goes on. */
const REFRESH_MS = 4000;

export type FacetState = {
  /** Undefined until the first part is counted. */
  readonly counts: FacetCounts | undefined;
  readonly error: Error | undefined;
};

const NOTHING: FacetState = { counts: undefined, error: undefined };

/**
 * What the rows that pass a filter have in common, part by part until all are counted. Of a session that goes on they are counted anew
 * every few seconds; what was there stays until all of the new is.
 */
export function useFacets(list: FacetList, filter: string): FacetState {
  const { client } = useSessionStore();
  const sessionId = useSessionPart(({ session }) => session?.id);
  const last = useSessionPart(({ session }) => session?.last ?? 0);
  const question = `${sessionId ?? ""} ${list} ${filter}`;
  const [{ of, state }, setState] = useState({ of: question, state: NOTHING });
  const [turn, setTurn] = useState(0);
  const isOld = of === question && state.counts !== undefined && isWhole(state.counts) && last > state.counts.last;
  useEffect(() => {
    if (!isOld) {
      return;
    }
    const timer = setTimeout(() => setTurn((was) => was + 1), REFRESH_MS);
    return () => clearTimeout(timer);
  }, [isOld]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: each turn counts anew
  useEffect(() => {
    const stop = new AbortController();
    const tell = (counts: FacetCounts) =>
      setState((was) => {
        const isFirst = was.of !== question || was.state.counts === undefined || !isWhole(was.state.counts);
        return isFirst || isWhole(counts) ? { of: question, state: { counts, error: undefined } } : was;
      });
    countAll(client, list, filter, stop.signal, tell).catch((error: unknown) => {
      if (!stop.signal.aborted) {
        setState({ of: question, state: { counts: undefined, error: error instanceof Error ? error : undefined } });
      }
    });
    return () => stop.abort();
  }, [client, list, filter, question, turn]);
  return of === question ? state : NOTHING;
}

export function isWhole({ through, last }: FacetCounts): boolean {
  return through >= last;
}

async function countAll(
  client: SessionClient,
  list: FacetList,
  filter: string,
  signal: AbortSignal,
  tell: (counts: FacetCounts) => void,
): Promise<void> {
  let after: Seq = 0;
  let counts: FacetCounts | undefined;
  while (counts === undefined || !isWhole(counts)) {
    const part: FacetCounts = await client.getFacets(list, filter, after, signal);
    counts = counts === undefined ? part : addFacets(counts, part);
    after = part.through;
    tell(counts);
  }
}
