import { decodeUtf8, encodeBase64, encodeUtf8 } from "@inspector/proto";

/** Plain words need no quotes; `~` and `=` mean something at the start of one. */
const PLAIN = /^[\w./:@%+,-][\w./:@%+,=-]*$/;

/** Longest argument of a command: Linux accepts 128 KiB for one, quoting included. */
const MAX_ARGUMENT_BYTES = 64 * 1024;

const LINE_CHARACTERS = 76;

/** One argument of a command for a POSIX shell. A shell has no form for NUL, so that is left out. */
export function quoteArgument(text: string): string {
  const whole = text.replaceAll("\0", "");
  return PLAIN.test(whole) ? whole : `'${whole.replaceAll("'", `'\\''`)}'`;
}

/**
 * The text of bytes, if they can stand in a command as an argument: UTF-8, short enough, and without the control
 * characters that a terminal takes for keys when the command is pasted.
 */
export function argumentText(bytes: Uint8Array): string | undefined {
  if (bytes.length > MAX_ARGUMENT_BYTES) {
    return undefined;
  }
  const text = decodeUtf8(bytes);
  const isSafe = /^[^\p{Cc}]*$/u.test(text.replaceAll("\n", ""));
  return isSafe && isSame(encodeUtf8(text), bytes) ? text : undefined;
}

/** What a command reads, as lines that the shell feeds it; `end` must not be one of them. */
function hereDocument(lines: readonly string[], end: string): string {
  return [`<<'${end}'`, ...lines, end].join("\n");
}

/** A command that writes bytes, whatever they are. */
export function writeBytes(bytes: Uint8Array, then: string): string {
  const lines = encodeBase64(bytes).match(new RegExp(`.{1,${LINE_CHARACTERS}}`, "g")) ?? [];
  const [first = "", ...rest] = hereDocument(lines, "BASE64").split("\n");
  return [`base64 -d ${first} | ${then}`, ...rest].join("\n");
}

function isSame(left: Uint8Array, right: Uint8Array): boolean {
  return left.length === right.length && left.every((byte, index) => byte === right[index]);
}
