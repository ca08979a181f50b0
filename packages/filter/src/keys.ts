import type { ChoiceKey, CompareKey, MatchKey } from "./filter.ts";
import { DURATION, SIZE, type Units } from "./quantity.ts";

export type Choice = { readonly name: string; readonly detail: string; readonly aliases?: readonly string[] };

/** What a key is for, and what may stand behind its colon. */
export type Key = { readonly detail: string; readonly example: string } & (
  | { readonly type: "match"; readonly name: MatchKey }
  | { readonly type: "choice"; readonly name: ChoiceKey; readonly choices: readonly Choice[] }
  | { readonly type: "compare"; readonly name: CompareKey; readonly units: Units }
  | { readonly type: "compare"; readonly name: CompareKey; readonly choices: readonly Choice[] }
);

/** In the order of the contract's numbers. */
export const LEVELS: readonly Choice[] = [
  { name: "trace", detail: "0, the finest" },
  { name: "debug", detail: "1" },
  { name: "information", detail: "2", aliases: ["info"] },
  { name: "warning", detail: "3", aliases: ["warn"] },
  { name: "error", detail: "4" },
  { name: "critical", detail: "5", aliases: ["fatal"] },
  { name: "none", detail: "6, no level at all: neither above nor below the others" },
];

/** The number of level None, with which Python logs what is below DEBUG. */
export const LEVEL_NONE = LEVELS.findIndex(({ name }) => name === "none");

/** In the order of the contract's numbers. */
export const STATUSES: readonly Choice[] = [
  { name: "failed", detail: "the worker answered with Failure", aliases: ["failure", "fail"] },
  { name: "success", detail: "the worker answered with Success", aliases: ["succeeded", "ok"] },
  { name: "cancelled", detail: "the worker answered with Cancelled", aliases: ["canceled"] },
];

const SIDES: readonly Choice[] = [
  { name: "host", detail: "from the host" },
  { name: "worker", detail: "from the worker" },
];

const TRAITS: readonly Choice[] = [
  { name: "error", detail: "a failed answer, an HTTP status of 500 or more, or a log of level error or critical" },
  { name: "log", detail: "a line of a log" },
  { name: "system", detail: "a log of the worker's own, of category System" },
  { name: "request", detail: "asks for an answer" },
  { name: "response", detail: "answers a request" },
  { name: "empty", detail: "an envelope without content" },
  { name: "unknown", detail: "content that the contract does not know" },
  { name: "undecodable", detail: "bytes that are no StreamingMessage" },
  { name: "compressed", detail: "crossed compressed" },
  { name: "truncated", detail: "the stream ended before the message was complete" },
  { name: "damaged", detail: "bytes that a strict parser refuses: cut fields, text that is not UTF-8" },
  { name: "dropped", detail: "the body was given up to save space" },
  { name: "inflight", detail: "of an invocation that is not answered yet", aliases: ["in-flight"] },
  { name: "lost", detail: "of an invocation whose stream ended without an answer or a cancel" },
  { name: "cancelled", detail: "of an invocation that was cancelled before it was answered", aliases: ["canceled"] },
  { name: "retried", detail: "of an invocation that repeats a failed one" },
  { name: "orphan", detail: "of an invocation whose request was not seen, or an answer that nobody waited for" },
  { name: "late", detail: "a log behind the answer, which the host drops" },
  { name: "replayed", detail: "of an invocation that the inspector sent" },
  { name: "edited", detail: "changed on its way by the inspector, or the request of an edited replay" },
  { name: "held", detail: "held on its way by the inspector" },
  { name: "swallowed", detail: "kept from the other side, as the answer to a replay" },
  {
    name: "duplicate",
    detail: "an answer behind the first, of an invocation or a step, or a request that was sent before",
  },
];

/** Statuses of HTTP answers by their first digit, as they stand behind `http:` and `status:`. */
export const HTTP_CLASSES: readonly Choice[] = [
  { name: "5xx", detail: "HTTP: the server failed" },
  { name: "4xx", detail: "HTTP: the request was at fault" },
  { name: "3xx", detail: "HTTP: found elsewhere" },
  { name: "2xx", detail: "HTTP: all went well" },
];

/** A number without a unit: a stream's, or an HTTP status. */
const COUNT: Units = [["", 1]];

export const KEYS: readonly Key[] = [
  { type: "match", name: "kind", detail: "kind of message", example: "kind:invocation*" },
  { type: "match", name: "fn", detail: "name of the function", example: "fn:Order*" },
  { type: "choice", name: "status", detail: "how it ended", example: "status:failed", choices: STATUSES },
  { type: "compare", name: "http", detail: "status of the HTTP answer", example: "http:5xx", units: COUNT },
  { type: "match", name: "trigger", detail: "type of the function's trigger", example: "trigger:http*" },
  { type: "match", name: "worker", detail: "start of the worker's id, or its runtime", example: "worker:node" },
  { type: "choice", name: "side", detail: "who sent it", example: "side:worker", choices: SIDES },
  { type: "compare", name: "level", detail: "level of a log", example: "level:>=warning", choices: LEVELS },
  { type: "match", name: "id", detail: "start of an invocation, request or function id", example: "id:7f3c" },
  { type: "compare", name: "dur", detail: "how long the invocation took", example: "dur:>2s", units: DURATION },
  { type: "compare", name: "size", detail: "size of the message", example: "size:>1mb", units: SIZE },
  { type: "choice", name: "is", detail: "what is special about it", example: "is:error", choices: TRAITS },
  { type: "compare", name: "at", detail: "time since the session began", example: "at:10s..20s", units: DURATION },
  { type: "compare", name: "stream", detail: "number of the stream", example: "stream:1", units: COUNT },
  { type: "match", name: "category", detail: "category of a log", example: "category:Function.*" },
  { type: "match", name: "text", detail: "in the line shown for the message", example: 'text:"not found"' },
];

const BY_NAME: ReadonlyMap<string, Key> = new Map(KEYS.map((key) => [key.name, key]));

export const KEY_NAMES: readonly string[] = KEYS.map((key) => key.name);

/** @param name in any case */
export function findKey(name: string): Key | undefined {
  return BY_NAME.get(name.toLowerCase());
}

/** @param name the choice's name or an alias, in any case */
export function findChoice(choices: readonly Choice[], name: string): Choice | undefined {
  const lower = name.toLowerCase();
  return choices.find((choice) => choice.name === lower || choice.aliases?.includes(lower));
}
