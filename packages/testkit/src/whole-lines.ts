import type { Readable } from "node:stream";
import { splitLines } from "@inspector/wire/lines";

/**
 * Calls `onLine` for each line that arrived whole. What a killed process, or the end of a socket, cuts off is no line: readline would hand
 * it over at the end, and it parses as nothing.
 */
export function onWholeLines(source: Readable, onLine: (line: string) => void): void {
  source.setEncoding("utf8").on("data", splitLines(Number.POSITIVE_INFINITY, onLine));
}
