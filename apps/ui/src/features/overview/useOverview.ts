import type { Overview } from "@inspector/contract/page";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useRef } from "react";
import { useSessionState, useSessionStore } from "../../shell/data/session-context.ts";

/** Pixels of one bucket. */
const BUCKET_PIXELS = 4;

const REFRESH_MS = 1000;

/** A hub that counts for long, because the session is large, is left alone for so many times as long. */
const REST_FACTOR = 10;

/** Density of the whole session for a width in pixels, kept up while it grows. */
export function useOverview(width: number): Overview | undefined {
  const { client } = useSessionStore();
  const { session, connection } = useSessionState();
  const took = useRef(0);
  // Rounded, so that a window that is being resized does not ask at every pixel.
  const buckets = Math.max(50, Math.floor(width / BUCKET_PIXELS / 50) * 50);
  const isGrowing = session?.source === "live" && connection.phase === "open";
  const { data } = useQuery({
    queryKey: ["overview", session?.id, buckets],
    queryFn: async ({ signal }) => {
      const began = performance.now();
      const overview = await client.getOverview({ buckets }, signal);
      took.current = performance.now() - began;
      return overview;
    },
    enabled: session !== undefined && width > 0,
    placeholderData: keepPreviousData,
    refetchInterval: () => (isGrowing ? Math.max(REFRESH_MS, took.current * REST_FACTOR) : false),
  });
  return data;
}
