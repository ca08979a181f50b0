import type { EndInfo, Nanos, Seq } from "@inspector/contract/page";
import { BODY_PART_BYTES } from "@inspector/filter/bodies";
import { FLAG_TRUNCATED, logFlags } from "@inspector/filter/message-flags";
import {
  decodeMessage,
  KIND,
  kindName,
  type MessageHead,
  partOf,
  type RpcFunctionMetadata,
  readHead,
} from "@inspector/proto";
import { type Database, inTransaction } from "../src/database.ts";
import { SCHEMA } from "../src/schema.ts";
import { createWriter, type Writer } from "../src/writer.ts";

/** Writes a session message by message, as the ingest of a hub does. */
export type SessionBuilder = {
  stream(
    at: Nanos,
    options?: { readonly path?: string; readonly userAgent?: string; readonly encoding?: string },
  ): number;
  /** @param options `announced`: bytes that the message was to have, of one that was cut off */
  message(
    at: Nanos,
    stream: number,
    from: "host" | "worker",
    bytes: Uint8Array,
    options?: { flags?: number; announced?: number },
  ): Seq;
  endStream(at: Nanos, stream: number, end: EndInfo): void;
  event(at: Nanos, type: string, detail: Readonly<Record<string, unknown>>): void;
  /** Ends the batch and begins another one. */
  commit(): void;
};

const EVENT_STREAM = "/AzureFunctionsRpcMessages.FunctionRpc/EventStream";

/** @param database an empty one, or a session without messages */
export function createSessionBuilder(database: Database): SessionBuilder {
  if (database.prepare("SELECT 1 FROM sqlite_schema").get() === undefined) {
    database.exec(SCHEMA);
  }
  const writer = createWriter(database);
  const relay = writer.relay("scene", { segment: 0, offset: 0, seq: 0 }).id;
  const counts = new Map<number, { messages: number; bytes: number }>();
  let connections = 0;

  return {
    stream(at, { path = EVENT_STREAM, userAgent, encoding } = {}) {
      connections += 1;
      const connection = writer.connection(relay, connections, at);
      writer.updateConnection(connection, { protocol: "http2" });
      const worker = userAgent === undefined ? {} : { "user-agent": userAgent };
      return writer.stream(
        connection,
        1,
        path,
        at,
        JSON.stringify({ worker, host: encoding === undefined ? {} : { "grpc-encoding": encoding } }),
      );
    },
    message(at, stream, from, bytes, { flags = 0, announced } = {}) {
      const body = bytes.length > BODY_PART_BYTES ? writer.bodies.open() : writer.bodies.whole(bytes);
      for (let part = 0; bytes.length > BODY_PART_BYTES && part * BODY_PART_BYTES < bytes.length; part += 1) {
        writer.bodies.part(body, part, bytes.subarray(part * BODY_PART_BYTES, (part + 1) * BODY_PART_BYTES));
      }
      const head = readHead(announced === undefined ? bytes : partOf(bytes, announced));
      const side = from === "host" ? 0 : 1;
      const { requestId, invocationId, functionId, level, category, text } = head;
      const isCut = (flags & FLAG_TRUNCATED) !== 0;
      const status = isCut ? undefined : head.status;
      const facts = { requestId, invocationId, functionId, status, level, category, text };
      const seq = writer.message({
        at,
        stream,
        side,
        kind: head.kind,
        size: bytes.length,
        flags: flags | logFlags(head.logCategory),
        body,
        isCut,
        ...facts,
      });
      if (isCut) {
        const detail = { stream, message: seq, kind: kindName(head.kind), announced, bytes: bytes.length };
        writer.event(at, relay, undefined, side, "message-cut", detail);
      }
      noteStart(writer, stream, head, bytes);
      const count = counts.get(stream) ?? { messages: 0, bytes: 0 };
      counts.set(stream, { messages: count.messages + 1, bytes: count.bytes + bytes.length });
      return seq;
    },
    endStream(at, stream, end) {
      writer.updateStream(stream, { ended_at: at, end: JSON.stringify(end), phase: "ended" });
    },
    event(at, type, detail) {
      writer.event(at, relay, undefined, 2, type, detail);
    },
    commit() {
      inTransaction(database, () => {
        for (const [stream, { messages, bytes }] of counts) {
          writer.countStream(stream, messages, bytes);
        }
        counts.clear();
        writer.finishBatch();
      });
    },
  };
}

/** What the ingest takes from the messages of a start-up: worker id, runtime, functions. */
function noteStart(writer: Writer, stream: number, { kind, workerId }: MessageHead, bytes: Uint8Array): void {
  if (kind === KIND.startStream && workerId !== undefined) {
    writer.updateStream(stream, { worker_id: workerId });
  }
  if (![16, 8, 31, 30].includes(kind)) {
    return;
  }
  const decoded = decodeMessage(bytes);
  if (!decoded.ok) {
    return;
  }
  const { content } = decoded.message;
  const note = (id: string, metadata: RpcFunctionMetadata | undefined): void => {
    if (id !== "" && metadata !== undefined) {
      writer.function(stream, id, metadata.name, undefined);
    }
  };
  switch (content.case) {
    case "workerInitResponse": {
      const metadata = content.value.workerMetadata;
      if (metadata === undefined) {
        break;
      }
      writer.updateStream(stream, { runtime: metadata.runtimeName, runtime_version: metadata.runtimeVersion });
      break;
    }
    case "functionLoadRequest":
      note(content.value.functionId, content.value.metadata);
      break;
    case "functionLoadRequestCollection":
      for (const request of content.value.functionLoadRequests) {
        note(request.functionId, request.metadata);
      }
      break;
    case "functionMetadataResponse":
      for (const metadata of content.value.functionMetadataResults) {
        note(metadata.functionId, metadata);
      }
      break;
    default:
  }
}
