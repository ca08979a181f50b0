/** Ratios of turns that stand beside each other, so that a machine that gets slower or faster does not decide. */
import { median, ratio } from "../results.ts";
import type { ArmedRound, ArmedRun, Turn } from "./check.ts";

export type Ratios = {
  /** With what is measured to without it. */
  readonly cost: number | undefined;
  /** Of two that are both without it: what the machine alone makes of it, as the farthest from 1 of each side. */
  readonly noise: readonly [lowest: number, highest: number];
};

/** @param read the figure, of turns that alternate: without replays, with them, without them … */
export function turnRatios(turns: readonly Turn[], read: (turn: Turn) => number): Ratios {
  const costs: number[] = [];
  const noise: number[] = [];
  for (let n = 1; n + 1 < turns.length; n += 2) {
    const [before, between, after] = turns.slice(n - 1, n + 2).map(read);
    if (before === undefined || between === undefined || after === undefined) {
      continue;
    }
    costs.push(between / ((before + after) / 2));
    noise.push(after / before);
  }
  return { cost: median(costs), noise: rangeOf(noise) };
}

export function armedRatios(rounds: readonly ArmedRound[], read: (run: ArmedRun) => number): Ratios {
  const costs = rounds.flatMap(({ armed, unarmed: [a, b] }) => ratio(read(armed), (read(a) + read(b)) / 2) ?? []);
  return {
    cost: median(costs),
    noise: rangeOf(rounds.flatMap(({ unarmed: [a, b] }) => ratio(read(b), read(a)) ?? [])),
  };
}

function rangeOf(values: readonly number[]): readonly [number, number] {
  return [Math.min(...values, 1), Math.max(...values, 1)];
}
