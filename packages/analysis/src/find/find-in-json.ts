/** Finding text in JSON as the page shows it: keys, values, and JSON within text. */

import type { FindHit } from "@inspector/contract/find";
import { decodeUtf8, formatPath, type PathPart, parseBase64 } from "@inspector/proto";
import { type JsonNode, parseExactJson } from "../exact-json/exact-json.ts";
import { excerptAt } from "./excerpt.ts";
import { looksLikeJson } from "./looks-like-json.ts";

/** Members of the contract whose text is base64 of bytes. */
const BYTES_MEMBERS = new Set(["bytes", "stream", "content"]);

type Place = {
  /** Positions from the root, as the page's tree names its lines: "/0/3". */
  readonly line: string;
  readonly path: readonly PathPart[];
  /** Within a text that is JSON, the path from its root. */
  readonly inner: readonly PathPart[] | undefined;
};

/**
 * Hits in reading order, without regard to case. What is searched is what a tree of it shows: keys, texts, numbers and words; text
 * that is JSON itself by its keys and values; and base64 of bytes as the text that it is.
 */
export function* findInJson(root: JsonNode, text: string): Generator<FindHit> {
  const wanted = text.toLowerCase();
  if (wanted !== "") {
    yield* findInNode(root, wanted, { line: "", path: [], inner: undefined });
  }
}

function* findInNode(node: JsonNode, wanted: string, place: Place): Generator<FindHit> {
  switch (node.kind) {
    case "object":
      for (const [index, [key, value]] of node.entries.entries()) {
        const member = step(place, index, key);
        yield* hitsIn(key, wanted, member, "key");
        yield* findInNode(value, wanted, member);
      }
      return;
    case "array":
      for (const [index, item] of node.items.entries()) {
        yield* findInNode(item, wanted, step(place, index, index));
      }
      return;
    case "string":
      yield* findInString(node.text, wanted, place);
      return;
    case "number":
    case "literal":
      yield* hitsIn(node.text, wanted, place, "value");
  }
}

function step({ line, path, inner }: Place, index: number, part: PathPart): Place {
  const next = `${line}/${index}`;
  return inner === undefined
    ? { line: next, path: [...path, part], inner }
    : { line: next, path, inner: [...inner, part] };
}

function* findInString(text: string, wanted: string, place: Place): Generator<FindHit> {
  // Two levels of JSON in text are what the contract's own fields have; deeper ones are searched as the text that they are.
  const parsed = place.inner === undefined && looksLikeJson(text) ? parseExactJson(text) : undefined;
  if (parsed?.ok) {
    yield* findInNode(parsed.value, wanted, { ...place, inner: [] });
    return;
  }
  const bytes = isBytesMember(place) ? parseBase64(text) : undefined;
  if (bytes !== undefined) {
    yield* hitsIn(decodeUtf8(bytes), wanted, place, "bytes");
    return;
  }
  yield* hitsIn(text, wanted, place, "value");
}

function isBytesMember({ path, inner }: Place): boolean {
  return inner === undefined && BYTES_MEMBERS.has(String(path.at(-1)));
}

function* hitsIn(text: string, wanted: string, { line, path, inner }: Place, of: FindHit["of"]): Generator<FindHit> {
  const folded = text.toLowerCase();
  // A few letters get longer in lower case: then the places are those of the folded text.
  const shown = folded.length === text.length ? text : folded;
  for (let at = folded.indexOf(wanted); at >= 0; at = folded.indexOf(wanted, at + wanted.length)) {
    yield {
      of,
      at,
      line,
      path: formatPath(path),
      ...(inner !== undefined && { inner: `$${prefixed(formatPath(inner))}` }),
      ...excerptAt(shown, at, wanted.length),
    };
  }
}

/** "$" and what follows: "$.items[3]", "$[0]". */
function prefixed(path: string): string {
  return path === "" || path.startsWith("[") ? path : `.${path}`;
}
