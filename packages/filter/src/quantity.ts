/** Units of a key, smallest first; the first one is the unit its numbers are kept in. */
export type Units = readonly (readonly [name: string, size: number])[];

/** Kept in nanoseconds. */
export const DURATION: Units = [
  ["ns", 1],
  ["us", 1e3],
  ["ms", 1e6],
  ["s", 1e9],
  ["m", 60e9],
  ["h", 3600e9],
];

/** Kept in bytes; a kb is 1024 of them. */
export const SIZE: Units = [
  ["b", 1],
  ["kb", 1024],
  ["mb", 1024 ** 2],
  ["gb", 1024 ** 3],
];

const QUANTITY = /^(\d+(?:\.\d+)?)([a-zµμ]*)$/;

/**
 * Reads "1.5s" or "10MB" to the nearest whole smallest unit. A bare number is bytes, but of time only "0" needs no unit.
 * @returns undefined for what is no such quantity or too large to be exact (2^53)
 */
export function parseQuantity(text: string, units: Units): number | undefined {
  const [, number = "", suffix = ""] = QUANTITY.exec(text.toLowerCase()) ?? [];
  if (number === "") {
    return undefined;
  }
  const name = /^[µμ]s$/.test(suffix) ? "us" : suffix;
  const isUnitless = name === "" && (units === SIZE || Number(number) === 0);
  const size = isUnitless ? 1 : units.find(([unit]) => unit === name)?.[1];
  if (size === undefined || (size === 1 && number.includes("."))) {
    return undefined;
  }
  const value = Math.round(Number(number) * size);
  return Number.isSafeInteger(value) ? value : undefined;
}

/** Writes a whole number of the smallest unit in the largest unit that needs no fraction. */
export function formatQuantity(value: number, units: Units): string {
  if (value === 0) {
    return "0";
  }
  const [name, size] = units.findLast(([, unit]) => value % unit === 0) ?? ["", 1];
  return `${value / size}${name}`;
}
