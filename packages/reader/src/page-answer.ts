/** What a request of the page is answered with, wherever it is worked out. */
import { type ErrorCode, InspectorError, reasonOf } from "@inspector/contract/inspector-error";
import type { ErrorBody } from "@inspector/contract/page";

export type PageAnswer = {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | number>>;
  /** Absent where there is nothing to say, or where only the headers were asked for. */
  readonly body?: string | Uint8Array;
};

/** HTTP statuses of what a person can act on; 400 for every other code. */
const STATUSES: Readonly<Partial<Record<ErrorCode, number>>> = {
  "no-such-message": 404,
  "no-such-invocation": 404,
  "no-such-leg": 404,
  "no-such-map": 404,
  "no-such-session": 404,
  "not-found": 404,
  "no-such-stream": 404,
  "no-such-export": 404,
  "no-such-run": 404,
  "no-such-rule": 404,
  "not-live": 409,
  "stream-ended": 409,
  "not-replayable": 409,
  "relay-away": 409,
  "too-many": 409,
  "not-held": 409,
  "not-shown": 409,
  "session-in-use": 409,
  "session-live": 409,
  "session-open": 409,
  "session-waiting": 409,
  "name-taken": 409,
  "too-large": 413,
  "wrong-origin": 403,
  "wrong-host": 403,
  "wrong-token": 403,
  "not-json": 415,
  "method-not-allowed": 405,
  "not-built": 500,
  busy: 503,
  "took-too-long": 503,
};

const JSON_HEADERS = { "content-type": "application/json; charset=utf-8", "cache-control": "no-store" } as const;

export function jsonAnswer(value: unknown, status: 200 | 201 = 200): PageAnswer {
  return { status, headers: JSON_HEADERS, body: JSON.stringify(value) };
}

export const NOTHING: PageAnswer = { status: 204, headers: { "cache-control": "no-store" } };

export function errorAnswer(status: number, code: ErrorCode, message: string, hint?: string): PageAnswer {
  const body: ErrorBody = { error: { code, message, ...(hint !== undefined && { hint }) } };
  return { status, headers: JSON_HEADERS, body: JSON.stringify(body) };
}

/** 400 unless its code says otherwise. */
export function statusOf({ code }: InspectorError): number {
  return STATUSES[code] ?? 400;
}

/** The answer where the work for one has thrown. */
export function failureAnswer(error: unknown): PageAnswer {
  if (error instanceof InspectorError) {
    return errorAnswer(statusOf(error), error.code, error.message, error.hint);
  }
  if (error instanceof URIError) {
    return errorAnswer(400, "bad-name", "The name is not written as in an address");
  }
  return errorAnswer(500, "internal", reasonOf(error));
}
