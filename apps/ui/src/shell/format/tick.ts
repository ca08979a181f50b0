import type { Nanos } from "@inspector/contract/page";

/** The next of 1, 2, 5, 10 … that is not smaller. */
export function roundStep(least: Nanos): Nanos {
  if (least <= 0) {
    return 0;
  }
  const power = 10 ** Math.floor(Math.log10(least));
  const factor = [1, 2, 5, 10].find((candidate) => candidate * power >= least * 0.999) ?? 10;
  return factor * power;
}

/** Round times have no digits to show: "200 ms", "60 s", "2 min". */
export function formatTick(span: Nanos): string {
  const trim = (value: number) => String(Number(value.toPrecision(3)));
  if (span < 1e6) {
    return `${trim(span / 1e3)} µs`;
  }
  if (span < 1e9) {
    return `${trim(span / 1e6)} ms`;
  }
  if (span < 120e9) {
    return `${trim(span / 1e9)} s`;
  }
  return span < 7200e9 ? `${trim(span / 60e9)} min` : `${trim(span / 3600e9)} h`;
}
