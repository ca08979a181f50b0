import type { TextPair } from "../detail/reading.ts";

/** A part of a query between two "&"; without a pair where it has no name. */
type Part = { readonly text: string; readonly pair?: TextPair };

/** The pairs of a URL's query as they stand in it, a name as often as it stands there. */
export function queryPairs(url: string): readonly TextPair[] {
  return splitUrl(url).parts.flatMap(({ pair }) => (pair ? [pair] : []));
}

/** The URL with other pairs in its query: those that differ are written anew, and all else stays as it was written. */
export function withQueryPairs(url: string, pairs: readonly TextPair[]): string {
  const { base, parts, fragment } = splitUrl(url);
  const before = parts.flatMap(({ pair }, at) => (pair ? [{ pair, at }] : []));
  const least = Math.min(before.length, pairs.length);
  let first = 0;
  while (first < least && isSame(before[first]?.pair, pairs[first])) {
    first++;
  }
  let behind = 0;
  while (behind < least - first && isSame(before.at(-1 - behind)?.pair, pairs.at(-1 - behind))) {
    behind++;
  }
  const gone = before.slice(first, before.length - behind);
  const written = pairs.slice(first, pairs.length - behind).map(writePair);
  if (gone.length === 0 && written.length === 0) {
    return url;
  }
  const from = before[first]?.at ?? parts.length;
  const count = gone.length === 0 ? 0 : (gone.at(-1)?.at ?? from) + 1 - from;
  const search = parts
    .map(({ text }) => text)
    .toSpliced(from, count, ...written)
    .join("&");
  return `${base}${search === "" ? "" : `?${search}`}${fragment}`;
}

/** The URL with one value for a name, in the place of the first it had; undefined takes all of them away. */
export function withQueryValue(url: string, name: string, value: string | undefined): string {
  const pairs = queryPairs(url);
  const at = pairs.findIndex(([other]) => other === name);
  const last = pairs.findLastIndex(([other]) => other === name);
  if (last > at) {
    return withQueryValue(withQueryPairs(url, pairs.toSpliced(last, 1)), name, value);
  }
  const written: readonly TextPair[] = value === undefined ? [] : [[name, value]];
  return withQueryPairs(url, at < 0 ? [...pairs, ...written] : pairs.toSpliced(at, 1, ...written));
}

function splitUrl(url: string) {
  const [, base = "", search = "", fragment = ""] = /^([^?#]*)(\?[^#]*)?(#.*)?$/s.exec(url) ?? [];
  const texts = search.length > 1 ? search.slice(1).split("&") : [];
  return { base, parts: texts.map(readPart), fragment };
}

function readPart(text: string): Part {
  // A "?" at the very beginning would be taken away.
  const [pair] = new URLSearchParams(`&${text}`);
  return pair === undefined || pair[0] === "" ? { text } : { text, pair };
}

function writePair([name, value]: TextPair): string {
  return `${encodeURIComponent(name)}=${encodeURIComponent(value)}`;
}

function isSame(one: TextPair | undefined, other: TextPair | undefined): boolean {
  return one?.[0] === other?.[0] && one?.[1] === other?.[1];
}
