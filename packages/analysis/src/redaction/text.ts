/** Secrets in texts of any form: raw, as JSON strings, percent-encoded, as base64, and within one another. */
import type { Expression } from "@inspector/filter/regex";
import { decodeUtf8, encodeBase64, encodeUtf8 } from "@inspector/proto";
import type { CleanTexts } from "./clean-texts.ts";
import {
  bytesInRun,
  decodeRun,
  decodeRunInto,
  escapeView,
  forEachRun,
  MIN_RUN,
  percentView,
  type View,
} from "./encodings.ts";
import { RepeatedTexts } from "./repeated-texts.ts";
import type { Why } from "./replacements.ts";
import {
  formatSecret,
  isPlaceholder,
  latin1Of,
  MAX_SEARCHED_CHARS,
  type Secret,
  type Secrets,
  spacedOf,
} from "./secrets.ts";
import { findShapes } from "./shapes.ts";
import { HAS, type Traits, traitsOf } from "./traits.ts";

type Formed = { readonly start: number; readonly end: number; readonly label: string; readonly why: Why };

const NO_RANGES: readonly Range[] = [];
const NOT_FORMED: readonly Formed[] = [];

/** Encodings within one another that are looked through. */
const MAX_DEPTH = 4;

/** A part of a text, and what takes its place. */
type Range = {
  readonly start: number;
  readonly end: number;
  readonly by: string | Secret;
  readonly why: Why;
  /** Of a run that is encoded again: what takes its place where more overlaps with it than what was replaced in it. */
  readonly whole?: string | Secret;
};

const MAX_LEARNT = 4096;

const ENCODED = HAS.percent | HAS.backslash;

const OWN: Why = { why: "own", what: "own words" };
const ELSEWHERE: Why = { why: "elsewhere", what: "occurs elsewhere" };

export class TextRedactor {
  readonly #secrets: Secrets;
  readonly #clean: CleanTexts;
  /** Texts that were learnt from a while ago: another time they say nothing new. */
  readonly #learnt = new RepeatedTexts(MAX_LEARNT);
  readonly #own: readonly Expression[];
  readonly #count: (why: Why) => void;

  /**
   * @param clean hears of each text that the secrets look for from the seal on
   * @param own what somebody asked to be replaced
   */
  constructor(secrets: Secrets, clean: CleanTexts, own: readonly Expression[], count: (why: Why) => void) {
    this.#secrets = secrets;
    this.#clean = clean;
    this.#own = own;
    this.#count = count;
  }

  /** Remembers what is a secret by its form. */
  learn(text: string): void {
    if (this.#learnt.has(text)) {
      return;
    }
    this.#learnt.add(text);
    for (const { part } of slicesOf(text)) {
      this.#learn(part, 0);
    }
  }

