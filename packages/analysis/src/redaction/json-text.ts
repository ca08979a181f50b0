/** JSON text whose values are replaced where they stand: spaces, order and the digits of all other numbers stay. */

export type JsonVisitor = {
  /** @param name the key that it belongs to; of an element, its list's. @returns what takes its place */
  text(value: string, name: string): string;
  number(digits: string, name: string): string;
  key(value: string): string;
};

const SPACE = /[ \t\r\n]*/uy;
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
  /** "{" and "[", with the key that each belongs to. */
  const open: { readonly bracket: string; readonly name: string }[] = [];
  let name = "";
  let at = 0;

  const take = (expression: RegExp): string => {
    expression.lastIndex = at;
    const [found = ""] = expression.exec(text) ?? [];
    at += found.length;
    return found;
  };

  const takeString = (): string | undefined => {
    const token = text.slice(at, endOfString(text, at));
    const value = parseString(token);
    if (value === undefined) {
      return undefined;
    }
    at += token.length;
    const before = at;
    const space = take(SPACE);
    if (text[at] === ":" && open.at(-1)?.bracket === "{") {
      name = value;
      return JSON.stringify(visitor.key(value)) + space;
    }
    at = before;
    const rewritten = visitor.text(value, name);
    return rewritten === value ? undefined : JSON.stringify(rewritten);
  };

  while (at < text.length) {
    const start = at;
    const character = text.charAt(at);
    if (character === '"') {
      parts.push(takeString() ?? text.slice(start, at));
      if (at === start) {
        return undefined;
      }
    } else if (character === "{" || character === "[") {
      open.push({ bracket: character, name });
      parts.push(character);
      at += 1;
    } else if (character === "}" || character === "]") {
      const closed = open.pop();
      if (closed === undefined) {
        return undefined;
      }
      parts.push(character);
      at += 1;
    } else if (character === "," || character === ":") {
      if (character === ",") {
        const list = open.at(-1);
        name = list?.bracket === "[" ? list.name : name;
      }
      parts.push(character);
      at += 1;
    } else {
      const space = take(SPACE);
      const scalar = space === "" ? take(SCALAR) : "";
      if (space === "" && scalar === "") {
        return undefined;
      }
      parts.push(space, /^-?\d/u.test(scalar) ? visitor.number(scalar, name) : scalar);
    }
  }
  return open.length === 0 ? parts.join("") : undefined;
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

function parseString(token: string): string | undefined {
  try {
    const value: unknown = JSON.parse(token);
    return typeof value === "string" ? value : undefined;
  } catch {
    return undefined;
  }
}
