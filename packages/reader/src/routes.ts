/** The HTTP half of the contract: what is asked of sessions, and what is changed about them. */
import { InspectorError } from "@inspector/contract/inspector-error";
import {
  type FacetCounts,
  type LinePage,
  MAX_ROWS,
  type OpenedSession,
  type PartlySearched,
  type Seq,
  type SessionLabels,
  SORT_KEYS,
  type SortedInvocations,
} from "@inspector/contract/page";
import { compileFilter, compileInvocationFilter } from "@inspector/filter/compile";
import type { Filter } from "@inspector/filter/filter";
import { parseFilter } from "@inspector/filter/parse";
import { countFacets } from "@inspector/session/facets";
import { neighbouringCalls } from "@inspector/session/neighbouring-calls";
import { MAX_BUCKETS } from "@inspector/session/overview";
import type { Queries } from "@inspector/session/queries";
import { sortedInvocations } from "@inspector/session/sorted-invocations";
import { partlySearched } from "@inspector/session/text/partly-searched";
import { bytesAnswer, type StoredBody, type Wanted } from "./body.ts";
import { detailOf } from "./detail.ts";
import { failureOf } from "./failure.ts";
import { type FindQuestion, findInMessage } from "./find.ts";
import { failureAnswer, jsonAnswer, NOTHING, type PageAnswer } from "./page-answer.ts";
import type { PageRequest } from "./page-request.ts";
import type { ReadSession, ReadSessions } from "./read-session.ts";
import { createRouter } from "./router.ts";

type Asked = {
  readonly sessions: ReadSessions;
  readonly parameters: URLSearchParams;
  readonly wanted: Wanted;
  readonly body: unknown;
};

const ROUTER = createRouter<Asked, PageAnswer>([
  ["GET", "session", (asked) => jsonAnswer(sessionOf(asked).info())],
  ["GET", "events", (asked) => jsonAnswer(sessionOf(asked).queries.eventsAfter(count(asked, "after", 0)))],
  ["GET", "messages", (asked) => jsonAnswer(messages(asked))],
  ["GET", "messages/:seq", message],
  ["GET", "messages/:seq/bytes", messageBytes],
  [
    "GET",
    "messages/:seq/find",
    (asked, seq) => jsonAnswer(findInMessage(sessionOf(asked), idIn(seq), question(asked))),
  ],
  ["GET", "messages/:seq/memory/:name", sharedMemory],
  [
    "GET",
    "lines",
    (asked) => jsonAnswer({ rows: sessionOf(asked).lines.rows(numbers(asked, "numbers")) } satisfies LinePage),
  ],
  ["GET", "invocations", (asked) => jsonAnswer(sessionOf(asked).invocations.rows(numbers(asked, "ids")))],
  ["GET", "invocations/sorted", (asked) => jsonAnswer(sorted(asked))],
  ["GET", "facets", (asked) => jsonAnswer(facets(asked))],
  ["GET", "invocations/:id", invocation],
  ["GET", "invocations/:id/neighbours", neighbours],
  ["GET", "invocations/:id/failure", failure],
  ["GET", "http", (asked) => jsonAnswer(sessionOf(asked).strayHttp())],
  ["GET", "http/:id/request", (asked, id) => httpBody(asked, id, "request")],
  ["GET", "http/:id/response", (asked, id) => httpBody(asked, id, "response")],
  ["GET", "functions", (asked) => jsonAnswer(sessionOf(asked).functions())],
  ["GET", "functions/totals", (asked) => jsonAnswer(sessionOf(asked).functionTotals())],
  [
    "GET",
    "functions/errors",
    (asked) => jsonAnswer(sessionOf(asked).functionErrors(asked.parameters.get("name") ?? "")),
  ],
  ["GET", "workers", (asked) => jsonAnswer(sessionOf(asked).workers())],
  ["GET", "problems", (asked) => jsonAnswer(sessionOf(asked).problems())],
  ["GET", "seen", (asked) => jsonAnswer(sessionOf(asked).seen())],
  ["GET", "partly-searched", (asked) => jsonAnswer(leftOut(asked))],
  ["GET", "overview", (asked) => jsonAnswer(overview(asked))],
  ["GET", "sessions", ({ sessions }) => jsonAnswer(sessions.list())],
  ["GET", "sessions/:name/functions", ({ sessions }, name) => jsonAnswer(sessions.named(name).functions())],
  ["POST", "sessions/:name/open", openOther],
  ["POST", "sessions/:name/rename", ({ sessions, body }, name) => jsonAnswer(sessions.rename(name, newNameIn(body)))],
  ["POST", "sessions/:name/label", ({ sessions, body }, name) => jsonAnswer(sessions.label(name, labelsIn(body)))],
  ["DELETE", "sessions/:name", remove],
]);

