/** Shared memory in which a worker left values that no host will read, and so none will free. */

import { sharedMemoryIn } from "@inspector/analysis/replay/inline-memory";
import type { HeldMessage, ReleaseOrder } from "@inspector/contract/intervention";
import type { CapabilityInfo } from "@inspector/contract/page";
import { messageFromJson } from "@inspector/proto";
import { closeRequest, removeMap } from "../shared-memory-maps.ts";
import type { LiveStream } from "./live-streams.ts";
import type { RelayLines } from "./relay-lines.ts";

/** Names of the maps that a message, as proto3 JSON, says its values are in. */
export function mapsNamedIn(message: unknown): string[] {
  const parsed = message === undefined ? undefined : messageFromJson(message);
  return parsed?.ok ? sharedMemoryIn(parsed.message).map(({ name }) => name) : [];
}

/** Maps of an answer that is kept from the host, or of which it gets another one. */
export function mapsKeptBack({ from, message }: HeldMessage, order: ReleaseOrder): string[] {
  if (from === "host" || order.action === "release") {
    return [];
  }
  const passed = new Set(order.action === "replace" ? mapsNamedIn(order.message) : []);
  return mapsNamedIn(message).filter((name) => !passed.has(name));
}

/** Has a stream's worker free maps, as the host would after it has read them; what it says to that goes no further. */
export type FreeMaps = (stream: LiveStream, mapNames: readonly string[]) => void;

/**
 * @param capabilitiesOf what the host of a stream declared: with FunctionDataCache a worker only lets go of its maps, since
 * the host removes their files itself when its cache is full
 */
export function createFreeMaps(
  lines: Pick<RelayLines, "send">,
  capabilitiesOf: (stream: number) => readonly Pick<CapabilityInfo, "name" | "value">[],
): FreeMaps {
  return ({ id, journal, at }, mapNames) => {
    if (mapNames.length === 0) {
      return;
    }
    const message = Buffer.from(closeRequest(mapNames)).toString("base64");
    lines.send(journal, { order: "inject", at, direction: "to-worker", message, maps: mapNames });
    const isKept = capabilitiesOf(id).some(({ name, value }) => name === "FunctionDataCache" && value !== "");
    if (isKept) {
      for (const name of mapNames) {
        removeMap(name);
      }
    }
  };
}
