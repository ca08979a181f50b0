/** Shared memory in which a worker left values that no host will read, and so none will free. */
import { messageFromJson } from "@inspector/proto";
import { type HeldMessage, type ReleaseOrder, sharedMemoryIn } from "@inspector/session";
import type { InterventionOrder, StreamName } from "../../relay/intervention-lines.ts";
import { closeRequest } from "../../shared-memory/maps.ts";

/** Names of the maps that a message, as proto3 JSON, says its values are in. */
export function mapsNamedIn(message: unknown): string[] {
  const parsed = message === undefined ? undefined : messageFromJson(message);
  return parsed?.ok ? sharedMemoryIn(parsed.message).map(({ name }) => name) : [];
}

/** Maps of an answer that is kept from the host, or of which it gets another one. */
export function mapsKeptBack({ from, message }: HeldMessage, order: ReleaseOrder): string[] {
  if (from === "host" || order.action === "release") return [];
  const passed = new Set(order.action === "replace" ? mapsNamedIn(order.message) : []);
  return mapsNamedIn(message).filter((name) => !passed.has(name));
}

/** Has the worker free them, as the host would after it has read them; what it says to that goes no further. */
export function freeMaps(at: StreamName, mapNames: readonly string[]): InterventionOrder[] {
  if (mapNames.length === 0) return [];
  const message = Buffer.from(closeRequest(mapNames)).toString("base64");
  return [{ order: "inject", at, direction: "to-worker", message, maps: mapNames }];
}
