/** What of a message can be found by free text. */
import { decodeUtf8, type StreamingMessage } from "@inspector/proto";

/** Most characters of one message that are indexed: what is larger is found by its beginning. */
export const MAX_TEXT_CHARS = 64 * 1024;

/**
 * The texts of a message, one a line, each once: strings, keys of maps, and bytes that are text (JSON and HTTP bodies are one or
 * the other). Numbers and base64 are not in it.
 */
export function messageText(message: StreamingMessage): string {
  return collectText(message.content.value, MAX_TEXT_CHARS);
}

/** Text within bytes of an unknown form, a run a line. */
export function printableText(bytes: Uint8Array): string {
  const runs: string[] = [];
  let run = "";
  for (const byte of bytes) {
    if (byte >= 0x20 && byte < 0x7f) {
      run += String.fromCharCode(byte);
      continue;
    }
    if (run.length >= MIN_RUN) {
      runs.push(run);
    }
    run = "";
  }
  if (run.length >= MIN_RUN) {
    runs.push(run);
  }
  return runs.join("\n");
}

/** Shorter runs are chance. */
const MIN_RUN = 4;

function collectText(root: unknown, limit: number): string {
  const found = new Set<string>();
  let left = limit;

  function note(text: string): void {
    if (text === "" || left <= 0 || found.has(text)) {
      return;
    }
    found.add(text.length > left ? text.slice(0, left) : text);
    left -= text.length + 1;
  }

  function visit(value: unknown): void {
    if (left <= 0) {
      return;
    }
    if (typeof value === "string") {
      note(value);
    } else if (value instanceof Uint8Array) {
      note(textIn(value, left));
    } else if (Array.isArray(value)) {
      value.forEach(visit);
    } else if (typeof value === "object" && value !== null) {
      visitFields(value);
    }
  }

  function visitFields(value: object): void {
    // A generated message has its type's name, a oneof the name of its case; the keys of both are the contract's. A map has neither.
    const isMessage = "$typeName" in value;
    const isOneof = "case" in value;
    for (const [key, field] of Object.entries(value)) {
      if (key === "$typeName" || key === "$unknown" || (isOneof && key === "case")) {
        continue;
      }
      if (!isMessage && !isOneof) {
        note(key);
      }
      visit(field);
    }
  }

  visit(root);
  return [...found].join("\n");
}

/** What was no UTF-8, and control characters that end or part no line. */
const NOT_TEXT = /\ufffd|(?![\t-\r])\p{Cc}/u;

/** Bytes as text where they are UTF-8 that people can read; "" otherwise. */
function textIn(bytes: Uint8Array, limit: number): string {
  const isCut = bytes.length > limit;
  const text = decodeUtf8(isCut ? bytes.subarray(0, limit) : bytes);
  // The cut may have gone through a character.
  const whole = isCut ? text.replace(/\ufffd$/, "") : text;
  return NOT_TEXT.test(whole) ? "" : whole;
}
