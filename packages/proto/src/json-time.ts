/** Duration and Timestamp as text, for as long as they are valid: JSON has no text for the others. */
export type Time = { readonly seconds: bigint; readonly nanos: number };

const MAX_DURATION = 315_576_000_000n;
const MIN_TIMESTAMP = -62_135_596_800n;
const MAX_TIMESTAMP = 253_402_300_799n;
const MAX_NANOS = 999_999_999;

/** "5s", "-0.500s"; undefined for a duration beyond about 10 000 years, or whose parts differ in sign. */
export function formatDuration({ seconds, nanos }: Time): string | undefined {
  const isNegative = seconds < 0n || nanos < 0;
  const isMixed = (seconds > 0n && nanos < 0) || (seconds < 0n && nanos > 0);
  const size = seconds < 0n ? -seconds : seconds;
  if (isMixed || size > MAX_DURATION || Math.abs(nanos) > MAX_NANOS) {
    return undefined;
  }
  return `${isNegative ? "-" : ""}${size}${formatFraction(Math.abs(nanos))}s`;
}

/** Inverse of {@link formatDuration}. */
export function parseDuration(text: string): Time | undefined {
  const match = /^(-?)(\d{1,12})(?:\.(\d{1,9}))?s$/.exec(text);
  if (match === null) {
    return undefined;
  }
  const [, sign, whole = "", fraction] = match;
  const [seconds, nanos] = [BigInt(whole), parseFraction(fraction)];
  if (seconds > MAX_DURATION) {
    return undefined;
  }
  return sign === "-" ? { seconds: -seconds, nanos: nanos === 0 ? 0 : -nanos } : { seconds, nanos };
}

/** "2026-01-31T12:00:00Z"; undefined outside the years 1 to 9999. */
export function formatTimestamp({ seconds, nanos }: Time): string | undefined {
  if (seconds < MIN_TIMESTAMP || seconds > MAX_TIMESTAMP || nanos < 0 || nanos > MAX_NANOS) {
    return undefined;
  }
  const second = new Date(Number(seconds) * 1000).toISOString().slice(0, 19);
  return `${second}${formatFraction(nanos)}Z`;
}

/** Inverse of {@link formatTimestamp}; other time zones are understood too. */
export function parseTimestamp(text: string): Time | undefined {
  const match = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.(\d{1,9}))?(Z|[+-]\d\d:\d\d)$/.exec(text);
  if (match === null) {
    return undefined;
  }
  const [, second = "", fraction, zone = ""] = match;
  const millis = Date.parse(`${second}${zone}`);
  if (Number.isNaN(millis)) {
    return undefined;
  }
  const seconds = BigInt(millis / 1000);
  return seconds < MIN_TIMESTAMP || seconds > MAX_TIMESTAMP ? undefined : { seconds, nanos: parseFraction(fraction) };
}

/** "" or ".5" in 3, 6 or 9 digits. */
function formatFraction(nanos: number): string {
  if (nanos === 0) {
    return "";
  }
  const digits = String(nanos).padStart(9, "0");
  return `.${digits.replace(/(?:000){1,2}$/, "")}`;
}

function parseFraction(fraction: string | undefined): number {
  return fraction === undefined ? 0 : Number(fraction.padEnd(9, "0"));
}
