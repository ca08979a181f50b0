import type { Overview } from "@inspector/contract/page";
import { keepPreviousData, useQuery, useQueryClient } from "@tanstack/react-query";
import { useRef } from "react";
import { nextFrame } from "../../shell/data/frame-signal.ts";
import { useSessionPart, useSessionStore } from "../../shell/data/session-context.ts";

/** Pixels of one bucket. */
const BUCKET_PIXELS = 4;

const REFRESH_MS = 2000;

/** A hub that counts for long, because the session is large, is left alone for so many times as long. */
const REST_FACTOR = 10;

/** Density of the whole session for a width in pixels, kept up while it grows. */
export function useOverview(width: number): Overview | undefined {
  const { client } = useSessionStore();
  const queries = useQueryClient();
  const sessionId = useSessionPart(({ session }) => session?.id);
  const isGrowing = useSessionPart(
    ({ session, connection }) => session?.source === "live" && connection.phase === "open",
  );
  const took = useRef(0);
  // Rounded, so that a window that is being resized does not ask at every pixel.
  const buckets = Math.max(50, Math.floor(width / BUCKET_PIXELS / 50) * 50);
  const { data } = useQuery({
    queryKey: ["overview", sessionId, buckets],
    queryFn: async ({ queryKey, signal }) => {
      const isKnown = queries.getQueryData(queryKey) !== undefined;
      const began = performance.now();
      const overview = await client.getOverview({ buckets }, signal);
      took.current = performance.now() - began;
      if (isKnown) {
        await nextFrame();
      }
      return overview;
    },
    enabled: sessionId !== undefined && width > 0,
    placeholderData: keepPreviousData,
    refetchInterval: () => (isGrowing ? Math.max(REFRESH_MS, took.current * REST_FACTOR) : false),
  });
  return data;
}
