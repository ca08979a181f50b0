/** The HTTP half of the contract in packages/session. */
import type { IncomingMessage, ServerResponse } from "node:http";
import { type ErrorBody, MAX_ROWS, type Queries, type SessionInfo } from "@inspector/session";
import { detailOf } from "./detail.ts";

/** Most bytes one request for a body is answered with, whatever range it asks for. */
const MAX_BYTES_ANSWERED = 16 * 1024 * 1024;

export type Api = (request: IncomingMessage, response: ServerResponse, url: URL) => void;

export function createApi(queries: Queries, session: () => SessionInfo): Api {
  return (request, response, url) => {
    if (request.method !== "GET" && request.method !== "HEAD") {
      return sendError(response, 405, "method-not-allowed", `${request.method} is not possible here`);
    }
    const path = url.pathname.slice("/api/".length);
    const [, seq, bytes] = /^messages\/(\d{1,15})(\/bytes)?$/u.exec(path) ?? [];
    if (path === "session") return sendJson(response, session());
    if (path === "events") return sendJson(response, queries.eventsAfter(integer(url, "after", 0)));
    if (path === "messages") return sendJson(response, messages(url));
    if (seq !== undefined && bytes !== undefined) return sendBytes(request, response, Number(seq));
    if (seq !== undefined) {
      const detail = detailOf(queries, Number(seq));
      return detail === undefined ? noMessage(response, seq) : sendJson(response, detail);
    }
    return sendError(response, 404, "not-found", `There is nothing at ${url.pathname}`);
  };

  function messages(url: URL): unknown {
    const seqs = url.searchParams.get("seqs");
    if (seqs !== null) return queries.messages(seqs.split(",").map(Number).filter(Number.isSafeInteger));
    return queries.messagesAfter(integer(url, "after", 0), integer(url, "limit", MAX_ROWS));
  }

  function sendBytes(request: IncomingMessage, response: ServerResponse, seq: number): void {
    const origin = queries.origin(seq);
    if (origin === undefined) return noMessage(response, String(seq));
    const size = queries.bodySize(origin.body);
    const range = rangeOf(request.headers.range, size);
    if (range === undefined) {
      response.setHeader("content-range", `bytes */${size}`);
      return sendError(response, 416, "range", `The message has ${size} bytes`);
    }
    const end = Math.min(range.end, range.start + MAX_BYTES_ANSWERED);
    const isPart = end - range.start < size;
    response.writeHead(isPart ? 206 : 200, {
      "content-type": "application/octet-stream",
      "content-disposition": `attachment; filename="message-${seq}.bin"`,
      "content-length": end - range.start,
      "accept-ranges": "bytes",
      ...(isPart && { "content-range": `bytes ${range.start}-${end - 1}/${size}` }),
    });
    response.end(queries.bodyBytes(origin.body, range.start, end));
  }
}

/** The whole where no range is asked for; undefined for a range that cannot be given. `end` is exclusive. */
function rangeOf(header: string | undefined, size: number): { start: number; end: number } | undefined {
  const match = /^bytes=(\d{1,15})-(\d{0,15})$/u.exec(header ?? "");
  if (match === null) return { start: 0, end: size };
  const start = Number(match[1]);
  const end = match[2] === "" ? size : Math.min(Number(match[2]) + 1, size);
  return start < end ? { start, end } : undefined;
}

function integer(url: URL, name: string, otherwise: number): number {
  const value = Number(url.searchParams.get(name) ?? otherwise);
  return Number.isSafeInteger(value) && value >= 0 ? value : otherwise;
}

function noMessage(response: ServerResponse, seq: string): void {
  sendError(response, 404, "no-such-message", `There is no message ${seq} in this session`);
}

function sendJson(response: ServerResponse, value: unknown): void {
  const body = JSON.stringify(value);
  response.writeHead(200, { "content-type": "application/json; charset=utf-8", "cache-control": "no-store" });
  response.end(body);
}

export function sendError(
  response: ServerResponse,
  status: number,
  code: string,
  message: string,
  hint?: string,
): void {
  const body: ErrorBody = { error: { code, message, ...(hint !== undefined && { hint }) } };
  response.writeHead(status, { "content-type": "application/json; charset=utf-8", "cache-control": "no-store" });
  response.end(JSON.stringify(body));
}
