/**
 * Messages as lines of JSON: what `inspector export --format ndjson` writes, and what grpc-dump does, in both of its forms (one
 * object for a call, or one for its beginning, each message and its end).
 * @see https://github.com/bradleyjkemp/grpc-tools, internal/dump.go and internal/dump_format/format.go
 */

import { EVENT_STREAM_PATHS } from "@inspector/proto";
import type { Side } from "@inspector/wire/frames";
import type { Header } from "../http2-frames.ts";
import { Calls } from "./calls.ts";
import { FramedCall, type FramedMessage } from "./framed-call.ts";
import type { ImportedSession } from "./imported-session.ts";
import { bytesIn, isObject, type JsonObject, listIn, numberIn, objectIn, textIn } from "./lines-reader.ts";
import type { RecordImport } from "./record-import.ts";
import type { SessionRestore } from "./session-restore.ts";

const [PATH = ""] = EVENT_STREAM_PATHS;

/** Lines of `inspector export --format session-ndjson`: all of a session. */
export class SessionLinesImport implements RecordImport<JsonObject> {
  readonly explanation = "it has no line with a message";
  readonly #session: ImportedSession;
  readonly #restore: SessionRestore;

  constructor(session: ImportedSession) {
    this.#session = session;
    this.#restore = session.restore();
  }

  get remark(): string | undefined {
    return this.#restore.isEnded ? undefined : "it is cut off: what stands before that was read";
  }

  add(line: JsonObject): void {
    this.#restore.add(line);
    this.#session.countPush(textIn(line, "bytes").length);
  }

  finish(): void {}
}

/** Lines that `inspector export` wrote. Of what stands beside messages they say nothing. */
export class MessageLinesImport implements RecordImport<JsonObject> {
  readonly explanation = "it has no line with a message";
  readonly remark = "its lines tell of messages only: `--format session-ndjson` keeps all of a session";
  readonly #session: ImportedSession;
  readonly #startedAt: bigint;
  readonly #calls = new Calls();
  #lastAt = 0;

  /** @param startedAt when the session began, which the lines do not say */
  constructor(session: ImportedSession, startedAt: bigint) {
    this.#session = session;
    this.#startedAt = startedAt;
  }

  add(line: JsonObject): void {
    const at = this.#session.time(this.#startedAt + BigInt(Math.round(numberIn(line, "at"))));
    this.#lastAt = at;
    const bytes = bytesIn(line, "bytes");
    const id = numberIn(line, "stream");
    const call =
      this.#calls.get(id) ??
      this.#calls.set(id, new FramedCall(this.#session, { server: "", path: PATH, metadata: [], at }), at);
    const length = Math.max(lengthOf(numberIn(line, "size")), bytes.length);
    call.message(line["from"] === "host" ? "host" : "worker", { bytes, length }, at);
  }

  finish(): void {
    this.#calls.end(this.#lastAt);
  }
}

/** gRPC's prefix has 32 bits for it. */
function lengthOf(size: number): number {
  return Number.isInteger(size) && size >= 0 && size <= 0xffff_ffff ? size : 0;
}

export class GrpcDumpImport implements RecordImport<JsonObject> {
  readonly explanation = "it has no line with a message";
  readonly #session: ImportedSession;
  readonly #calls = new Calls();
  #lastAt = 0;

  constructor(session: ImportedSession) {
    this.#session = session;
  }

  add(line: JsonObject): void {
    if ("messages" in line) {
      this.#addWhole(line);
      return;
    }
    const at = this.#time(textIn(line, "timestamp"));
    const id = numberIn(line, "id");
    switch (line["type"]) {
      case "rpc":
        this.#calls.set(id, this.#begin(line, at), at);
        return;
      case "message":
        this.#calls.get(id)?.message(sideOf(textIn(line, "origin")), wholeMessage(bytesIn(line, "raw")), at);
        return;
      case "status":
        this.#calls.get(id)?.trailers(statusOf(textIn(line, "code")), textIn(line, "message"), [], at);
        return;
      default:
    }
  }

  finish(): void {
    this.#calls.end(this.#lastAt);
  }

  #addWhole(line: JsonObject): void {
    const messages = listIn(line, "messages").filter(isObject);
    const call = this.#begin(line, this.#time(textIn(messages[0] ?? {}, "timestamp")));
    call.answer(headersIn(line, "metadata_response_headers"), this.#lastAt);
    for (const message of messages) {
      const at = this.#time(textIn(message, "timestamp"));
      call.message(sideOf(textIn(message, "message_origin")), wholeMessage(bytesIn(message, "raw_message")), at);
    }
    const error = objectIn(line, "error") ?? {};
    const trailers = headersIn(line, "metadata_response_trailers");
    call.trailers(statusOf(textIn(error, "code")), textIn(error, "message"), trailers, this.#lastAt);
  }

  #begin(line: JsonObject, at: number): FramedCall {
    const path = `/${textIn(line, "service")}/${textIn(line, "method")}`;
    const [authority] = listIn(objectIn(line, "metadata") ?? {}, ":authority");
    const server = typeof authority === "string" ? authority : "";
    return new FramedCall(this.#session, { server, path, metadata: headersIn(line, "metadata"), at });
  }

  /** What has no time, as files that somebody wrote by hand have none, is where the last thing was. */
  #time(text: string): number {
    const at = nanosOf(text);
    this.#lastAt = at === undefined ? this.#lastAt : this.#session.time(at);
    return this.#lastAt;
  }
}

/** A time as Go writes it (RFC 3339, with up to nine digits of a second), in nanoseconds since the Unix epoch. */
function nanosOf(text: string): bigint | undefined {
  const [, whole = "", fraction = "", zone = ""] =
    /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.(\d{1,9}))?(Z|[+-]\d\d:\d\d)$/u.exec(text) ?? [];
  const milliseconds = Date.parse(whole + zone);
  // 0001-01-01 is how Go writes that there is none.
  return Number.isNaN(milliseconds) || milliseconds < 0
    ? undefined
    : BigInt(milliseconds) * 1_000_000n + BigInt(fraction.padEnd(9, "0"));
}

function wholeMessage(bytes: Uint8Array): FramedMessage {
  return { bytes, length: bytes.length };
}

function sideOf(origin: string): Side {
  return origin === "server" ? "host" : "worker";
}

function headersIn(line: JsonObject, key: string): Header[] {
  return Object.entries(objectIn(line, key) ?? {}).flatMap(([name, values]) =>
    (Array.isArray(values) ? values : []).flatMap((value): Header[] =>
      typeof value === "string" ? [[name, value]] : [],
    ),
  );
}

/** Names of status codes as Go writes them, at their numbers. */
const STATUSES = [
  "OK",
  "Canceled",
  "Unknown",
  "InvalidArgument",
  "DeadlineExceeded",
  "NotFound",
  "AlreadyExists",
  "PermissionDenied",
  "ResourceExhausted",
  "FailedPrecondition",
  "Aborted",
  "OutOfRange",
  "Unimplemented",
  "Internal",
  "Unavailable",
  "DataLoss",
  "Unauthenticated",
];
const UNKNOWN_STATUS = 2;

function statusOf(name: string): number {
  const number = name === "" ? 0 : STATUSES.indexOf(name);
  return number < 0 ? UNKNOWN_STATUS : number;
}
