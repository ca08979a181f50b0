import { encodeBase64, parseBase64 } from "@inspector/proto";
import { decodeText, formatHex } from "../../shell/bytes/byte-text.ts";
import { readRecord } from "../detail/reading.ts";

/** Cases of TypedData that are edited as text. */
export const TEXT_CASES = ["string", "json", "bytes", "int", "double"] as const;
export type TextCase = (typeof TEXT_CASES)[number];

/** A TypedData that is one value: its case, and what stands in it (base64 of bytes). */
export type TextData = { readonly case: TextCase; readonly text: string };

/** Undefined for what has no text of its own: http, collections, data of other SDKs. */
export function readTextData(data: unknown): TextData | undefined {
  const record = readRecord(data);
  const found = TEXT_CASES.find((name) => name in record);
  return found && { case: found, text: String(record[found] ?? "") };
}

/** Writes it back beside what else was there. A double is a number in JSON where it is one. */
export function writeTextData(data: unknown, { case: name, text }: TextData): Readonly<Record<string, unknown>> {
  const others = Object.entries(readRecord(data)).filter(([key]) => !TEXT_CASES.some((other) => other === key));
  const number = Number(text);
  const isNumber = name === "double" && text.trim() !== "" && Number.isFinite(number);
  return { [name]: isNumber ? number : text, ...Object.fromEntries(others) };
}

/** The same content under another case: texts become their UTF-8 and the other way round. */
export function withCase(data: TextData, next: TextCase): TextData {
  if (data.case === next) {
    return data;
  }
  if (next === "bytes") {
    return { case: next, text: encodeBase64(new TextEncoder().encode(data.text)) };
  }
  if (data.case === "bytes") {
    return { case: next, text: textOfBytes(data.text) ?? "" };
  }
  return { case: next, text: data.text };
}

/** The bytes of a file under the same case, or as bytes where that is a text and they are none. */
export function withBytes(data: TextData, base64: string): TextData {
  const text = data.case === "bytes" ? base64 : textOfBytes(base64);
  return text === undefined ? { case: "bytes", text: base64 } : { ...data, text };
}

/** Undefined where base64 stands for something that is not text. */
export function textOfBytes(base64: string): string | undefined {
  const bytes = parseBase64(base64);
  return bytes && decodeText(bytes);
}

export function bytesOfText(text: string): string {
  return encodeBase64(new TextEncoder().encode(text));
}

/** "48 65 6c 6c 6f", sixteen bytes a line. */
export function hexOfBytes(base64: string): string {
  const digits = formatHex(parseBase64(base64) ?? new Uint8Array());
  const pairs = digits.match(/../g) ?? [];
  const lines = Array.from({ length: Math.ceil(pairs.length / 16) }, (_, line) =>
    pairs.slice(line * 16, line * 16 + 16).join(" "),
  );
  return lines.join("\n");
}

/** Base64 of hexadecimal digits with any space between; undefined where they are no whole bytes. */
export function bytesOfHex(hex: string): string | undefined {
  const digits = hex.replace(/\s+/g, "");
  if (digits.length % 2 !== 0 || !/^[0-9a-fA-F]*$/.test(digits)) {
    return undefined;
  }
  return encodeBase64(Uint8Array.from(digits.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16)));
}

/** What is wrong where `bytesOfHex` has no answer. */
export const HEX_PROBLEM = "half a byte is missing, or a digit is none";

/** How many bytes a value is. */
export function sizeOfTextData({ case: name, text }: TextData): number {
  return name === "bytes" ? sizeOfBase64(text) : new TextEncoder().encode(text).length;
}

function sizeOfBase64(base64: string): number {
  return (base64.length / 4) * 3 - (base64.endsWith("==") ? 2 : base64.endsWith("=") ? 1 : 0);
}

/** Bytes of a value from which a field opens and takes keys with a delay that people feel. */
const LONG = 256 * 1024;

export function isLong({ case: name, text }: TextData): boolean {
  return (name === "bytes" ? sizeOfBase64(text) : text.length) > LONG;
}
