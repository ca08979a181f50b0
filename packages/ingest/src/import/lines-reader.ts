/** Files of JSON, an object a line. */
import { decodeBase64, decodeUtf8 } from "@inspector/proto";
import { BytesAhead } from "./bytes-ahead.ts";
import type { RecordReader } from "./record-reader.ts";

/** A line stands in memory as a whole, and what it says some times more. */
export const MAX_LINE_BYTES = 32 * 1024 * 1024;

const NEWLINE = 0x0a;

export type JsonObject = Readonly<Record<string, unknown>>;

export class LinesReader implements RecordReader<JsonObject> {
  damage: string | undefined;
  readonly #ahead = new BytesAhead();
  /** Bytes that are ahead and hold no end of a line. */
  #searched = 0;
  #lines = 0;

  get bytesLeft(): number {
    return this.#ahead.length;
  }

  append(bytes: Uint8Array): void {
    this.#ahead.append(bytes);
  }

  next(): JsonObject | undefined {
    while (this.damage === undefined) {
      const length = this.#ahead.length;
      const end = this.#ahead.peek(length)?.indexOf(NEWLINE, this.#searched) ?? -1;
      if (end < 0) {
        this.#searched = length;
        this.damage = length > MAX_LINE_BYTES ? `line ${this.#lines + 1} has more than 32 MiB` : undefined;
        return undefined;
      }
      this.#searched = 0;
      const line = this.#ahead.take(end + 1);
      this.#lines += 1;
      const value = line && parseLine(line);
      if (value === "empty") {
        continue;
      }
      this.damage = value === undefined ? `line ${this.#lines} is no JSON object` : undefined;
      return value;
    }
    return undefined;
  }
}

function parseLine(bytes: Uint8Array): JsonObject | "empty" | undefined {
  const text = decodeUtf8(bytes).trim();
  if (text === "") {
    return "empty";
  }
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

export function isObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

export function textIn(value: JsonObject, key: string): string {
  const text = Object.hasOwn(value, key) ? value[key] : undefined;
  return typeof text === "string" ? text : "";
}

export function numberIn(value: JsonObject, key: string): number {
  const number = Object.hasOwn(value, key) ? value[key] : undefined;
  return typeof number === "number" && Number.isFinite(number) ? number : 0;
}

export function objectIn(value: JsonObject, key: string): JsonObject | undefined {
  const found = Object.hasOwn(value, key) ? value[key] : undefined;
  return isObject(found) ? found : undefined;
}

export function listIn(value: JsonObject, key: string): readonly unknown[] {
  const found = Object.hasOwn(value, key) ? value[key] : undefined;
  return Array.isArray(found) ? found : [];
}

/** Base64 as bytes: what is none of it is passed over. */
export function bytesIn(value: JsonObject, key: string): Uint8Array {
  return decodeBase64(textIn(value, key));
}
