/** Reads what events of a journal say. Each value is looked at before it is used: an older relay, or damage, may have left another. */
import type { FramePosition } from "@inspector/wire/frame-walker";
import type { Side } from "@inspector/wire/frames";
import { SIDE_HOST, SIDE_WORKER } from "@inspector/wire/journal";

/** An event of a journal: what it is, and whatever else it says. */
export type Detail = { readonly type: string; readonly [key: string]: unknown };

export function parseDetail(payload: Uint8Array): Detail | undefined {
  try {
    const value: unknown = JSON.parse(Buffer.from(payload).toString("utf8"));
    return isDetail(value) && typeof value["type"] === "string" ? { ...value, type: value["type"] } : undefined;
  } catch {
    return undefined;
  }
}

export function isDetail(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** A FramePosition as the relay wrote it. */
export function positionIn(value: unknown): FramePosition | undefined {
  if (!isDetail(value)) {
    return undefined;
  }
  const { payloadLeft, header } = value;
  return typeof payloadLeft === "number" && Array.isArray(header)
    ? { payloadLeft, header: header.map(Number) }
    : undefined;
}

export function numberIn(detail: Detail, key: string): number {
  const value = detail[key];
  return typeof value === "number" ? value : 0;
}

export function stringIn(detail: Detail, key: string): string {
  const value = detail[key];
  return typeof value === "string" ? value : "";
}

export function sideOf(side: number): Side | undefined {
  return side === SIDE_HOST ? "host" : side === SIDE_WORKER ? "worker" : undefined;
}
