/** Requests of replays: the HTTP half of one, to a worker's own HTTP server, or all of it, to a custom handler. */
import { request as sendRequest } from "node:http";
import type { Http1Header } from "@inspector/wire/http1-reader";

/** As it is to reach the worker; what concerns one connection only, or who is spoken to, is put right before it is sent. */
export type LegRequest = {
  readonly method: string;
  /** Path and query. */
  readonly target: string;
  /** One character a byte. */
  readonly headers: readonly Http1Header[];
  readonly body: Uint8Array | undefined;
};

export type LegResponse = {
  readonly status: number;
  readonly headers: readonly Http1Header[];
  /** As much of it as was to be kept. */
  readonly body: Uint8Array;
};

export type LegOptions = {
  /** Where the worker's server is: the capability HttpUri, or the recorder in front of it. */
  readonly uri: string;
  readonly invocationId: string;
  /** What the request is marked with; "x-ms-invocation-id" unless said otherwise. */
  readonly idHeader?: string;
  readonly request: LegRequest;
  readonly signal?: AbortSignal;
  /** Bytes of the answer's body that are kept, the rest is read and let go; {@link MAX_BODY_BYTES} unless said otherwise. */
  readonly keep?: number;
};

export const MAX_BODY_BYTES = 64 * 1024 * 1024;

/** What hosts call the id of an invocation towards a worker's own HTTP server, and towards custom handlers. */
const INVOCATION_ID = "x-ms-invocation-id";
export const HANDLER_INVOCATION_ID = "X-Azure-Functions-InvocationId";

/** Replaced by our own, or without meaning on another connection. */
const REPLACED = new Set(
  "host content-length transfer-encoding connection keep-alive proxy-connection te trailer upgrade expect".split(" "),
);

/**
 * Sends one request on a connection of its own and reads the whole answer.
 * @throws what the connection fails with, and the signal's reason
 */
export function sendHttpLeg({
  uri,
  invocationId,
  idHeader = INVOCATION_ID,
  request,
  signal,
  keep = MAX_BODY_BYTES,
}: LegOptions): Promise<LegResponse> {
  const { host, hostname, port } = new URL(uri);
  const has = (name: string): boolean => request.headers.some(([key]) => key.toLowerCase() === name);
  const isOwn = (name: string): boolean => REPLACED.has(name) || name === idHeader.toLowerCase();
  // The host marks every request to a worker's own server with where it came from, and the Node worker does not do without.
  const marks: readonly Http1Header[] =
    idHeader !== INVOCATION_ID
      ? []
      : [
          ["x-forwarded-host", host],
          ["x-forwarded-proto", "http"],
        ];
  const headers: readonly Http1Header[] = [
    ["host", host],
    [idHeader, invocationId],
    ...marks.filter(([name]) => !has(name)),
    ...request.headers.filter(([name]) => !isOwn(name.toLowerCase())),
    ...(request.body === undefined ? [] : [["content-length", String(request.body.length)] as const]),
    ["connection", "close"],
  ];
  return new Promise((resolve, reject) => {
    const outgoing = sendRequest({
      agent: false,
      host: hostname.replace(/^\[|\]$/gu, ""),
      port: port === "" ? 80 : Number(port),
      method: request.method,
      path: request.target,
      headers: headers.flat(),
      ...(signal !== undefined && { signal }),
    });
    outgoing.on("error", reject);
    outgoing.on("response", (response) => {
      const pieces: Buffer[] = [];
      let size = 0;
      response.on("data", (bytes: Buffer) => {
        if (size < keep) {
          pieces.push(bytes.subarray(0, keep - size));
        }
        size += bytes.length;
      });
      response.on("error", reject);
      response.on("end", () => {
        resolve({
          status: response.statusCode ?? 0,
          headers: pairsOf(response.rawHeaders),
          body: Buffer.concat(pieces),
        });
      });
    });
    outgoing.end(request.body);
  });
}

function pairsOf(raw: readonly string[]): Http1Header[] {
  return raw.flatMap((name, i): Http1Header[] => (i % 2 === 0 ? [[name, raw[i + 1] ?? ""]] : []));
}
