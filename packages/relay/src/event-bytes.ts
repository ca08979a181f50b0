/** Events of the journal as JSON that fits into one record: what is too long is cut where it stands, with a mark. */
import type { JournalEvent } from "./journal.ts";

/** Name of the member of an event that lists the members that were cut. */
export const CUT_MARK = "cut";

/** What a text that was cut ends with. */
const ELLIPSIS = "… (cut)";
/** Bytes that the longest character of a text takes in JSON: "\u0000". */
const CHARACTER_BYTES = 6;
/** Kept for the mark, the names of members and what stands between them. */
const RESERVED_BYTES = 8 * 1024;

/**
 * Takes time in proportion to the event's length: it runs where bytes are forwarded.
 *
 * @param maxBytes of the JSON in UTF-8, more than 16 KiB
 * @returns the event as JSON; whole where it fits, otherwise with its long texts and lists cut, and their names in {@link CUT_MARK}
 */
export function boundedJson(event: JournalEvent, maxBytes: number): string {
  const isHopeless = Object.values(event).some((value) => typeof value === "string" && value.length > maxBytes);
  const whole = isHopeless ? undefined : JSON.stringify(event);
  if (whole !== undefined && Buffer.byteLength(whole) <= maxBytes) {
    return whole;
  }
  const members = Object.entries(event);
  const share = Math.floor((maxBytes - RESERVED_BYTES) / members.length);
  const cut: string[] = [];
  const parts: string[] = [];
  for (const [name, value] of members) {
    const kept = bounded(value, share);
    if (kept.isCut) {
      cut.push(name);
    }
    parts.push(`${JSON.stringify(name)}:${kept.json}`);
  }
  const json = `{${parts.join(",")},"${CUT_MARK}":${JSON.stringify(cut)}}`;
  return Buffer.byteLength(json) <= maxBytes ? json : JSON.stringify({ type: event.type, [CUT_MARK]: ["everything"] });
}

type Bounded = { readonly json: string; readonly isCut: boolean };

function bounded(value: unknown, maxBytes: number): Bounded {
  if (typeof value === "string") {
    return boundedText(value, maxBytes);
  }
  if (Array.isArray(value)) {
    return boundedList(value, maxBytes);
  }
  const json = JSON.stringify(value) ?? "null";
  return Buffer.byteLength(json) <= maxBytes ? { json, isCut: false } : { json: "null", isCut: true };
}

function boundedText(text: string, maxBytes: number): Bounded {
  const json = text.length <= maxBytes ? JSON.stringify(text) : undefined;
  if (json !== undefined && Buffer.byteLength(json) <= maxBytes) {
    return { json, isCut: false };
  }
  const characters = Math.max(0, Math.floor(maxBytes / CHARACTER_BYTES) - ELLIPSIS.length);
  return { json: JSON.stringify(`${text.slice(0, characters)}${ELLIPSIS}`), isCut: true };
}

function boundedList(list: readonly unknown[], maxBytes: number): Bounded {
  const elements: string[] = [];
  let bytes = 2;
  for (const element of list) {
    const json = JSON.stringify(element) ?? "null";
    bytes += Buffer.byteLength(json) + 1;
    if (bytes > maxBytes) {
      break;
    }
    elements.push(json);
  }
  return { json: `[${elements.join(",")}]`, isCut: elements.length < list.length };
}
