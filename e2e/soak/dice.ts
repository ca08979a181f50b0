/** Random numbers that a seed repeats. */
export type Dice = {
  /** A whole number from 0 to `sides - 1`. */
  readonly roll: (sides: number) => number;
  readonly between: (least: number, most: number) => number;
  readonly pick: <T>(choices: readonly T[]) => T;
  readonly bytes: (count: number) => Buffer;
};

/** mulberry32. */
export function createDice(seed: number): Dice {
  let state = seed >>> 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t = (t + Math.imul(t ^ (t >>> 7), t | 61)) ^ t;
    return (t ^ (t >>> 14)) >>> 0;
  };
  const roll = (sides: number): number => Math.floor((next() / 2 ** 32) * sides);
  return {
    roll,
    between: (least, most) => least + roll(most - least + 1),
    pick(choices) {
      const chosen = choices[roll(choices.length)];
      if (chosen === undefined) {
        throw new Error("there is nothing to choose from");
      }
      return chosen;
    },
    bytes: (count) => Buffer.from(Array.from({ length: count }, () => roll(256))),
  };
}
