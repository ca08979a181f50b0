/** From what SQLite gives to what the contract promises. Anything may stand in a file that somebody else made. */
import type { Side } from "@inspector/contract/page";
import type { SqlValue } from "./database.ts";

/** Undefined for what is no number. */
export function maybeNumber(value: SqlValue | undefined): number | undefined {
  return typeof value === "number" ? value : undefined;
}

/** What a row says of a side. */
export const SIDE_NUMBERS = { host: 0, worker: 1 } as const satisfies Readonly<Record<Side, number>>;

/** The side by its number in a row. */
export function sideOf(value: SqlValue | undefined): Side {
  return value === SIDE_NUMBERS.worker ? "worker" : "host";
}

/** Parsed JSON; undefined for what is none. */
export function jsonOf(value: SqlValue | undefined): unknown {
  if (typeof value !== "string") {
    return undefined;
  }
  try {
    return JSON.parse(value);
  } catch {
    return undefined;
  }
}

/** Whether JSON that was parsed is an object. */
export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** `{ [key]: value }`, or nothing for undefined: members without a value are left out of what is sent. */
export function optional<K extends string, V>(key: K, value: V | undefined): { [P in K]?: V } {
  return value === undefined ? {} : ({ [key]: value } as { [P in K]?: V });
}
