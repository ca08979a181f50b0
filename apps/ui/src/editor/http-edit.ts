import { type JsonRecord, readPairs, readRecord, readText, type TextPair } from "../detail/reading.ts";
import { bytesOfText, readTextData, textOfBytes, writeTextData } from "./typed-text.ts";

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
  if (!usesNullable(http, map)) return { ...http, [map]: Object.fromEntries(pairs) };
  const known = readRecord(http[NULLABLE[map]]);
  const values = pairs.map(([name, value]) => {
    const was = readRecord(known[name]);
    // A value that is not set reads as an empty text: it stays what it was.
    return [name, value === "" && name in known && !("value" in was) ? was : { value }] as const;
  });
  return { ...http, [NULLABLE[map]]: Object.fromEntries(values) };
}

function usesNullable(http: JsonRecord, map: HttpMap): boolean {
  const isFilled = (name: string) => Object.keys(readRecord(http[name])).length > 0;
  if (isFilled(map) || isFilled(NULLABLE[map])) return isFilled(NULLABLE[map]);
  return Object.values(NULLABLE).some(isFilled);
}

/** Another query, in its map and in the URL. */
export function withQuery(http: JsonRecord, pairs: readonly TextPair[]): JsonRecord {
  const next = writeMap(http, "query", pairs);
  const url = readText(http["url"]);
  if (url === undefined) return next;
  const [, base = "", fragment = ""] = /^([^?#]*)(?:\?[^#]*)?(#.*)?$/s.exec(url) ?? [];
  const search = pairs.map(([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(value)}`).join("&");
  return { ...next, url: `${base}${search === "" ? "" : `?${search}`}${fragment}` };
}

/** Another URL, and the query map that belongs to it; the map is left alone where the URL's query is what it was. */
export function withUrl(http: JsonRecord, url: string): JsonRecord {
  const next = { ...http, url };
  const before = queryOf(readText(http["url"]) ?? "");
  const after = queryOf(url);
  return JSON.stringify(before) === JSON.stringify(after) ? next : writeMap(next, "query", after);
}

function queryOf(url: string): readonly TextPair[] {
  const search = /\?([^#]*)/.exec(url)?.[1] ?? "";
  return [...new URLSearchParams(search)];
}

/** Another body; a raw body that says the same in bytes or text goes with it. */
export function withBody(http: JsonRecord, body: JsonRecord): JsonRecord {
  const raw = readTextData(http["rawBody"]);
  const data = readTextData(body);
  if (raw === undefined || data === undefined) return { ...http, body };
  const text = data.case === "bytes" ? textOfBytes(data.text) : data.text;
  const base64 = data.case === "bytes" ? data.text : bytesOfText(data.text);
  const rawText = raw.case === "bytes" ? base64 : (text ?? "");
  return { ...http, body, rawBody: writeTextData(http["rawBody"], { case: raw.case, text: rawText }) };
}
