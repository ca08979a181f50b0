import { useQuery } from "@tanstack/react-query";
import type { SessionStore } from "../../shell/data/session-store.ts";
import { useStoreState } from "../../shell/data/useStoreState.ts";

/** Whether the worker of a stream takes invocation_cancel; undefined while that is not known. */
export function useCanCancel(live: SessionStore, stream: number | undefined): boolean | undefined {
  const { session } = useStoreState(live);
  const { data } = useQuery({
    queryKey: ["can cancel", session?.id, stream],
    queryFn: ({ signal }) => live.client.getWorkers(signal),
    enabled: stream !== undefined,
  });
  const worker = data?.find((one) => one.stream.id === stream);
  return worker?.workerCapabilities.some(
    ({ name, value }) => name === "HandlesInvocationCancelMessage" && value !== "",
  );
}
