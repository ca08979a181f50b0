/** What is replaced, by what, and where else it occurs. */
import { encodeUtf8 } from "@inspector/proto";
import { Beginnings } from "./beginnings.ts";
import { Dictionary, type Hit, MIN_SEARCHED_CHARS } from "./dictionary.ts";
import { ownCopy } from "./repeated-texts.ts";

/** Values that are known by number for the whole session; half of them at most are of messages of which there are many. */
export const MAX_KNOWN = 200_000;
/** Longer values are replaced where they stand, and not looked for elsewhere. */
export const MAX_SEARCHED_CHARS = 64 * 1024;
/** Characters of all values that are looked for. */
const MAX_CHARS = 32 * 1024 * 1024;
/** Of the values beyond these limits the newest are looked for, from where they stand on: twice as many at most. */
const MAX_RECENT = 20_000;
/** A longer value is known by its length and hash. */
const MAX_KEY_CHARS = 64;
/** Of a long value only so many characters are looked at, evenly spread. */
const MAX_HASHED_CHARS = 10_000;

/** In headers, queries and bodies these are words like any other, and mean nothing elsewhere. */
const WORD = /^[A-Za-z]{1,11}$/u;
const LABEL = /^[A-Za-z_][\w.-]{0,39}$/u;
const MARK = "‹".charCodeAt(0);
const PLACEHOLDER = /^‹secret-\d+:[^›]{1,60}›$/u;

/** Whether a text is what an earlier redaction left: it stays as it is. */
export function isPlaceholder(text: string): boolean {
  return text.charCodeAt(0) === MARK && PLACEHOLDER.test(text);
}

const NOTHING: readonly Hit<Secret>[] = [];
const NO_FORMS: readonly string[] = [];

export type Secret = { readonly number: number; label: string };

/** Bits of the filter, 2 MB. */
const FILTER_BITS = 2 ** 24;

/** What is remembered for a while: by their keys, and the texts that are looked for. */
type Recent = { readonly known: Map<string, Secret>; readonly texts: string[] };

/**
 * States: learning -> sealed by {@link Secrets.seal}. While it learns, every value gets its number; once it is sealed, values get their
 * placeholders and are found in texts. What does not fit gets numbers then, and is remembered for a while.
 */
export class Secrets {
  readonly #known = new Map<string, Secret>();
  readonly #dictionary = new Dictionary<Secret>(FILTER_BITS);
  readonly #beginnings = new Beginnings();
  #recent: Recent = { known: new Map(), texts: [] };
  #older: Recent = { known: new Map(), texts: [] };
  #weak = 0;
  #chars = 0;
  #numbers = 0;
  #beyond = 0;
  #isSealed = false;
  #isClean: (name: string) => boolean = () => false;
  readonly #onSearched: (text: string) => void;

  /** @param onSearched hears what is looked for from now on, where that begins after the seal */
  constructor(onSearched: (text: string) => void) {
    this.#onSearched = onSearched;
  }

