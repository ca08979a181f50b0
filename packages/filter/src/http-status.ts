/**
 * The status of an HTTP answer. The worker's own word for how an invocation ended (Success) is another thing: a function that
 * answers 500 succeeded, as far as its worker is concerned.
 *
 * An answer's line is its status code where it is an RpcHttp, see `lineOf` in packages/proto/src/head-line.ts. Three digits may
 * also be what another function returned, so an answer of a function whose trigger is known and not http has no status.
 * Where host and worker speak HTTP beside the stream (capability HttpUri), the status is that of the request there.
 */
import { KIND } from "@inspector/proto";

/** From here on a status is the server's failure. */
export const SERVER_ERROR = 500;

const SUCCESS = 1;
const THREE_DIGITS = "GLOB '[1-5][0-9][0-9]'";

/** On an SQL row of `invocation` under an alias: its function is known to be triggered by something else. */
export function isOfOtherTrigger(alias: string): string {
  return `EXISTS (SELECT 1 FROM function f WHERE f.stream = ${alias}.stream AND f.function_id = ${alias}.function_id AND f."trigger" NOT LIKE 'http%')`;
}

/** On row `i` of `invocation`: the request beside the stream that belongs to this use of its id. */
const OF_LEG = `(SELECT h.status FROM http_leg h WHERE i.invocation_id <> '' AND h.invocation_id = i.invocation_id
  AND i.attempt = (SELECT count(*) FROM http_leg l WHERE l.invocation_id = h.invocation_id AND l.id <= h.id))`;

/** On row `i` of `invocation`: the status that its answer on the stream carries, NULL where it carries none. */
export const LINE_STATUS = `CASE WHEN i.status = ${SUCCESS} AND i.result ${THREE_DIGITS} AND NOT ${isOfOtherTrigger("i")}
  THEN CAST(i.result AS INTEGER) END`;
/** On row `i` of `invocation`: the status of its HTTP answer, NULL where it has none. */
export const HTTP_STATUS = `ifnull(${OF_LEG}, ${LINE_STATUS})`;

/** On row `i` of `invocation`: its HTTP answer is a server error. */
export const IS_SERVER_ERROR = `ifnull(${HTTP_STATUS} >= ${SERVER_ERROR}, 0)`;

/** On row `m` of `message`: the status that it carries itself, NULL where it is no HTTP answer. */
export const MESSAGE_HTTP_STATUS = `CASE WHEN m.kind = ${KIND.invocationResponse} AND m.status = ${SUCCESS} AND m.text ${THREE_DIGITS}
  AND NOT EXISTS (SELECT 1 FROM invocation o WHERE o.id = m.invocation AND ${isOfOtherTrigger("o")}) THEN CAST(m.text AS INTEGER) END`;

/** An invocation that, as its worker says, succeeded, in answering so. */
export function isServerErrorOf({ state, httpStatus = 0 }: AnsweredRow): boolean {
  return state === "success" && httpStatus >= SERVER_ERROR;
}

type AnsweredRow = { readonly state: string; readonly httpStatus?: number };

type AnswerFacts = {
  readonly kind: number;
  readonly status?: number | undefined;
  readonly text?: string | undefined;
};

/** As {@link MESSAGE_HTTP_STATUS}. @param trigger of the function, undefined where it is not known */
export function httpStatusOf(
  { kind, status, text = "" }: AnswerFacts,
  trigger: string | undefined,
): number | undefined {
  const isAnswer = kind === KIND.invocationResponse && status === SUCCESS && /^[1-5]\d\d$/.test(text);
  return isAnswer && /^http/i.test(trigger ?? "http") ? Number(text) : undefined;
}
