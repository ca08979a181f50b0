/** Parts of a value that are secrets by themselves: somebody may have written only one of them elsewhere. */

/** Shorter ones are names of attributes, and words. */
const MIN_PIECE_CHARS = 6;
const MAX_PIECES = 200;
const MAX_CHARS = 64 * 1024;

/** Words of these alone mean nothing elsewhere. */
const WORD = /^[A-Za-z]{1,15}$/u;

/** Values of cookies, of a connection string, of a list; and what stands behind "Bearer". */
export function piecesOf(value: string): string[] {
  return pieces(value, /[;,&\s=]/u, /[;,&\s]+/u, (piece) => [piece, valueBehind(piece)]);
}

/** Values of a form. */
export function formValuesOf(body: string): string[] {
  return pieces(body, /=/u, /[&\r\n]+/u, (piece) => [decodeFormValue(valueBehind(piece))]);
}

/** @param hint what a value has to hold, to have any */
function pieces(value: string, hint: RegExp, border: RegExp, take: (piece: string) => string[]): string[] {
  if (value.length > MAX_CHARS || !hint.test(value)) {
    return [];
  }
  return value
    .split(border, MAX_PIECES)
    .flatMap(take)
    .filter((piece) => piece.length >= MIN_PIECE_CHARS && piece !== value && !WORD.test(piece));
}

function valueBehind(piece: string): string {
  const at = piece.indexOf("=");
  return at < 0 || at === piece.length - 1 ? "" : piece.slice(at + 1);
}

/** A value of a query or a form, decoded; as it stands where it cannot be. */
export function decodeFormValue(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll("+", " "));
  } catch {
    return text;
  }
}

/** An address in parts. */
export type UrlParts = {
  /** All before the query. */
  readonly base: string;
  readonly query: readonly { readonly name: string; readonly value: string | undefined }[];
  readonly fragment: string | undefined;
};

export function splitUrl(url: string): UrlParts {
  const hash = url.indexOf("#");
  const whole = hash < 0 ? url : url.slice(0, hash);
  const mark = whole.indexOf("?");
  const query = mark < 0 ? [] : whole.slice(mark + 1).split("&");
  return {
    base: mark < 0 ? whole : whole.slice(0, mark),
    query: query.map((pair) => {
      const at = pair.indexOf("=");
      return at < 0 ? { name: pair, value: undefined } : { name: pair.slice(0, at), value: pair.slice(at + 1) };
    }),
    fragment: hash < 0 ? undefined : url.slice(hash + 1),
  };
}

export function joinUrl({ base, query, fragment }: UrlParts): string {
  const pairs = query.map(({ name, value }) => (value === undefined ? name : `${name}=${value}`));
  return `${base}${query.length === 0 ? "" : `?${pairs.join("&")}`}${fragment === undefined ? "" : `#${fragment}`}`;
}
