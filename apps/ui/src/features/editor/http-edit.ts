import { ownValue } from "@inspector/contract/own-value";
import { type JsonRecord, readPairs, readRecord, readText, type TextPair } from "../detail/reading.ts";
import { changesBetween, joinPairs } from "./joined-pairs.ts";
import { bytesOfText, readTextData, sizeOfTextData, textOfBytes, writeTextData } from "./typed-text.ts";
import { queryPairs, withQueryPairs, withQueryValue } from "./url-query.ts";

/** The maps of an RpcHttp; the host fills the nullable ones for workers that asked for them. */
export type HttpMap = "query" | "headers" | "params";

const NULLABLE: Readonly<Record<HttpMap, string>> = {
  query: "nullableQuery",
  headers: "nullableHeaders",
  params: "nullableParams",
};

/** The pairs of a map, from the field that is filled. */
export function readMap(http: JsonRecord, map: HttpMap): readonly TextPair[] {
  const nullable = readPairs(http[NULLABLE[map]]);
  return nullable.length > 0 ? nullable : readPairs(http[map]);
}

/** Other pairs in the field that was filled, or in the kind of field that this message fills. */
export function writeMap(http: JsonRecord, map: HttpMap, pairs: readonly TextPair[]): JsonRecord {
  if (!usesNullable(http, map)) {
    return { ...http, [map]: Object.fromEntries(pairs) };
  }
  const known = readRecord(http[NULLABLE[map]]);
  const values = pairs.map(([name, value]) => {
    const was = readRecord(ownValue(known, name));
    // A value that is not set reads as an empty text: it stays what it was.
    return [name, value === "" && Object.hasOwn(known, name) && !("value" in was) ? was : { value }] as const;
  });
  return { ...http, [NULLABLE[map]]: Object.fromEntries(values) };
}

function usesNullable(http: JsonRecord, map: HttpMap): boolean {
  const isFilled = (name: string) => Object.keys(readRecord(http[name])).length > 0;
  if (isFilled(map) || isFilled(NULLABLE[map])) {
    return isFilled(NULLABLE[map]);
  }
  return Object.values(NULLABLE).some(isFilled);
}

export type ReadQuery = {
  readonly pairs: readonly TextPair[];
  /** They are those of the map, which says something else than the URL. */
  readonly isMap: boolean;
};

/** The query as the URL has it: there a name may stand several times, in the map its values are joined. */
export function readQuery(http: JsonRecord): ReadQuery {
  const map = readMap(http, "query");
  const pairs = queryPairs(readText(http["url"]) ?? "");
  const isMap = map.length > 0 && !isMapOf(map, pairs);
  return { pairs: isMap ? map : pairs, isMap };
}

/** An old host leaves names without a value out of the map. */
function isMapOf(map: readonly TextPair[], pairs: readonly TextPair[]): boolean {
  const changes = changesBetween(new Map(map), joinPairs(pairs, namesOf(map)));
  return changes.every(({ before, after }) => before === undefined && after === "");
}

/** Another query, in its map and in the URL: there is changed what belongs to a name that was edited. */
export function withQuery(http: JsonRecord, pairs: readonly TextPair[]): JsonRecord {
  const { pairs: before, isMap } = readQuery(http);
  const next = withJoined(http, before, pairs);
  const url = readText(http["url"]);
  if (url === undefined) {
    return next;
  }
  if (!isMap) {
    return { ...next, url: withQueryPairs(url, pairs) };
  }
  const changes = changesBetween(new Map(before), new Map(pairs));
  return { ...next, url: changes.reduce((text, { name, after }) => withQueryValue(text, name, after), url) };
}

/** Another URL, and in the query map the names that say something else in it. */
export function withUrl(http: JsonRecord, url: string): JsonRecord {
  return withJoined({ ...http, url }, queryPairs(readText(http["url"]) ?? ""), queryPairs(url));
}

function withJoined(http: JsonRecord, before: readonly TextPair[], after: readonly TextPair[]): JsonRecord {
  const map = new Map(readMap(http, "query"));
  const keys = [...map.keys()];
  const changes = changesBetween(joinPairs(before, keys), joinPairs(after, keys));
  if (changes.length === 0) {
    return http;
  }
  for (const { name, after: value } of changes) {
    if (value === undefined) {
      map.delete(name);
    } else {
      map.set(name, value);
    }
  }
  return writeMap(http, "query", [...map]);
}

/** Another body; what says the same goes with it: a raw body in bytes or text, and a content-length that was right. */
export function withBody(http: JsonRecord, body: JsonRecord): JsonRecord {
  const raw = readTextData(http["rawBody"]);
  const data = readTextData(body);
  if (raw === undefined || data === undefined) {
    return withLength(http, { ...http, body });
  }
  const text = data.case === "bytes" ? textOfBytes(data.text) : data.text;
  const base64 = data.case === "bytes" ? data.text : bytesOfText(data.text);
  const rawText = raw.case === "bytes" ? base64 : (text ?? "");
  const rawBody = writeTextData(http["rawBody"], { case: raw.case, text: rawText });
  return withLength(http, { ...http, body, rawBody });
}

function withLength(before: JsonRecord, after: JsonRecord): JsonRecord {
  const [was, is] = [sizeOfBody(before), sizeOfBody(after)];
  const headers = readMap(before, "headers");
  const at = headers.findIndex(([name]) => name.toLowerCase() === "content-length");
  const [name, value] = headers[at] ?? ["", ""];
  if (at < 0 || was === is || is === undefined || value !== String(was)) {
    return after;
  }
  return writeMap(after, "headers", headers.with(at, [name, String(is)]));
}

/** In bytes, as it was sent: a body that the host parsed is no longer that. Undefined where it has no size. */
function sizeOfBody(http: JsonRecord): number | undefined {
  const data = readTextData(http["rawBody"]) ?? readTextData(http["body"]);
  if (data === undefined) {
    return http["body"] === undefined ? 0 : undefined;
  }
  return sizeOfTextData(data);
}

function namesOf(pairs: readonly TextPair[]): readonly string[] {
  return pairs.map(([name]) => name);
}