  #learn(text: string, depth: number): void {
    const traits = traitsOf(text);
    for (const { start, end, label } of this.#formed(text, traits)) {
      this.#secrets.learn(text.slice(start, end), label, false);
    }
    if (depth >= MAX_DEPTH) {
      return;
    }
    for (const view of viewsOf(text, traits)) {
      this.#learn(view.text, depth + 1);
    }
    if (traits.longestRun < MIN_READ) {
      return;
    }
    forEachRun(text, (start, end) => {
      const inner = readableRun(text, start, end);
      if (inner !== undefined) {
        this.#learn(inner, depth + 1);
      }
    });
  }

  redact(text: string): string {
    if (this.#clean.has(text)) {
      return text;
    }
    const ranges =
      text.length <= SLICE_CHARS
        ? this.#ranges(text, 0)
        : slicesOf(text).flatMap(({ part, from }) =>
            this.#ranges(part, 0).map((range) => ({ ...range, start: range.start + from, end: range.end + from })),
          );
    if (ranges.length > 0) {
      return this.#applied(text, ranges);
    }
    this.#noteClean(text);
    return text;
  }

  /** Whether there is anything to be replaced in it. */
  isClean(text: string): boolean {
    if (this.#clean.has(text)) {
      return true;
    }
    const isClean = slicesOf(text).every(({ part }) => this.#ranges(part, 0).length === 0);
    if (isClean) {
      this.#noteClean(text);
    }
    return isClean;
  }

  #noteClean(text: string): void {
    this.#clean.add(text, (clean, visit) => visitViews(clean, 0, visit));
  }

  #formed(text: string, traits: Traits): readonly Formed[] {
    const shapes = findShapes(text, traits);
    if (shapes.length === 0 && this.#own.length === 0) {
      return NOT_FORMED;
    }
    const own = this.#own.flatMap((expression) =>
      expression.ranges(text).map(([start, end]) => ({ start, end, label: "own", why: OWN })),
    );
    return [...own, ...shapes.map((found) => ({ ...found, why: { why: "form", what: found.label } as const }))].filter(
      ({ start, end }) => !isPlaceholder(text.slice(start, end)),
    );
  }

  #ranges(text: string, depth: number): readonly Range[] {
    const traits = traitsOf(text);
    const formed = this.#formed(text, traits);
    const hits = this.#secrets.find(text);
    const ranges: readonly Range[] =
      formed.length === 0 && hits.length === 0
        ? NO_RANGES
        : [
            ...formed.map(({ start, end, label, why }) => {
              return { start, end, by: this.#secrets.placeholder(text.slice(start, end), label), why };
            }),
            ...hits.map(({ start, end, value }) => ({ start, end, by: value, why: ELSEWHERE })),
          ];
    if (depth >= MAX_DEPTH || (traits.longestRun < MIN_RUN && (traits.has & ENCODED) === 0)) {
      return ranges;
    }
    const inner = this.#innerRanges(text, traits, depth);
    return ranges.length === 0 ? inner : inner.length === 0 ? ranges : [...ranges, ...inner];
  }

  /** In what the text is an encoding of. */
  #innerRanges(text: string, traits: Traits, depth: number): readonly Range[] {
    let ranges: Range[] | undefined;
    for (const view of viewsOf(text, traits)) {
      for (const range of this.#ranges(view.text, depth + 1)) {
        ranges ??= [];
        ranges.push({ ...range, start: view.place(range.start), end: view.place(range.end) });
      }
    }
    if (traits.longestRun < MIN_RUN) {
      return ranges ?? NO_RANGES;
    }
    forEachRun(text, (start, end) => {
      const range = this.#inRun(text, start, end, depth);
      if (range !== undefined) {
        ranges ??= [];
        ranges.push(range);
      }
    });
    return ranges ?? NO_RANGES;
  }

  /** A run of base64 is encoded again where it is one as it stands, else it is replaced as a whole. */
  #inRun(text: string, start: number, end: number, depth: number): Range | undefined {
    const readable = readableRun(text, start, end);
    if (readable !== undefined) {
      const [first, ...rest] = this.#ranges(readable, depth + 1);
      if (first !== undefined) {
        const bytes = encodeUtf8(replaceRanges(readable, [first, ...rest]).text);
        return { start, end, by: encodeBase64(bytes), why: first.why, whole: first.whole ?? first.by };
      }
    }
    const run = text.slice(start, end);
    const possible = this.#secrets.mayBeIn(run);
    for (let from = 0; from < 4 && possible >> from !== 0; from += 1) {
      const [hit] = (possible & (1 << from)) === 0 ? [] : this.#secrets.find(latin1Of(decodeRun(run, from)));
      if (hit !== undefined) {
        return { start, end, by: hit.value, why: ELSEWHERE };
      }
    }
    return undefined;
  }

  #applied(text: string, ranges: readonly Range[]): string {
    const { text: redacted, merged } = replaceRanges(text, ranges);
    for (const { why } of merged) {
      this.#count(why);
    }
    return redacted;
  }
}

/** Characters that are looked through at once, and of these so many once more with the next: no secret is longer. */
const SLICE_CHARS = 1024 * 1024;
const OVERLAP_CHARS = 4 * MAX_SEARCHED_CHARS;

function slicesOf(text: string): { readonly part: string; readonly from: number }[] {
  const slices = [{ part: text.slice(0, SLICE_CHARS), from: 0 }];
  for (let end = SLICE_CHARS; end < text.length; end += SLICE_CHARS) {
    const from = end - OVERLAP_CHARS;
    slices.push({ part: text.slice(from, end + SLICE_CHARS), from });
  }
  return slices;
}

