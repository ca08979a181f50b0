/** JSON text whose values are replaced where they stand: spaces, order and the digits of all other numbers stay. */

export type JsonVisitor = {
  /** @param name the key that it belongs to; of an element, its list's. @returns what takes its place */
  text(value: string, name: string): string;
  number(digits: string, name: string): string;
  key(value: string): string;
};

const SCALAR = /-?[\d.eE+-]+|true|false|null/uy;

/** Whether a text looks like a JSON object or list. */
export function isContainer(text: string): boolean {
  const last = text.charAt(endOf(text) - 1);
  return (last === "}" || last === "]") && /^\s{0,1000}[[{]/u.test(text);
}

/** Where the white space at the end of a text begins. */
function endOf(text: string): number {
  let end = text.length;
  while (end > 0 && text.charCodeAt(end - 1) <= 0x20) {
    end -= 1;
  }
  return end;
}

/** @returns undefined where the text is no JSON: what was visited until then does not count */
export function rewriteJson(text: string, visitor: JsonVisitor): string | undefined {
  const parts: string[] = [];
  /** Until where the text stands in the parts. */
  let copied = 0;
  /** "{" and "[", with the key that each belongs to. */
  const open: { readonly bracket: string; readonly name: string }[] = [];
  let name = "";
  let at = 0;

  const replace = (start: number, end: number, by: string): void => {
    parts.push(text.slice(copied, start), by);
    copied = end;
  };

  const takeString = (): boolean => {
    const start = at;
    const end = endOfString(text, start);
    const value = parseString(text, start, end);
    if (value === undefined) {
      return false;
    }
    at = end;
    const behind = endOfSpace(text, end);
    if (text.charCodeAt(behind) === COLON && open.at(-1)?.bracket === "{") {
      at = behind;
      name = value;
      const key = visitor.key(value);
      if (key !== value) {
        replace(start, end, JSON.stringify(key));
      }
      return true;
    }
    const rewritten = visitor.text(value, name);
    if (rewritten !== value) {
      replace(start, end, JSON.stringify(rewritten));
    }
    return true;
  };

  const takeScalar = (): boolean => {
    SCALAR.lastIndex = at;
    const [scalar = ""] = SCALAR.exec(text) ?? [];
    const start = at;
    at += scalar.length;
    if (/^-?\d/u.test(scalar)) {
      const rewritten = visitor.number(scalar, name);
      if (rewritten !== scalar) {
        replace(start, at, rewritten);
      }
    }
    return scalar !== "";
  };

  while (at < text.length) {
    const character = text.charAt(at);
    if (character === '"') {
      if (!takeString()) {
        return undefined;
      }
    } else if (character === "{" || character === "[") {
      open.push({ bracket: character, name });
      at += 1;
    } else if (character === "}" || character === "]") {
      if (open.pop() === undefined) {
        return undefined;
      }
      at += 1;
    } else if (character === ",") {
      const list = open.at(-1);
      name = list?.bracket === "[" ? list.name : name;
      at += 1;
    } else if (character === ":") {
      at += 1;
    } else {
      const behind = endOfSpace(text, at);
      if (behind > at) {
        at = behind;
      } else if (!takeScalar()) {
        return undefined;
      }
    }
  }
  if (open.length > 0) {
    return undefined;
  }
  parts.push(text.slice(copied));
  return parts.join("");
}

const COLON = ":".charCodeAt(0);

/** Behind the white space that begins at `start`. */
function endOfSpace(text: string, start: number): number {
  let at = start;
  for (
    let code = text.charCodeAt(at);
    code === 0x20 || (code >= 0x09 && code <= 0x0d && code !== 0x0b && code !== 0x0c);
  ) {
    at += 1;
    code = text.charCodeAt(at);
  }
  return at;
}

/** Behind the closing quotation mark. An expression would remember every character on its way. */
function endOfString(text: string, start: number): number {
  for (let at = start + 1; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code === 0x22) {
      return at + 1;
    }
    at += code === 0x5c ? 1 : 0;
  }
  return text.length;
}

/** In a larger text a string is not cut out, but made anew: it would keep all of that text in memory for as long as it is known itself. */
const MAX_CUT_CHARS = 2048;

/** Of a string without escapes this is what stands between its quotation marks. */
function parseString(text: string, start: number, end: number): string | undefined {
  if (
    text.length <= MAX_CUT_CHARS &&
    isPlain(text, start + 1, end - 1) &&
    end - start >= 2 &&
    text.charCodeAt(end - 1) === 0x22
  ) {
    return text.slice(start + 1, end - 1);
  }
  try {
    const value: unknown = JSON.parse(text.slice(start, end));
    return typeof value === "string" ? value : undefined;
  } catch {
    return undefined;
  }
}

function isPlain(text: string, from: number, to: number): boolean {
  for (let at = from; at < to; at += 1) {
    const code = text.charCodeAt(at);
    if (code === 0x5c || code < 0x20) {
      return false;
    }
  }
  return true;
}
