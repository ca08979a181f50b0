/** Secrets in texts of any form: raw, as JSON strings, percent-encoded, as base64, and within one another. */
import type { Expression } from "@inspector/filter/regex";
import { decodeUtf8, encodeBase64, encodeUtf8 } from "@inspector/proto";
import { BASE64_RUNS, decodeRun, escapeView, percentView, type View } from "./encodings.ts";
import type { Why } from "./replacements.ts";
import { isPlaceholder, latin1Of, MAX_SEARCHED_CHARS, type Secrets } from "./secrets.ts";
import { findShapes } from "./shapes.ts";

/** Encodings within one another that are looked through. */
const MAX_DEPTH = 4;

/** A part of a text, and what takes its place. */
type Range = { readonly start: number; readonly end: number; readonly by: string; readonly why: Why };

const OWN: Why = { why: "own", what: "own words" };
const ELSEWHERE: Why = { why: "elsewhere", what: "occurs elsewhere" };

export class TextRedactor {
  readonly #secrets: Secrets;
  readonly #own: readonly Expression[];
  readonly #count: (why: Why) => void;

  /** @param own what somebody asked to be replaced */
  constructor(secrets: Secrets, own: readonly Expression[], count: (why: Why) => void) {
    this.#secrets = secrets;
    this.#own = own;
    this.#count = count;
  }

  /** Remembers what is a secret by its form. */
  learn(text: string): void {
    for (const { part } of slicesOf(text)) {
      this.#learn(part, 0);
    }
  }

  #learn(text: string, depth: number): void {
    for (const { start, end, label } of this.#formed(text)) {
      this.#secrets.learn(text.slice(start, end), label, false);
    }
    if (depth >= MAX_DEPTH) {
      return;
    }
    for (const view of viewsOf(text)) {
      this.#learn(view.text, depth + 1);
    }
    for (const [run] of text.matchAll(BASE64_RUNS)) {
      const inner = readableRun(run);
      if (inner !== undefined) {
        this.#learn(inner, depth + 1);
      }
    }
  }

  redact(text: string): string {
    const ranges = slicesOf(text).flatMap(({ part, from }) =>
      this.#ranges(part, 0).map((range) => ({ ...range, start: range.start + from, end: range.end + from })),
    );
    return ranges.length === 0 ? text : this.#applied(text, ranges);
  }

  /** Whether there is anything to be replaced in it. */
  isClean(text: string): boolean {
    return slicesOf(text).every(({ part }) => this.#ranges(part, 0).length === 0);
  }

  #formed(text: string): { start: number; end: number; label: string; why: Why }[] {
    const shapes = findShapes(text).map((found) => ({ ...found, why: { why: "form", what: found.label } as const }));
    const own = this.#own.flatMap((expression) =>
      expression.ranges(text).map(([start, end]) => ({ start, end, label: "own", why: OWN })),
    );
    return [...own, ...shapes].filter(({ start, end }) => !isPlaceholder(text.slice(start, end)));
  }

  #ranges(text: string, depth: number): Range[] {
    const ranges: Range[] = [
      ...this.#formed(text).map(({ start, end, label, why }) => {
        return { start, end, by: this.#secrets.placeholder(text.slice(start, end), label), why };
      }),
      ...this.#secrets.find(text).map(({ start, end, value }) => ({ start, end, by: value, why: ELSEWHERE })),
    ];
    if (depth >= MAX_DEPTH) {
      return ranges;
    }
    for (const view of viewsOf(text)) {
      for (const { start, end, by, why } of this.#ranges(view.text, depth + 1)) {
        ranges.push({ start: view.place(start), end: view.place(end), by, why });
      }
    }
    for (const match of text.matchAll(BASE64_RUNS)) {
      const range = this.#inRun(match[0], match.index, depth);
      if (range !== undefined) {
        ranges.push(range);
      }
    }
    return ranges;
  }

  /** A run of base64 is encoded again where it is one as it stands, else it is replaced as a whole. */
  #inRun(run: string, at: number, depth: number): Range | undefined {
    const end = at + run.length;
    const readable = readableRun(run);
    if (readable !== undefined) {
      const [first, ...rest] = this.#ranges(readable, depth + 1);
      if (first !== undefined) {
        const bytes = encodeUtf8(replaceRanges(readable, [first, ...rest]).text);
        return { start: at, end, by: encodeBase64(bytes), why: first.why };
      }
    }
    for (let from = 0; from < 4; from += 1) {
      const bytes = decodeRun(run, from);
      if (this.#secrets.mayContain(bytes)) {
        const [hit] = this.#secrets.find(latin1Of(bytes));
        if (hit !== undefined) {
          return { start: at, end, by: hit.value, why: ELSEWHERE };
        }
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

/** The views in which a secret may look like itself. */
function viewsOf(text: string): View[] {
  return [percentView(text), escapeView(text)].flatMap((view) => view ?? []);
}

const LONGEST_READ = 1024 * 1024;

/** What a run of base64 says, where that is text. */
function readableRun(run: string): string | undefined {
  if (run.length < 16 || run.length > LONGEST_READ || !isReadable(decodeRun(run.slice(0, 16), 0))) {
    return undefined;
  }
  const bytes = decodeRun(run, 0);
  if (!isReadable(bytes)) {
    return undefined;
  }
  return decodeUtf8(bytes);
}

function isReadable(bytes: Uint8Array): boolean {
  return bytes.every((byte) => byte >= 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09);
}

/** Ranges that overlap become one, which the longest of them gives its placeholder. */
function replaceRanges(text: string, ranges: readonly Range[]): { text: string; merged: Range[] } {
  const merged: (Range & { readonly length: number })[] = [];
  for (const range of ranges.toSorted((a, b) => a.start - b.start || b.end - a.end)) {
    const last = merged.at(-1);
    const length = range.end - range.start;
    if (last === undefined || range.start >= last.end) {
      merged.push({ ...range, length });
      continue;
    }
    const longer = length > last.length ? { ...range, length } : last;
    merged[merged.length - 1] = { ...longer, start: last.start, end: Math.max(last.end, range.end) };
  }
  const parts: string[] = [];
  let at = 0;
  for (const { start, end, by } of merged) {
    parts.push(text.slice(at, start), by);
    at = end;
  }
  parts.push(text.slice(at));
  return { text: parts.join(""), merged };
}