/** Never throws: what goes wrong is an answer too. */
export function answerPage(sessions: ReadSessions, { method, path, query, range, body }: PageRequest): PageAnswer {
  try {
    const parameters = new URLSearchParams(query);
    return ROUTER.find(method, path)({ sessions, parameters, wanted: { range, isHeadOnly: method === "HEAD" }, body });
  } catch (error) {
    return failureAnswer(error);
  }
}

function sessionOf({ sessions, parameters }: Asked): ReadSession {
  return sessions.named(parameters.get("session"));
}

function messages(asked: Asked): unknown {
  const { queries } = sessionOf(asked);
  if (asked.parameters.has("seqs")) {
    return queries.messages(numbers(asked, "seqs"));
  }
  return queries.messagesAfter(count(asked, "after", 0), count(asked, "limit", MAX_ROWS));
}

function message(asked: Asked, number: string): PageAnswer {
  const seq = idIn(number);
  const detail = detailOf(sessionOf(asked), seq, asked.parameters.get("memory") === "inline");
  if (detail === undefined) {
    throw noMessage(seq);
  }
  return jsonAnswer(detail);
}

function messageBytes(asked: Asked, number: string): PageAnswer {
  const seq = idIn(number);
  const { queries } = sessionOf(asked);
  const row = queries.message(seq);
  const origin = queries.origin(seq);
  if (row === undefined || origin === undefined) {
    throw noMessage(seq);
  }
  const stored = row.isBodyDropped ? undefined : { body: origin.body, size: row.size };
  return bytesAnswer(queries, asked.wanted, stored, `message-${seq}.bin`);
}

function sharedMemory(asked: Asked, number: string, name: string): PageAnswer {
  const { queries } = sessionOf(asked);
  const map = queries.sharedMemory.find(idIn(number), name);
  if (map === undefined) {
    throw new InspectorError("no-such-map", `Message ${number} names no shared memory of that name`);
  }
  return bytesAnswer(queries, asked.wanted, storedIn(queries, map.body), `memory-${number}.bin`);
}

function invocation(asked: Asked, number: string): PageAnswer {
  const id = idIn(number);
  const detail = sessionOf(asked).invocations.detail(id);
  if (detail === undefined) {
    throw noInvocation(id);
  }
  return jsonAnswer(detail);
}

function neighbours(asked: Asked, number: string): PageAnswer {
  const id = idIn(number);
  const found = neighbouringCalls(sessionOf(asked).database, id);
  if (found === undefined) {
    throw noInvocation(id);
  }
  return jsonAnswer(found);
}

function failure(asked: Asked, number: string): PageAnswer {
  const found = failureOf(sessionOf(asked), idIn(number));
  if (found === undefined) {
    throw new InspectorError("no-such-invocation", `There is no invocation ${number} that failed in this session`);
  }
  return jsonAnswer(found);
}

function noInvocation(id: number): InspectorError {
  return new InspectorError("no-such-invocation", `There is no invocation or step ${id} in this session`);
}

function httpBody(asked: Asked, number: string, of: "request" | "response"): PageAnswer {
  const id = idIn(number);
  const { invocations, queries } = sessionOf(asked);
  if (!invocations.httpLegs.has(id)) {
    throw new InspectorError("no-such-leg", `There is no HTTP request ${id} in this session`);
  }
  return bytesAnswer(
    queries,
    asked.wanted,
    storedIn(queries, invocations.httpLegs.body(id, of)),
    `http-${id}-${of}.bin`,
  );
}

function question(asked: Asked): FindQuestion {
  const { parameters } = asked;
  const where = parameters.get("where") === "bytes" ? "bytes" : "document";
  return { text: parameters.get("text") ?? "", where, from: count(asked, "from", 0) };
}

