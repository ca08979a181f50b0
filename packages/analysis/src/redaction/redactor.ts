/** Takes the secrets out of a session: out of its messages, and of what was recorded beside them. */
import type { Replaced, ReplacedPlace } from "@inspector/contract/export";
import { decodeUtf8, encodeUtf8, type FieldClass, type Place, type Rewriter, rewriteMessage } from "@inspector/proto";
import { CleanTexts } from "./clean-texts.ts";
import { isHarmlessName, isHarmlessQuery, isHarmlessValue } from "./harmless.ts";
import { isContainer, rewriteJson } from "./json-text.ts";
import type { RedactionOptions } from "./options.ts";
import { Replacements } from "./replacements.ts";
import { latin1Of, Secrets } from "./secrets.ts";
import { TextRedactor } from "./text.ts";
import { decodeFormValue, formValuesOf, joinUrl, piecesOf, splitUrl } from "./values.ts";

/** What was replaced, most often first. `secrets` are different values; `beyond` of them were too many to be looked for everywhere. */
export type RedactionReport = {
  readonly replaced: readonly Replaced[];
  readonly secrets: number;
  readonly beyond: number;
};

/** Of a structural field these stay whatever else they occur as: GUIDs, hashes, trace parents, versions, and short words. */
const ID = /^(?:[0-9A-Fa-f-]{16,64}|v?\d{1,6}(?:\.\d{1,6}){1,4}(?:[-+][\w.]{1,20})?|[\w.:-]{1,5})$/u;
/** Where a value of a few letters is most often a password, and hardly ever a word like any other. */
const ENVIRONMENT = "FunctionEnvironmentReloadRequest.environment_variables";
const LARGE_NUMBER_DIGITS = 6;
/** No event is as deep; what is deeper is left out. */
const MAX_NESTING = 64;

/**
 * States: learning -> replacing by {@link Redactor.seal}.
 *
 * All of a session is shown to it twice, by the same calls. The first time it learns what is a secret and gives everything back as it is;
 * the second time it replaces, also what stood before the place from which it knows of the secret.
 */
export class Redactor {
  readonly #options: RedactionOptions;
  readonly #clean = new CleanTexts();
  readonly #secrets = new Secrets((text) => this.#clean.noteSearched(text));
  readonly #texts: TextRedactor;
  readonly #replacements = new Replacements();
  readonly #rewriter: Rewriter;
  #isLearning = true;

