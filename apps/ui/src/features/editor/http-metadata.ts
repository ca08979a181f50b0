/** What a host says of a request a second time, in the trigger metadata: `Query`, `Headers`, and for some workers all of it. */
import type { ReplayHttpRequest } from "@inspector/contract/intervention";
import { isRecord, type JsonRecord, readRecord } from "../detail/reading.ts";
import { readMap } from "./http-edit.ts";
import { type Change, changesBetween, joinPairs, keyOf } from "./joined-pairs.ts";
import { type Path, valueAt, withValueAt } from "./message-parts.ts";
import { isSameMessage } from "./message-text.ts";
import { readTextData, writeTextData } from "./typed-text.ts";
import { queryPairs } from "./url-query.ts";

type Head = {
  readonly query: ReadonlyMap<string, string>;
  readonly headers: ReadonlyMap<string, string>;
};

const METADATA = ["invocationRequest", "triggerMetadata"];

/** The message with another http value at the path; of an input the trigger metadata goes with it, where it said the same. */
export function withHttpAt(message: unknown, path: Path, data: JsonRecord): unknown {
  const before = readRecord(valueAt(message, path))["http"];
  const next = withValueAt(message, path, data);
  if (path[1] !== "inputData") {
    return next;
  }
  const followed = withHeads(next, headOf(readRecord(before)), headOf(readRecord(data["http"])));
  return changeMetadata(followed, (value) =>
    "http" in value && isSameMessage(value["http"], before) ? { ...value, http: data["http"] } : value,
  );
}

/** The message that goes with an HTTP request beside the stream, once that is another one. */
export function withLegHead(message: unknown, before: ReplayHttpRequest, after: ReplayHttpRequest): unknown {
  return withHeads(message, headOfLeg(before), headOfLeg(after));
}

function headOf(http: JsonRecord): Head {
  return { query: new Map(readMap(http, "query")), headers: new Map(readMap(http, "headers")) };
}

function headOfLeg({ target, headers }: ReplayHttpRequest): Head {
  return { query: joinPairs(queryPairs(target), []), headers: joinPairs(headers, []) };
}

function withHeads(message: unknown, before: Head, after: Head): unknown {
  const query = changesBetween(before.query, after.query);
  const headers = changesBetween(before.headers, after.headers);
  if (query.length === 0 && headers.length === 0) {
    return message;
  }
  return changeMetadata(message, (value, name) => {
    if (name === "Query") {
      return withChanges(value, query);
    }
    return name === "Headers" ? withChanges(value, headers) : value;
  });
}

function changeMetadata(message: unknown, change: (value: JsonRecord, name: string) => JsonRecord): unknown {
  const before = Object.entries(readRecord(valueAt(message, METADATA)));
  const after = before.map(([name, value]) => [name, isRecord(value) ? change(value, name) : value] as const);
  if (after.every(([, value], at) => value === before[at]?.[1])) {
    return message;
  }
  return withValueAt(message, METADATA, Object.fromEntries(after));
}

/** A JSON map of texts with what it said of these names before replaced; what it said otherwise stays. */
function withChanges(value: JsonRecord, changes: readonly Change[]): JsonRecord {
  const data = readTextData(value);
  const map = data && readJsonMap(data.text);
  if (data === undefined || map === undefined || changes.length === 0) {
    return value;
  }
  const held = new Map(Object.entries(map));
  for (const { name, before, after } of changes) {
    const key = keyOf(name, [...held.keys()]);
    if (held.get(key) !== before) {
      continue;
    }
    if (after === undefined) {
      held.delete(key);
    } else {
      held.set(key, after);
    }
  }
  if (isSameMessage(Object.fromEntries(held), map)) {
    return value;
  }
  return writeTextData(value, { ...data, text: JSON.stringify(Object.fromEntries(held)) });
}

function readJsonMap(text: string): JsonRecord | undefined {
  try {
    const parsed: unknown = JSON.parse(text);
    const map = readRecord(parsed);
    return map === parsed ? map : undefined;
  } catch {
    return undefined;
  }
}
