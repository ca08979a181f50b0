import { formatCount } from "./time.ts";

const UNITS = ["B", "KB", "MB", "GB"];

/** A number of bytes at two or three digits, in steps of 1024: "74 B", "1.2 KB", "256 MB". */
export function formatSize(bytes: number): string {
  let value = bytes;
  let unit = 0;
  while (value >= 999.5 && unit < UNITS.length - 1) {
    value /= 1024;
    unit++;
  }
  const digits = unit === 0 || value >= 99.95 ? Math.round(value).toString() : value.toFixed(1).replace(/\.0$/, "");
  return `${digits} ${UNITS[unit]}`;
}

/** All digits, for a title: "1 234 567 bytes". */
export function formatBytes(bytes: number): string {
  return bytes === 1 ? "1 byte" : `${formatCount(bytes)} bytes`;
}

/** "1 message", "12 481 messages". */
export function formatPlural(count: number, one: string, many: string): string {
  return `${formatCount(count)} ${count === 1 ? one : many}`;
}