  constructor(options: RedactionOptions) {
    this.#options = options;
    this.#texts = new TextRedactor(this.#secrets, this.#clean, options.own, (why) => this.#replacements.count(why));
    this.#rewriter = {
      text: (value, place) => this.text(value, place),
      bytes: (value, place) => this.bytes(value, place),
      number: (value, place) => this.#number(value, place),
      key: (value) => this.#scan(value),
      keeps: (message, start, end, place) => place.class === "keep" && isIdAt(message, start, end),
      keepsUnknown: (bytes) => options.keepsUnknownFields && !this.#isLearning && this.#texts.isClean(latin1Of(bytes)),
    };
  }

  /** What was learnt is complete: from now on it is replaced. */
  seal(): void {
    this.#secrets.seal((name) => this.#texts.isClean(name));
    this.#isLearning = false;
  }

  get report(): RedactionReport {
    return { replaced: this.#replacements.list(), ...this.#secrets.counts };
  }

  /** What is shown from now on stands there: the report names places. */
  enter(place: ReplacedPlace): void {
    this.#replacements.enter(place);
  }

  /**
   * A message without its secrets; what is structural stays.
   * @param bytes of a StreamingMessage, not compressed
   * @returns its bytes, the same where nothing was replaced; undefined where they are none, so that nobody can say what is in them
   */
  message(bytes: Uint8Array): Uint8Array | undefined {
    return rewriteMessage(bytes, this.#rewriter);
  }

  text(value: string, place: Place): string {
    switch (place.class) {
      case "keep":
        return ID.test(value) ? value : this.#scan(value);
      case "value":
      case "headers":
      case "json":
        return this.#named(value, place);
      case "url":
        return this.#url(value, place);
      case "body":
        if (this.#options.dropsBodies === true) {
          return this.#dropped(value, place);
        }
        return this.#options.policy === "safe" ? this.#body(value, place) : this.#scan(value);
      case "opaque":
        if (this.#options.dropsBodies === true) {
          return this.#dropped(value, place);
        }
        return this.#options.policy === "safe" ? this.#whole(value, place, true) : this.#scan(value);
      default:
        return this.#scan(value);
    }
  }

  bytes(value: Uint8Array, place: Place): Uint8Array {
    const text = decodeUtf8(value);
    if (!text.includes("\ufffd") && !text.includes("\0")) {
      const of = place.class === "opaque" ? { ...place, class: "body" as const } : place;
      const redacted = this.text(text, of);
      return redacted === text ? value : encodeUtf8(redacted);
    }
    if (this.#options.dropsBodies === true && (place.class === "body" || place.class === "opaque")) {
      this.#wholeBytes(value, place);
      return this.#isLearning ? value : new Uint8Array();
    }
    if (this.#options.policy === "safe" || isCompressed(value) || place.class !== "body") {
      return this.#wholeBytes(value, place);
    }
    const readable = latin1Of(value);
    const scanned = this.#scan(readable);
    return scanned === readable ? value : encodeUtf8(scanned);
  }

  /** Members of an event's detail, of an end, of metadata: by the name of each. */
  json(value: unknown, field: string, name = "", depth = 0): unknown {
    if (depth > MAX_NESTING) {
      return null;
    }
    if (typeof value === "string") {
      return this.text(value, { class: classOfMember(name), field, name });
    }
    if (Array.isArray(value)) {
      return this.#list(value, field, name, depth);
    }
    if (typeof value !== "object" || value === null) {
      return value;
    }
    return Object.fromEntries(
      Object.entries(value).map(([key, member]) => [this.#scan(key), this.json(member, field, key, depth + 1)]),
    );
  }

  /** Behind an argument that names a secret stands the secret. */
  #list(list: readonly unknown[], field: string, name: string, depth: number): unknown[] {
    return list.map((item, index) => {
      const before: unknown = list[index - 1];
      const isBehind = typeof before === "string" && SECRET_OPTION.test(before);
      return isBehind && typeof item === "string" && !item.startsWith("-")
        ? this.#whole(item, { class: "value", field, name: before.replace(/^-+/u, "") }, false)
        : this.json(item, field, name, depth + 1);
    });
  }

  #named(value: string, place: Place): string {
    if (isHarmlessValue(value)) {
      return value;
    }
    if (isContainer(value)) {
      const rewritten = this.#leaves(value, (leaf, name) => this.#named(leaf, { ...place, name }));
      if (rewritten !== undefined) {
        return rewritten;
      }
    }
    if (!isHarmlessName(place.name, place.class)) {
      return this.#whole(value, place, place.field !== ENVIRONMENT);
    }
    return /^https?:\/\//iu.test(value) ? this.#url(value, place) : this.#scan(value);
  }

  #url(url: string, place: Place): string {
    const { base, query, fragment } = splitUrl(url);
    return joinUrl({
      base: this.#scan(base),
      query: query.map(({ name, value }) => ({
        name: this.#scan(name),
        value: value === undefined ? undefined : this.#queryValue(value, { ...place, name }),
      })),
      fragment: fragment === undefined || fragment === "" ? fragment : this.#whole(fragment, place, true),
    });
  }

  #queryValue(value: string, place: Place): string {
    const decoded = decodeFormValue(value);
    if (value === "" || isHarmlessValue(decoded)) {
      return value;
    }
    return isHarmlessQuery(place.name) ? this.#scan(value) : this.#whole(decoded, place, true);
  }

  #body(value: string, place: Place): string {
    if (isHarmlessValue(value)) {
      return value;
    }
    const leaf: Place = { ...place, class: "body", name: "body" };
    const rewritten = isContainer(value) ? this.#leaves(value, (text) => this.#body(text, leaf)) : undefined;
    return rewritten ?? this.#whole(value, leaf, true);
  }

  /** @returns undefined where the text is no JSON */
  #leaves(text: string, rewrite: (value: string, name: string) => string): string | undefined {
    return rewriteJson(text, {
      text: (value, name) => (value === "" ? value : rewrite(value, name)),
      number: (digits, name) => (isLarge(digits) ? (rewrite(digits, name) === digits ? digits : "0") : digits),
      key: (key) => this.#scan(key),
    });
  }

  #number(value: number | bigint, place: Place): number | bigint {
    if (this.#options.dropsBodies === true && place.class === "body") {
      this.#whole(String(value), place, true);
      return this.#isLearning ? value : typeof value === "bigint" ? 0n : 0;
    }
    const isKept = place.class !== "body" ? isHarmlessName(place.name, place.class) : this.#options.policy !== "safe";
    if (isKept || !isLarge(String(value))) {
      return value;
    }
    this.#whole(String(value), place, true);
    return this.#isLearning ? value : typeof value === "bigint" ? 0n : 0;
  }

  #whole(value: string, place: Place, isWeak: boolean): string {
    if (value === "") {
      return value;
    }
    if (!this.#isLearning) {
      this.#replacements.count({ why: "field", what: place.field, fieldClass: place.class });
      return this.#secrets.placeholder(value, place.name);
    }
    if (this.#secrets.takesMore(isWeak)) {
      this.#secrets.learn(value, place.name, isWeak);
      for (const piece of place.class === "body" ? formValuesOf(value) : piecesOf(value)) {
        this.#secrets.learn(piece, place.name, isWeak);
      }
    }
    this.#texts.learn(value);
    return value;
  }

  /** What is in a body that leaves empty is replaced elsewhere all the same. */
  #dropped(value: string, place: Place): string {
    this.#body(value, place);
    return this.#isLearning ? value : "";
  }

  #wholeBytes(value: Uint8Array, { field, class: fieldClass }: Place): Uint8Array {
    const text = latin1Of(value);
    if (this.#isLearning) {
      this.#secrets.learn(text, "bytes", true);
      return value;
    }
    this.#replacements.count({ why: "field", what: field, fieldClass });
    return encodeUtf8(this.#secrets.placeholder(text, "bytes"));
  }

  #scan(text: string): string {
    if (this.#isLearning) {
      this.#texts.learn(text);
      return text;
    }
    return this.#texts.redact(text);
  }
}