const NO_VIEWS: readonly View[] = [];

/** The views in which a secret may look like itself. */
function viewsOf(text: string, { has }: Traits): readonly View[] {
  if ((has & ENCODED) === 0) {
    return NO_VIEWS;
  }
  const percentEncoded = (has & HAS.percent) === 0 ? undefined : percentView(text);
  const escaped = (has & HAS.backslash) === 0 ? undefined : escapeView(text);
  return [percentEncoded, escaped].flatMap((view) => view ?? []);
}

/** All that {@link TextRedactor.redact} looks for secrets in: the text itself, and what it is an encoding of. */
function visitViews(text: string, depth: number, visit: (view: string) => void): void {
  visitSpaced(text, visit);
  if (depth >= MAX_DEPTH) {
    return;
  }
  for (const view of viewsOf(text, traitsOf(text))) {
    visitViews(view.text, depth + 1, visit);
  }
  forEachRun(text, (start, end) => {
    const readable = readableRun(text, start, end);
    if (readable !== undefined) {
      visitViews(readable, depth + 1, visit);
    }
    for (let from = 0; from < 4; from += 1) {
      visitSpaced(latin1Of(decodeRun(text.slice(start, end), from)), visit);
    }
  });
}

function visitSpaced(text: string, visit: (view: string) => void): void {
  visit(text);
  if (text.includes("+")) {
    visit(spacedOf(text));
  }
}

/** Shorter runs are not read as text. */
const MIN_READ = 14;
const LONGEST_READ = 1024 * 1024;
const HEAD_DIGITS = 16;
const head = new Uint8Array((HEAD_DIGITS * 3) / 4);

/** What a run of base64 says, where that is text. */
function readableRun(text: string, start: number, end: number): string | undefined {
  if (end - start < HEAD_DIGITS || end - start > LONGEST_READ) {
    return undefined;
  }
  const beginning = text.slice(start, start + HEAD_DIGITS);
  const length = bytesInRun(beginning, 0);
  decodeRunInto(head, length, beginning, 0);
  if (!isReadable(head, length)) {
    return undefined;
  }
  const bytes = decodeRun(text.slice(start, end), 0);
  return isReadable(bytes, bytes.length) ? decodeUtf8(bytes) : undefined;
}

function isReadable(bytes: Uint8Array, length: number): boolean {
  for (let at = 0; at < length; at += 1) {
    const byte = bytes[at] ?? 0;
    if (byte < 0x20 && byte !== 0x0a && byte !== 0x0d && byte !== 0x09) {
      return false;
    }
  }
  return true;
}

type Merged = {
  readonly start: number;
  end: number;
  by: string | Secret;
  why: Why;
  whole: string | Secret | undefined;
  longest: number;
};

/** Ranges that overlap become one, which the longest of them gives its placeholder. */
function replaceRanges(text: string, ranges: readonly Range[]): { text: string; merged: readonly Merged[] } {
  const merged: Merged[] = [];
  let last: Merged | undefined;
  for (const { start, end, by, why, whole } of byStart(ranges)) {
    const length = end - start;
    if (last === undefined || start >= last.end) {
      last = { start, end, by, why, whole, longest: length };
      merged.push(last);
      continue;
    }
    last.end = Math.max(last.end, end);
    last.by = last.whole ?? last.by;
    last.whole = undefined;
    if (length > last.longest) {
      last.by = whole ?? by;
      last.why = why;
      last.longest = length;
    }
  }
  let redacted = "";
  let at = 0;
  for (const { start, end, by } of merged) {
    redacted += text.slice(at, start) + (typeof by === "string" ? by : formatSecret(by));
    at = end;
  }
  return { text: redacted + text.slice(at), merged };
}

/** Most often they are in that order already. */
function byStart(ranges: readonly Range[]): readonly Range[] {
  const isInOrder = ranges.every(({ start }, index) => start >= (ranges[index - 1]?.start ?? 0));
  return isInOrder ? ranges : ranges.toSorted((a, b) => a.start - b.start);
}