  /** How many values there were in all, and how many of them were more than could be looked for everywhere. */
  get counts(): { readonly secrets: number; readonly beyond: number } {
    return { secrets: this.#numbers, beyond: this.#beyond };
  }

  /**
   * @param label says what it is: the name of a header, of a setting
   * @param isWeak of a header, a query or a body, of which there may be as many as there are messages
   */
  learn(value: string, label: string, isWeak: boolean): void {
    if (value === "" || !this.takesMore(isWeak)) {
      return;
    }
    const key = keyOf(value);
    if (this.#known.has(key) || isPlaceholder(value)) {
      return;
    }
    this.#weak += isWeak ? 1 : 0;
    this.#numbers += 1;
    const secret = { number: this.#numbers, label };
    const isToBeFound = isSearched(value) && !(isWeak && WORD.test(value)) && this.#chars + value.length <= MAX_CHARS;
    const own = isToBeFound || value === key ? ownCopy(value) : value;
    this.#known.set(value === key ? own : key, secret);
    if (isToBeFound) {
      this.#chars += value.length;
      for (const form of formsOf(own)) {
        this.#dictionary.add(form, secret);
        this.#beginnings.add(form);
      }
    }
  }

  /** Whether another value would be learnt; see {@link MAX_KNOWN}. */
  takesMore(isWeak: boolean): boolean {
    return !this.#isSealed && this.#known.size < MAX_KNOWN && !(isWeak && this.#weak >= MAX_KNOWN / 2);
  }

  /** All is learnt. @param isClean whether a name holds no secret: one that does is no label */
  seal(isClean: (name: string) => boolean): void {
    this.#isSealed = true;
    this.#isClean = isClean;
    const labels = new Map<string, string>();
    for (const secret of this.#known.values()) {
      const label = labels.get(secret.label) ?? this.#labelOf(secret.label);
      labels.set(secret.label, label);
      secret.label = label;
    }
  }

  placeholder(value: string, label: string): string {
    if (isPlaceholder(value)) {
      return value;
    }
    const key = keyOf(value);
    const secret = this.#known.get(key) ?? this.#recent.known.get(key) ?? this.#older.known.get(key);
    return formatSecret(secret ?? this.#remember(key, value, label));
  }

  /** What occurs in a text; nothing while it learns. */
  find(text: string): readonly Hit<Secret>[] {
    if (!this.#isSealed) {
      return NOTHING;
    }
    const hits = this.#dictionary.find(text);
    return text.includes("+") ? [...hits, ...this.#dictionary.find(spacedOf(text))] : hits;
  }

  /** As {@link Beginnings.mayBeIn}. */
  mayBeIn(run: string): number {
    return this.#isSealed ? this.#beginnings.mayBeIn(run) : 0;
  }

  #remember(key: string, value: string, label: string): Secret {
    if (this.#recent.known.size >= MAX_RECENT) {
      this.#forgetOlder();
    }
    this.#numbers += 1;
    this.#beyond += 1;
    const secret = { number: this.#numbers, label: this.#labelOf(label) };
    const isToBeFound = isSearched(value) && !WORD.test(value);
    const own = isToBeFound || value === key ? ownCopy(value) : value;
    this.#recent.known.set(value === key ? own : key, secret);
    for (const form of isToBeFound ? formsOf(own) : NO_FORMS) {
      if (this.#dictionary.get(form) === undefined) {
        this.#dictionary.add(form, secret);
        this.#recent.texts.push(form);
        this.#beginnings.add(form);
        this.#onSearched(form);
      }
    }
    return secret;
  }

  #forgetOlder(): void {
    for (const text of this.#older.texts) {
      this.#dictionary.delete(text);
    }
    this.#older = this.#recent;
    this.#recent = { known: new Map(), texts: [] };
  }

  #labelOf(label: string): string {
    const shown = label.replaceAll(/[^\w.-]/gu, "-").slice(0, 40);
    return LABEL.test(shown) && this.#isClean(label) ? shown : "value";
  }
}

/** The placeholder of a secret. */
export function formatSecret({ number, label }: Secret): string {
  return `‹secret-${number}:${label}›`;
}

function isSearched({ length }: string): boolean {
  return length >= MIN_SEARCHED_CHARS && length <= MAX_SEARCHED_CHARS;
}

/** Forms have "+" for a space: a text with it is looked through with spaces, too. */
export function spacedOf(text: string): string {
  return text.replaceAll("+", " ");
}

/** Decoded bytes are read as Latin-1, so a value with other letters is looked for in that form too. */
function formsOf(value: string): readonly string[] {
  const forms = value.includes("+") && value.includes(" ") ? [value, spacedOf(value)] : [value];
  return /[^\0-\x7f]/u.test(value) ? [...forms, ...forms.map((form) => latin1Of(encodeUtf8(form)))] : forms;
}

const PIECE_BYTES = 8192;

/** One character a byte. */
export function latin1Of(bytes: Uint8Array): string {
  let text = "";
  for (let at = 0; at < bytes.length; at += PIECE_BYTES) {
    text += Reflect.apply(String.fromCharCode, undefined, bytes.subarray(at, at + PIECE_BYTES));
  }
  return text;
}

/** Two values of one key would get one placeholder, which hides both. */
function keyOf(value: string): string {
  if (value.length <= MAX_KEY_CHARS) {
    return value;
  }
  let [a, b] = [0x811c9dc5, 0x9747b28c];
  const step = Math.max(1, Math.floor(value.length / MAX_HASHED_CHARS));
  for (let at = 0; at < value.length; at += step) {
    const code = value.charCodeAt(at);
    a = Math.imul(a ^ code, 0x01000193);
    b = Math.imul(b ^ code, 0x5bd1e995) + a;
  }
  return `${value.length} ${(a >>> 0).toString(36)} ${(b >>> 0).toString(36)}`;
}