/** Options of a command line whose value is a secret. */
const SECRET_OPTION = /^--?[\w-]*(?:password|passwd|pwd|secret|token|key|credential)s?$/iu;

/** Members of events that say what kind of thing happened, or whom it was about. */
const KEPT_MEMBERS = new Set(
  "type stream side step workerId invocationId requestId functionId how by kind signal".split(" "),
);

function classOfMember(name: string): FieldClass {
  if (KEPT_MEMBERS.has(name)) {
    return "keep";
  }
  return name === "cwd" || name === "path" || name === "directory" ? "path" : "log";
}

const LONGEST_ID = 64;
const SHORTEST_ID = 16;
/** Of each byte: 1 for a hexadecimal digit and "-". */
const OF_ID = new Uint8Array(256);
for (const character of "0123456789abcdefABCDEF-") {
  OF_ID[character.charCodeAt(0)] = 1;
}

/** Most ids, told by their bytes; {@link ID} tells all of them. */
function isIdAt(bytes: Uint8Array, start: number, end: number): boolean {
  if (end - start < SHORTEST_ID || end - start > LONGEST_ID) {
    return false;
  }
  let at = start;
  while (at < end && OF_ID[bytes[at] ?? 0] === 1) {
    at += 1;
  }
  return at === end;
}

function isLarge(number: string): boolean {
  return number.length >= LARGE_NUMBER_DIGITS && (number.match(/\d/gu)?.length ?? 0) >= LARGE_NUMBER_DIGITS;
}

/** gzip and zlib */
function isCompressed([first, second]: Uint8Array): boolean {
  return (first === 0x1f && second === 0x8b) || (first === 0x78 && [0x01, 0x5e, 0x9c, 0xda].includes(second ?? 0));
}
