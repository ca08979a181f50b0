/** What a text holds, by one look at each of its characters: most texts hold nothing for which more has to be looked. */

/** Bits of {@link Traits.has}. */
export const HAS = {
  equals: 1,
  colon: 2,
  at: 4,
  percent: 8,
  backslash: 16,
  tilde: 32,
  /** Of either kind. */
  slash: 64,
  /** White space, or a letter that is not of ASCII. */
  space: 128,
} as const;

export type Traits = {
  readonly has: number;
  /** Characters of the longest run of what may be base64, of either alphabet. */
  readonly longestRun: number;
};

const RUN = 1 << 15;
const CLASSES = new Uint16Array(128);
for (const character of "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/-_") {
  CLASSES[character.charCodeAt(0)] = RUN;
}
for (let code = 0; code <= 0x20; code += 1) {
  CLASSES[code] = HAS.space;
}
const MARKS = { "=": HAS.equals, ":": HAS.colon, "@": HAS.at, "%": HAS.percent, "~": HAS.tilde };
for (const [character, bit] of Object.entries(MARKS)) {
  CLASSES[character.charCodeAt(0)] = bit;
}
CLASSES["/".charCodeAt(0)] = RUN | HAS.slash;
CLASSES["\\".charCodeAt(0)] = HAS.backslash | HAS.slash;

export function traitsOf(text: string): Traits {
  let has = 0;
  let run = 0;
  let longestRun = 0;
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    const its = code < 128 ? (CLASSES[code] ?? 0) : HAS.space;
    has |= its;
    run = its >= RUN ? run + 1 : 0;
    longestRun = run > longestRun ? run : longestRun;
  }
  return { has: has & ~RUN, longestRun };
}

/** Whether a character may be one of base64, of either alphabet. */
export function isOfRun(code: number): boolean {
  return code < 128 && (CLASSES[code] ?? 0) >= RUN;
}