/** The body of a number, of HTTP or of shared memory; undefined where there is nothing, in no bytes. */
function storedIn(queries: Queries, body: number | undefined): StoredBody | undefined {
  return body === undefined ? undefined : { body, size: queries.bodySize(body) };
}

function sorted(asked: Asked): SortedInvocations {
  const { parameters } = asked;
  const by = SORT_KEYS.find((key) => key === parameters.get("by"));
  if (by === undefined) {
    throw new InspectorError("bad-parameter", `by takes one of ${SORT_KEYS.join(", ")}`);
  }
  const { database, text } = sessionOf(asked);
  const condition = compileInvocationFilter(filterIn(asked), { scope: "all", textSearch: text?.search(0) });
  return sortedInvocations(database, condition, { by, isDescending: parameters.get("descending") === "1" });
}

function facets(asked: Asked): FacetCounts {
  const filter = filterIn(asked);
  const { database, text } = sessionOf(asked);
  const after = count(asked, "after", 0);
  const textSearch = (from: Seq) => text?.search(from);
  if (asked.parameters.get("list") === "messages") {
    const condition = (from: Seq) => compileFilter(filter, { textSearch: textSearch(from) });
    return countFacets(database, { list: "messages", condition }, after);
  }
  const condition = (from: Seq) => compileInvocationFilter(filter, { scope: "few", textSearch: textSearch(from) });
  return countFacets(database, { list: "invocations", condition }, after);
}

function leftOut(asked: Asked): PartlySearched {
  return partlySearched(sessionOf(asked).database, filterIn(asked));
}

function filterIn({ parameters }: Asked): Filter {
  const parsed = parseFilter(parameters.get("filter") ?? "");
  if (!parsed.ok) {
    throw new InspectorError("bad-parameter", parsed.message);
  }
  return parsed.filter;
}

function overview(asked: Asked): unknown {
  const { parameters } = asked;
  return sessionOf(asked).overview({
    buckets: Math.min(count(asked, "buckets", 600), MAX_BUCKETS),
    ...(parameters.has("from") && { from: count(asked, "from", 0) }),
    ...(parameters.has("to") && { to: count(asked, "to", 0) }),
  });
}

function openOther({ sessions }: Asked, name: string): PageAnswer {
  sessions.named(name);
  return jsonAnswer({ name } satisfies OpenedSession);
}

function remove({ sessions }: Asked, name: string): PageAnswer {
  sessions.remove(name);
  return NOTHING;
}

function newNameIn(body: unknown): string {
  if (typeof body === "object" && body !== null && "name" in body && typeof body.name === "string") {
    return body.name;
  }
  throw new InspectorError("bad-body", 'The new name is missing: {"name": "…"}');
}

function labelsIn(body: unknown): SessionLabels {
  const given = typeof body === "object" && body !== null ? Object.entries(body) : [];
  const labels = given.filter(([key, value]) => (key === "title" || key === "note") && typeof value === "string");
  if (labels.length === 0 || labels.length < given.length) {
    throw new InspectorError("bad-body", 'Labels are texts: {"title": "…", "note": "…"}');
  }
  return Object.fromEntries(labels);
}

/** The number in a path. */
function idIn(text: string): number {
  if (/^\d{1,15}$/u.test(text)) {
    return Number(text);
  }
  throw new InspectorError("bad-id", `"${text.slice(0, 50)}" is not a number of this session`);
}

function numbers({ parameters }: Asked, name: string): number[] {
  const list = (parameters.get(name) ?? "").split(",");
  return list.filter((text) => /^\d{1,15}$/u.test(text)).map(Number);
}

function count({ parameters }: Asked, name: string, otherwise: number): number {
  const text = parameters.get(name);
  if (text === null) {
    return otherwise;
  }
  if (/^\d{1,15}$/u.test(text)) {
    return Number(text);
  }
  throw new InspectorError("bad-parameter", `${name} takes a number, not "${text.slice(0, 50)}"`);
}

function noMessage(seq: number): InspectorError {
  return new InspectorError("no-such-message", `There is no message ${seq} in this session`);
}
