import type { MessageRow, Seq } from "@inspector/contract/page";
import { useQueries } from "@tanstack/react-query";
import { useSessionState, useSessionStore } from "../../shell/data/session-context.ts";

/** Rows in one request; keeps its URL short. */
const PART_ROWS = 250;

/** The rows of an invocation's messages, ascending, as far as they have come. A row never changes once it is there. */
export function useMessageRows(seqs: readonly Seq[]): {
  readonly rows: readonly MessageRow[];
  readonly isComplete: boolean;
} {
  const { client } = useSessionStore();
  const { session } = useSessionState();
  const parts = Array.from({ length: Math.ceil(seqs.length / PART_ROWS) }, (_, index) =>
    seqs.slice(index * PART_ROWS, (index + 1) * PART_ROWS),
  );
  const results = useQueries({
    queries: parts.map((part) => ({
      queryKey: ["rows", session?.id, part[0], part.length, part.at(-1)],
      queryFn: ({ signal }: { readonly signal: AbortSignal }) => client.getRows(part, signal),
      staleTime: Number.POSITIVE_INFINITY,
    })),
  });
  return {
    rows: results.flatMap(({ data }) => data?.rows ?? []),
    isComplete: results.every(({ data }) => data !== undefined),
  };
}
