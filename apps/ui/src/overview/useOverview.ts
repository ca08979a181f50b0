import type { Overview } from "@inspector/session";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useSessionState, useSessionStore } from "../data/session-context.ts";

/** Pixels of one bucket. */
const BUCKET_PIXELS = 4;

const REFRESH_MS = 1000;

/** Density of the whole session for a width in pixels, kept up while it grows. */
export function useOverview(width: number): Overview | undefined {
  const { client } = useSessionStore();
  const { session, connection } = useSessionState();
  // Rounded, so that a window that is being resized does not ask at every pixel.
  const buckets = Math.max(50, Math.floor(width / BUCKET_PIXELS / 50) * 50);
  const { data } = useQuery({
    queryKey: ["overview", session?.id, buckets],
    queryFn: ({ signal }) => client.getOverview({ buckets }, signal),
    enabled: session !== undefined && width > 0,
    placeholderData: keepPreviousData,
    refetchInterval: session?.source === "live" && connection.phase === "open" ? REFRESH_MS : false,
  });
  return data;
}
