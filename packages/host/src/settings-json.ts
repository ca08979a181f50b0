/**
 * JSON as people and tools leave it in settings files: with comments, trailing commas, a byte order mark, in UTF-8 or
 * UTF-16. What the Functions host and its tools read, this reads. Errors say where, and never what: it may be a secret.
 */

/** Levels of objects and lists, as many as the Functions host reads. */
const MAX_DEPTH = 64;

/** A settings file that cannot be read, with the place, both from 1. */
export class SettingsJsonError extends Error {
  readonly line: number;
  readonly column: number;

  constructor(reason: string, line: number, column: number) {
    super(`line ${line}, column ${column}: ${reason}`);
    this.name = "SettingsJsonError";
    this.line = line;
    this.column = column;
  }
}

/**
 * The text of a file, by its byte order mark or, without one, by where its zeros are.
 *
 * @throws {SettingsJsonError} where it is in another encoding
 */
export function decodeSettings(bytes: Uint8Array): string {
  const [first, second] = bytes;
  const isLittle = (first === 0xff && second === 0xfe) || (bytes.length > 1 && first !== 0 && second === 0);
  const isBig = (first === 0xfe && second === 0xff) || (bytes.length > 1 && first === 0 && second !== 0);
  const encoding = isLittle ? "utf-16le" : isBig ? "utf-16be" : "utf-8";
  try {
    return new TextDecoder(encoding, { fatal: true }).decode(bytes);
  } catch {
    const text = new TextDecoder(encoding).decode(bytes);
    throw errorAt(text, text.indexOf("\u{fffd}"), "a byte here is neither UTF-8 nor UTF-16; save the file as UTF-8");
  }
}

/**
 * @param options `numbersAsText` gives numbers as they are written, for settings that are all text
 * @throws {SettingsJsonError}
 */
export function parseSettingsJson(text: string, options: { readonly numbersAsText?: boolean } = {}): unknown {
  return new Parser(text, options.numbersAsText === true).parse();
}

function errorAt(text: string, offset: number, reason: string): SettingsJsonError {
  const before = text.slice(0, Math.max(offset, 0)).split(/\r\n|\r|\n/u);
  return new SettingsJsonError(reason, before.length, (before.at(-1)?.length ?? 0) + 1);
}

const BLANK = /(?:[\s\u{feff}]|\/\/[^\r\n]*|\/\*[\s\S]*?\*\/)*/uy;
const STRING = /"(?:[^"\\\r\n]|\\(?:["\\/bfnrt]|u[0-9a-f]{4}))*"/iuy;
const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:e[+-]?\d+)?(?![\w.])/iuy;
const WORD = /(?:true|false|null)(?!\w)/uy;

/** Reads a text once, from its beginning to its end. */
class Parser {
  readonly #text: string;
  readonly #numbersAsText: boolean;
  #at = 0;

  constructor(text: string, numbersAsText: boolean) {
    this.#text = text;
    this.#numbersAsText = numbersAsText;
  }

  parse(): unknown {
    this.#skipBlank();
    if (this.#isAtEnd) {
      throw this.#error("the file is empty");
    }
    const value = this.#value(0);
    this.#skipBlank();
    if (!this.#isAtEnd) {
      throw this.#error("nothing may follow the end of the JSON");
    }
    return value;
  }

  get #isAtEnd(): boolean {
    return this.#at >= this.#text.length;
  }

  #value(depth: number): unknown {
    if (depth > MAX_DEPTH) {
      throw this.#error(`it is nested more than ${MAX_DEPTH} levels deep`);
    }
    const begin = this.#text[this.#at];
    if (begin === "{") {
      return this.#object(depth);
    }
    if (begin === "[") {
      return this.#list(depth);
    }
    if (begin === '"') {
      return this.#string();
    }
    const word = this.#take(WORD);
    if (word !== undefined) {
      return JSON.parse(word);
    }
    const number = this.#take(NUMBER);
    if (number !== undefined) {
      return this.#numbersAsText ? number : Number(number);
    }
    throw this.#error(
      depth === 0 ? "JSON begins with {" : "a value is expected: text in double quotes, a number, {, [",
    );
  }

  #object(depth: number): unknown {
    const entries: [string, unknown][] = [];
    this.#members("}", () => {
      if (this.#text[this.#at] !== '"') {
        throw this.#error("a name in double quotes is expected");
      }
      const name = this.#string();
      this.#skipBlank();
      if (this.#text[this.#at] !== ":") {
        throw this.#error("a colon is missing behind the name");
      }
      this.#at += 1;
      this.#skipBlank();
      entries.push([name, this.#value(depth + 1)]);
    });
    // Not by assignment: a member may be called __proto__.
    return Object.fromEntries(entries);
  }

  #list(depth: number): unknown[] {
    const values: unknown[] = [];
    this.#members("]", () => values.push(this.#value(depth + 1)));
    return values;
  }

  /** From the opening bracket to behind the closing one. */
  #members(close: "}" | "]", member: () => void): void {
    this.#at += 1;
    for (;;) {
      this.#skipBlank();
      if (this.#text[this.#at] === close) {
        this.#at += 1;
        return;
      }
      if (this.#isAtEnd) {
        throw this.#error(`the file ends before a ${close}`);
      }
      member();
      this.#skipBlank();
      if (this.#text[this.#at] === ",") {
        this.#at += 1;
      } else if (this.#text[this.#at] !== close) {
        throw this.#error(
          this.#isAtEnd ? `the file ends before a ${close}` : `a comma or ${close} is missing before this`,
        );
      }
    }
  }

  #string(): string {
    const literal = this.#take(STRING);
    if (literal === undefined) {
      throw this.#error("this text is not closed on its line, or has a wrong escape (write a backslash as \\\\)");
    }
    // Tabs and the like stand in a text as they are in files that people wrote.
    return String(
      JSON.parse(literal.replace(/\p{Cc}/gu, (sign) => `\\u${sign.charCodeAt(0).toString(16).padStart(4, "0")}`)),
    );
  }

  #skipBlank(): void {
    this.#take(BLANK);
    if (this.#text.startsWith("/*", this.#at)) {
      throw this.#error("this comment is not closed");
    }
  }

  #take(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.#text)?.[0];
    this.#at += found?.length ?? 0;
    return found;
  }

  #error(reason: string): SettingsJsonError {
    return errorAt(this.#text, this.#at, reason);
  }
}
