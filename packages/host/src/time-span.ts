const PATTERN = /^(-)?(?:(\d+)\.)?(\d{1,2}):(\d{1,2})(?::(\d{1,2})(?:\.(\d{1,7}))?)?$/;

/**
 * Parses a .NET time span, `[d.]hh:mm[:ss[.fffffff]]`, as host.json and worker.config.json write durations.
 *
 * @returns milliseconds, or undefined when the text is not a time span
 */
export function parseTimeSpan(text: string): number | undefined {
  const match = PATTERN.exec(text.trim());
  if (match === null) {
    return undefined;
  }
  const [, sign, days = "0", hours = "0", minutes = "0", seconds = "0", fraction = "0"] = match;
  if (Number(hours) > 23 || Number(minutes) > 59 || Number(seconds) > 59) {
    return undefined;
  }
  const whole = ((Number(days) * 24 + Number(hours)) * 60 + Number(minutes)) * 60 + Number(seconds);
  const milliseconds = whole * 1000 + Number(`0.${fraction}`) * 1000;
  return sign === undefined ? milliseconds : -milliseconds;
}
