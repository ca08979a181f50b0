import type { InvocationDetail, MessageRow, Seq } from "@inspector/contract/page";
import { type UseQueryResult, useQuery } from "@tanstack/react-query";
import { marksOf, messagesToRead, phasesOf, type TimingPhase } from "../timing/invocation-phases.ts";
import type { CallPlace } from "./compared-call.ts";

/** Where the time of an invocation went. @param state of it: loaded again when it is another */
export function useTiming(place: CallPlace, id: Seq, state: string): UseQueryResult<readonly TimingPhase[]> {
  return useQuery({
    queryKey: ["phases", place.session?.id, id, state],
    queryFn: ({ signal }) => loadPhases(place, id, signal),
    enabled: place.session !== undefined,
  });
}

async function loadPhases(
  { client, session }: CallPlace,
  id: Seq,
  signal: AbortSignal,
): Promise<readonly TimingPhase[]> {
  const detail: InvocationDetail = await client.getInvocation(id, signal);
  const seqs = messagesToRead(detail).map(({ seq }) => seq);
  const { rows } = await client.getRows(seqs, signal);
  const known = new Map<Seq, MessageRow>(rows.map((row) => [row.seq, row]));
  const endedAt = session?.streams.find((stream) => stream.id === detail.row.stream)?.endedAt;
  return phasesOf(
    detail.row,
    marksOf(detail, (seq) => known.get(seq)),
    detail.row.state === "lost" ? endedAt : undefined,
  );
}
