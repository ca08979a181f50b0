import { InspectorError } from "@inspector/contract/inspector-error";
import { ownValue } from "@inspector/contract/own-value";

const UNITS: Readonly<Record<string, number>> = {
  "": 1,
  b: 1,
  k: 2 ** 10,
  kb: 2 ** 10,
  m: 2 ** 20,
  mb: 2 ** 20,
  g: 2 ** 30,
  gb: 2 ** 30,
};

/** The smallest limit that leaves room for more than the rows of a start-up. */
const SMALLEST = 2 ** 20;

/**
 * Reads "500mb", "2GB", "1048576" as bytes; units are powers of 1024.
 * @throws {InspectorError} "bad-size"
 */
export function parseSize(text: string, option: string): number {
  const [, digits, unit] = /^(\d+(?:\.\d+)?)\s*([a-z]*)$/iu.exec(text.trim()) ?? [];
  const factor = unit === undefined ? undefined : ownValue(UNITS, unit.toLowerCase());
  const hint = `Write it as a number with a unit, for example ${option} 500mb or ${option} 2gb.`;
  if (digits === undefined || factor === undefined) {
    throw new InspectorError("bad-size", `${option} ${JSON.stringify(text)} is no size`, { hint });
  }
  const bytes = Math.floor(Number(digits) * factor);
  if (bytes < SMALLEST) {
    throw new InspectorError("bad-size", `${option} ${text} is less than the smallest limit, 1mb`, { hint });
  }
  return bytes;
}

/** "812 B", "1.2 KB", "4.2 MB" */
export function formatSize(bytes: number): string {
  const units = ["B", "KB", "MB", "GB"];
  let value = bytes;
  let unit = 0;
  while (value >= 1024 && unit < units.length - 1) {
    value /= 1024;
    unit += 1;
  }
  return `${unit === 0 || value >= 100 ? Math.round(value) : value.toFixed(1)} ${units[unit]}`;
}
