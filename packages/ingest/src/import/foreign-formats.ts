/** The formats that sessions are made of. */
import { decodeUtf8 } from "@inspector/proto";
import { createBinaryLogReader } from "./binary-log.ts";
import { createCaptureReader } from "./capture-reader.ts";
import { BinaryLogImport } from "./import-binary-log.ts";
import { CaptureImport } from "./import-capture.ts";
import { GrpcDumpImport, MessageLinesImport, SessionLinesImport } from "./import-lines.ts";
import type { ImportedSession } from "./imported-session.ts";
import { LinesReader } from "./lines-reader.ts";
import { type FileImport, importRecords } from "./record-import.ts";

export type ImportOptions = {
  /** Port of the host in a capture; undefined for all HTTP/2 connections. */
  readonly port?: number | undefined;
};

export type ForeignFormat = {
  /** For people: "a capture". */
  readonly kind: string;
  /** @param modifiedAt of the file, in nanoseconds since the Unix epoch */
  begin(session: ImportedSession, options: ImportOptions, modifiedAt: bigint): FileImport;
};

/** @param head the first bytes of a file. @returns undefined where they begin none of these */
export function findFormat(head: Uint8Array): ForeignFormat | undefined {
  const capture = createCaptureReader(head);
  if (capture !== undefined) {
    return {
      kind: "a capture",
      begin: (session, { port }) => importRecords(capture, new CaptureImport(session, { port })),
    };
  }
  const log = createBinaryLogReader(head);
  if (log !== undefined) {
    return {
      kind: "a gRPC binary log",
      begin: (session) => importRecords(log, new BinaryLogImport(session)),
    };
  }
  return linesFormat(decodeUtf8(head.subarray(0, LINES_HEAD_BYTES)));
}

/** What tells stands in front. */
const LINES_HEAD_BYTES = 4096;

/** Without parsing it: a line may be larger than what is there of it. */
function linesFormat(head: string): ForeignFormat | undefined {
  if (head.startsWith('{"inspector":"session"')) {
    return {
      kind: "a session as lines",
      begin: (session) => importRecords(new LinesReader(), new SessionLinesImport(session)),
    };
  }
  if (/^\s*\{"seq":\d+,"at":/u.test(head)) {
    return {
      kind: "a list of messages",
      begin: (session, _, modifiedAt) => importRecords(new LinesReader(), new MessageLinesImport(session, modifiedAt)),
    };
  }
  // One object for a call, or one of the type "rpc" where it begins.
  if (/^\s*\{/u.test(head) && head.includes('"service":') && head.includes('"method":')) {
    return {
      kind: "a dump of grpc-dump",
      begin: (session) => importRecords(new LinesReader(), new GrpcDumpImport(session)),
    };
  }
  return undefined;
}
