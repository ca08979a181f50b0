import type { ServerResponse } from "node:http";
import type { InspectorError } from "@inspector/contract/inspector-error";
import type { ErrorBody } from "@inspector/contract/page";

export function sendJson(response: ServerResponse, value: unknown, status: 200 | 201 = 200): void {
  write(response, status, value);
}

export function sendError(
  response: ServerResponse,
  status: number,
  code: string,
  message: string,
  hint?: string,
): void {
  const body: ErrorBody = { error: { code, message, ...(hint !== undefined && { hint }) } };
  write(response, status, body);
}

const STATUSES: Readonly<Record<string, number>> = {
  "no-such-message": 404,
  "no-such-invocation": 404,
  "no-such-leg": 404,
  "no-such-map": 404,
  "no-such-session": 404,
  "not-found": 404,
  "no-such-stream": 404,
  "no-such-run": 404,
  "no-such-rule": 404,
  "not-live": 409,
  "stream-ended": 409,
  "not-replayable": 409,
  "relay-away": 409,
  "too-many": 409,
  "not-held": 409,
  "not-shown": 409,
  "session-live": 409,
  "session-open": 409,
  "name-taken": 409,
  "too-large": 413,
  "wrong-origin": 403,
  "wrong-host": 403,
  "wrong-token": 403,
  "not-json": 415,
  "method-not-allowed": 405,
};

/** 400 unless its code says otherwise. */
export function statusOf({ code }: InspectorError): number {
  return STATUSES[code] ?? 400;
}

/** What a person can act on. */
export function sendInspectorError(response: ServerResponse, error: InspectorError): void {
  sendError(response, statusOf(error), error.code, error.message, error.hint);
}

function write(response: ServerResponse, status: number, value: unknown): void {
  response.writeHead(status, { "content-type": "application/json; charset=utf-8", "cache-control": "no-store" });
  response.end(JSON.stringify(value));
}
