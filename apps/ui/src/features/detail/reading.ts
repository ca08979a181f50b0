/**
 * Reading proto3 JSON without trusting its shape: recordings may come from any worker, host or file. A part that is
 * not what it should be reads as absent.
 */
export type JsonRecord = Readonly<Record<string, unknown>>;

export function readRecord(value: unknown): JsonRecord {
  return isRecord(value) ? value : {};
}

export function isRecord(value: unknown): value is JsonRecord {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

export function readList(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

/** Text of a string, number or boolean; undefined for all else and for an empty string, proto3's "not set". */
export function readText(value: unknown): string | undefined {
  if (typeof value === "string") {
    return value === "" ? undefined : value;
  }
  return typeof value === "number" || typeof value === "boolean" ? String(value) : undefined;
}

export type TextPair = readonly [name: string, value: string];

/** A map<string, string>, also one whose values are the contract's NullableString. */
export function readPairs(value: unknown): TextPair[] {
  return Object.entries(readRecord(value)).map(([name, item]) => [name, readPairValue(item)]);
}

function readPairValue(item: unknown): string {
  if (isRecord(item)) {
    return readText(item["value"]) ?? "";
  }
  return readText(item) ?? "";
}
