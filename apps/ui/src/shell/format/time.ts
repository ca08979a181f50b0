import type { Nanos } from "@inspector/contract/page";

/** Groups of three digits are parted by a narrow no-break space, which neither wraps nor reads as a decimal mark. */
const GROUP = "\u202f";

const NS_PER_MS = 1e6;
const NS_PER_SECOND = 1e9;

export function formatCount(count: number): string {
  return Math.trunc(count)
    .toString()
    .replace(/\B(?=(\d{3})+$)/g, GROUP);
}

/** Seconds since the session began, to the millisecond: "2 478.120". */
export function formatOffset(at: Nanos): string {
  const milliseconds = Math.floor(at / NS_PER_MS);
  const fraction = (milliseconds % 1000).toString().padStart(3, "0");
  return `${formatCount(Math.floor(milliseconds / 1000))}.${fraction}`;
}

/** A span at three digits: "12.0 µs", "0.81 ms", "3.20 s", "41.5 min", "2.50 h". */
export function formatSpan(span: Nanos): string {
  // Digits behind nothing would claim that it was measured.
  if (span === 0) {
    return "0";
  }
  if (span < 100_000) {
    return `${threeDigits(span / 1000)} µs`;
  }
  if (span < NS_PER_SECOND) {
    return `${threeDigits(span / NS_PER_MS)} ms`;
  }
  if (span < 120 * NS_PER_SECOND) {
    return `${threeDigits(span / NS_PER_SECOND)} s`;
  }
  if (span < 7200 * NS_PER_SECOND) {
    return `${threeDigits(span / (60 * NS_PER_SECOND))} min`;
  }
  return `${threeDigits(span / (3600 * NS_PER_SECOND))} h`;
}

/** Time since the message before; "0" for what came in one piece with it. */
export function formatDelta(span: Nanos): string {
  return span <= 0 ? "0" : formatSpan(span);
}

/** Wall-clock time of day, local, to the millisecond: "14:03:05.123". `milliseconds` since the Unix epoch. */
export function formatClock(milliseconds: number): string {
  const time = new Date(milliseconds);
  const pad = (value: number, digits = 2) => value.toString().padStart(digits, "0");
  const clock = [time.getHours(), time.getMinutes(), time.getSeconds()].map((value) => pad(value)).join(":");
  return `${clock}.${pad(time.getMilliseconds(), 3)}`;
}

/** Wall-clock time of something that happened `at` into the session. */
export function formatMoment(startedAt: number, at: Nanos): string {
  return formatClock(startedAt + at / NS_PER_MS);
}

function threeDigits(value: number): string {
  if (value >= 99.95) {
    return formatCount(Math.round(value));
  }
  return value.toFixed(value >= 9.995 ? 1 : 2);
}
