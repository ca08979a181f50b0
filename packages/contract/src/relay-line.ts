/**
 * What is said on the line between a relay and a hub: a local socket in the journal's folder, one JSON object a line.
 *
 * The hub dials, and says first who it is. Its ingest says what is committed; its desk, the thread that serves pages, gives
 * orders to intervene (intervention-lines.ts). The relay says how far its journal is, and reports to the desk.
 *
 * A desk is pinged, and has to answer within PONG_LIMIT_MS, or to give orders meanwhile: one that is silent is as good as
 * dead, so the relay lets go of all that was held for it, and hangs up.
 */
import type { InterventionOrder, InterventionReport } from "./intervention-lines.ts";
import { parseOrder } from "./parse-order.ts";

/** How often a desk is pinged. */
export const PING_MS = 500;
/** A desk that has said nothing for as long is taken for one that hangs. */
export const PONG_LIMIT_MS = 3_000;

/** What a hub says to a relay, one JSON object a line. */
export type FromHub =
  | { readonly hello: "desk" | "ingest"; readonly pid: number }
  /** The number of the ping that it answers. */
  | { readonly pong: number }
  /** Segments up to this one are in the session and may be written over. */
  | { readonly committed: number }
  | InterventionOrder;

/** How far the relay has written. */
export type RelayState = {
  readonly segment: number;
  readonly offset: number;
  readonly gap: { readonly bytes: number; readonly reason: string } | null;
};

/** What a relay says to a hub, one JSON object a line. */
export type FromRelay = { readonly ping: number } | RelayState | InterventionReport;

/** @returns undefined for what this version does not know */
export function parseFromHub(value: unknown): FromHub | undefined {
  if (!isFields(value)) {
    return undefined;
  }
  const { hello, pid, pong, committed, order } = value;
  if ((hello === "desk" || hello === "ingest") && typeof pid === "number") {
    return { hello, pid };
  }
  if (typeof pong === "number") {
    return { pong };
  }
  if (typeof committed === "number") {
    return { committed };
  }
  return order === undefined ? undefined : parseOrder(value);
}

/** @returns undefined for what this version does not know */
export function parseFromRelay(value: unknown): FromRelay | undefined {
  if (!isFields(value)) {
    return undefined;
  }
  const { ping, segment, offset, gap, report } = value;
  if (typeof ping === "number") {
    return { ping };
  }
  if (typeof segment === "number" && typeof offset === "number") {
    return {
      segment,
      offset,
      gap: isFields(gap) ? { bytes: Number(gap["bytes"]), reason: String(gap["reason"]) } : null,
    };
  }
  return typeof report === "string" ? (value as InterventionReport) : undefined;
}

type Fields = Readonly<Record<string, unknown>>;

function isFields(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
