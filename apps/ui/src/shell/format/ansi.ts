/**
 * Colours of terminals in text: programs write them as "ESC [ … m" (ECMA-48, SGR), and logs carry them as they are. Only these are
 * read. All other sequences, which move the cursor or erase, are left in the text, where they show as signs.
 */

export const ANSI_COLOURS = ["black", "red", "green", "yellow", "blue", "magenta", "cyan", "white"] as const;

type AnsiColour = (typeof ANSI_COLOURS)[number];

/** A stretch of text that looks the same throughout. */
export type AnsiSpan = {
  readonly text: string;
  readonly ink?: AnsiColour;
  readonly ground?: AnsiColour;
  readonly isBold?: true;
  readonly isDim?: true;
  readonly isItalic?: true;
  readonly isUnderlined?: true;
};

type Look = Omit<AnsiSpan, "text">;

// biome-ignore lint/suspicious/noControlCharactersInRegex: the escape character is what is looked for
const SGR = /\u001b\[([0-9;:]*)m/g;

export function hasColours(text: string): boolean {
  return text.includes("\u001b[") && text.search(SGR) >= 0;
}

/** The text without its colours. */
export function withoutColours(text: string): string {
  return text.includes("\u001b[") ? text.replaceAll(SGR, "") : text;
}

/** Cuts text where its look changes. Stretches without text are left out. */
export function parseAnsi(text: string): readonly AnsiSpan[] {
  const spans: AnsiSpan[] = [];
  let look: Look = {};
  let from = 0;
  const add = (to: number) => {
    if (to > from) {
      spans.push({ text: text.slice(from, to), ...look });
    }
  };
  for (const match of text.matchAll(SGR)) {
    add(match.index);
    from = match.index + match[0].length;
    look = changeLook(look, (match[1] ?? "").split(/[;:]/).map(Number));
  }
  add(text.length);
  return spans;
}

function changeLook(was: Look, codes: readonly number[]): Look {
  let look = was;
  for (let at = 0; at < codes.length; at++) {
    const code = codes[at] ?? 0;
    if (code === 38 || code === 48) {
      const { colour, length } = extendedColour(codes.slice(at + 1));
      look = withColour(look, code === 38 ? "ink" : "ground", colour);
      at += length;
    } else {
      look = withCode(look, code);
    }
  }
  return look;
}

function withCode(look: Look, code: number): Look {
  const { ink, ground, isBold, isDim, isItalic, isUnderlined, ...rest } = look;
  switch (code) {
    case 0:
      return rest;
    case 1:
      return { ...look, isBold: true };
    case 2:
      return { ...look, isDim: true };
    case 3:
      return { ...look, isItalic: true };
    case 4:
      return { ...look, isUnderlined: true };
    case 7:
      return { ...look, ink: ground ?? "black", ground: ink ?? "white" };
    case 22:
      return defined({ ink, ground, isItalic, isUnderlined });
    case 23:
      return defined({ ink, ground, isBold, isDim, isUnderlined });
    case 24:
      return defined({ ink, ground, isBold, isDim, isItalic });
    case 39:
      return withColour(look, "ink", undefined);
    case 49:
      return withColour(look, "ground", undefined);
    default:
      return plainColour(look, code);
  }
}

/** 30 to 37 and the bright 90 to 97 of the letters, 40 to 47 and 100 to 107 of the ground. */
function plainColour(look: Look, code: number): Look {
  const tens = Math.floor(code / 10);
  const part = tens === 3 || tens === 9 ? "ink" : tens === 4 || tens === 10 ? "ground" : undefined;
  const colour = ANSI_COLOURS[code % 10];
  return part === undefined || colour === undefined ? look : withColour(look, part, colour);
}

/** What follows 38 or 48: "5;n" of a palette of 256, or "2;r;g;b". The page has the nearest of eight, which fit its themes. */
function extendedColour([kind, ...values]: readonly number[]): { colour: AnsiColour | undefined; length: number } {
  if (kind === 5) {
    return { colour: ofPalette(values[0] ?? 0), length: 2 };
  }
  const [red = 0, green = 0, blue = 0] = values;
  return kind === 2 ? { colour: nearest(red, green, blue), length: 4 } : { colour: undefined, length: 0 };
}

function ofPalette(n: number): AnsiColour | undefined {
  if (n < 16) {
    return ANSI_COLOURS[n % 8];
  }
  if (n >= 232) {
    return n < 244 ? "black" : "white";
  }
  const cube = n - 16;
  // The levels of xterm: 0, 95, 135, 175, 215, 255.
  const part = (place: number) => levelOf(Math.floor(cube / place) % 6);
  return nearest(part(36), part(6), part(1));
}

function levelOf(step: number): number {
  return step === 0 ? 0 : 55 + 40 * step;
}

/** Each part of the colour is on or off, as in the eight themselves. */
function nearest(red: number, green: number, blue: number): AnsiColour | undefined {
  const most = Math.max(red, green, blue);
  const isOn = (part: number) => Number(most > 40 && part > most / 2);
  return ANSI_COLOURS[isOn(red) + 2 * isOn(green) + 4 * isOn(blue)];
}

function withColour(look: Look, part: "ink" | "ground", colour: AnsiColour | undefined): Look {
  const { [part]: _was, ...rest } = look;
  return colour === undefined ? rest : { ...rest, [part]: colour };
}

function defined(look: { readonly [name in keyof Look]: Look[name] | undefined }): Look {
  return Object.fromEntries(Object.entries(look).filter(([, value]) => value !== undefined));
}
