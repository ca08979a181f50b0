/** One TCP connection of a relay: its bytes become streams and messages, its state survives a restart. */
import { deserialize, serialize } from "node:v8";
import type { ReplayMark } from "@inspector/contract/intervention";
import type { InterventionEvent } from "@inspector/contract/intervention-lines";
import type { EndInfo, Seq } from "@inspector/contract/page";
import { isEventStream } from "@inspector/proto";
import type { SharedMemoryEvent } from "@inspector/relay/shared-memory/capture";
import { MAP_HEADER_BYTES } from "@inspector/session/shared-memory";
import type { Writer } from "@inspector/session/writer";
import {
  type Conversation,
  type ConversationState,
  createConversation,
  restoreConversation,
} from "@inspector/wire/conversation";
import type { ConversationEvents } from "@inspector/wire/conversation-events";
import type { FramePosition } from "@inspector/wire/frame-walker";
import type { Side } from "@inspector/wire/frames";
import type { MessagePart } from "@inspector/wire/grpc";
import { openInjection, storeInjection } from "./injected-message.ts";
import { type Lifecycle, noteMessage } from "./lifecycle.ts";
import { type OpenMessage, type StoredMessage, storeMessage, storePart } from "./message-ingest.ts";
import {
  loseCount,
  noInterventions,
  noteCrossed,
  noteMark,
  noteSharedMemory,
  type StreamInterventions,
} from "./stream-interventions.ts";

type Headers = Record<string, string>;

type Stream = Lifecycle & {
  readonly id: number;
  readonly path: string;
  readonly headers: { worker: Headers; host: Headers; trailers: Headers };
  readonly open: { worker: OpenMessage | undefined; host: OpenMessage | undefined };
  readonly interventions: StreamInterventions;
  messages: number;
  bytes: number;
  isEnded: boolean;
};

/** How the host broke the connection off: the code of its GOAWAY, the system's of its reset, none of a FIN. */
type HostBreak = Pick<EndInfo, "code">;

type SavedConnection = {
  readonly version: 1;
  /** Absent in what was saved before that was looked at. */
  readonly hostBreak?: HostBreak | undefined;
  readonly conversation: ConversationState;
  readonly streams: [number, Stream][];
};

export type ConnectionIngest = {
  readonly id: number;
  push(side: Side, bytes: Uint8Array, at: number): void;
  /** What the relay did in one of its streams. */
  intervened(event: InterventionEvent, at: number): void;
  /** A message names a map of shared memory. */
  named(event: SharedMemoryEvent, at: number): void;
  /** A side has closed or, with the system's code, reset the connection: what the other says then is only the echo of that. */
  leaving(side: Side, code?: string): void;
  /** Bytes are missing; `positions` says where the frames of each side stand now. */
  skip(positions: Readonly<Record<Side, FramePosition | undefined>>, at: number): void;
  closed(at: number, end: EndInfo | undefined): void;
  /** Writes what changed since the last call. */
  save(): void;
};

const SIDE_NUMBERS = { host: 0, worker: 1 } as const;

/** Header names and values kept of one block, in all; a header that does not fit any more is left out. */
const MAX_HEADER_CHARS = 16_384;

export function createConnectionIngest(writer: Writer, id: number, saved: Uint8Array | undefined): ConnectionIngest {
  const state = saved === undefined ? undefined : (deserialize(saved) as SavedConnection);
  // What was saved before there were interventions says nothing of them.
  const streams = new Map<number, Stream>(
    state?.streams.map(([number, stream]) => [
      number,
      { ...stream, interventions: stream.interventions ?? noInterventions() },
    ]),
  );
  const active = new Set<Stream>();
  let now = 0;
  let isChanged = saved === undefined;
  let isHttp2 = state !== undefined;
  /** Once it is there, a worker's RST_STREAM is not the worker's wish. */
  let hostBreak = state?.hostBreak;
  let isClosed = false;

  const events: ConversationEvents = {
    streamOpened({ stream, path, headers }) {
      if (!isHttp2) {
        writer.updateConnection(id, { protocol: "http2" });
      }
      isHttp2 = true;
      const worker = headersOf(headers);
      const row = writer.stream(id, stream, path, now, JSON.stringify({ worker }));
      streams.set(stream, {
        id: row,
        path,
        headers: { worker, host: {}, trailers: {} },
        open: { worker: undefined, host: undefined },
        interventions: noInterventions(),
        phase: "connected",
        messages: 0,
        bytes: 0,
        isEnded: false,
      });
    },
    headers({ stream, side, headers, trailers }) {
      const found = streams.get(stream);
      if (found === undefined) {
        return;
      }
      found.headers[trailers ? "trailers" : side] = headersOf(headers);
      writer.updateStream(found.id, { headers: JSON.stringify(found.headers) });
    },
    message(part) {
      const stream = streams.get(part.stream);
      if (stream !== undefined) {
        take(stream, part);
      }
    },
    streamEnded({ stream, by, how, code }) {
      const found = streams.get(stream);
      // A call lives until the host's trailers: a worker's END_STREAM only says that it will not speak again.
      if (found === undefined || (how === "end" && by === "worker")) {
        return;
      }
      if (how === "reset" && by === "worker" && hostBreak) {
        end(found, { by: "host", how: "lost", ...hostBreak });
      } else {
        end(found, { by, how, ...(code !== undefined && { code }) });
      }
    },
    streamForgotten({ stream }) {
      const found = streams.get(stream);
      if (found !== undefined) {
        flushCounts(found);
      }
      streams.delete(stream);
    },
    goaway({ by, code }) {
      // Without an error it only asks for no more streams.
      if (by === "host" && code !== 0) {
        hostBreak ??= { code };
      }
    },
    unreadable({ side, reason }) {
      writer.updateConnection(id, { protocol: isHttp2 ? "http2" : "unreadable", reason: `${side}: ${reason}` });
    },
  };

  const conversation: Conversation =
    state === undefined ? createConversation(events) : restoreConversation(state.conversation, events);

  function take(stream: Stream, part: MessagePart): void {
    const { side } = part;
    if (!part.last) {
      stream.open[side] = storePart(writer, stream.open[side], part.bytes);
      return;
    }
    const stored = storeMessage(writer, stream.open[side], part, isEventStream(stream.path));
    stream.open[side] = undefined;
    const seq = record(stream, side, stored);
    noteMessage(writer, stream, stored);
    noteCrossed(writer, stream.interventions, side, seq);
  }

  /** Of ours, `ours` is there. */
  function record(stream: Stream, side: Side, stored: StoredMessage, ours?: { replay?: ReplayMark | undefined }): Seq {
    const { head } = stored;
    stream.messages += 1;
    stream.bytes += stored.size;
    active.add(stream);
    return writer.message({
      at: now,
      stream: stream.id,
      side: SIDE_NUMBERS[side],
      kind: stored.kind,
      size: stored.size,
      flags: stored.flags,
      body: stored.body,
      requestId: head.requestId,
      invocationId: head.invocationId,
      functionId: head.functionId,
      status: head.status,
      level: head.level,
      category: head.category,
      text: head.text,
      retryCount: head.retryCount,
      isInjected: ours !== undefined,
      replay: ours?.replay,
    });
  }

  function inject(stream: Stream, event: InterventionEvent & { type: "injected" }): void {
    const side = event.direction === "to-worker" ? "host" : "worker";
    const { interventions } = stream;
    const bytes = Buffer.from(event.bytes, "base64");
    const open = openInjection(writer, interventions.injecting[side], bytes, event.replay);
    interventions.injecting[side] = event.more === true ? open : undefined;
    if (event.more === true) {
      return;
    }
    record(stream, side, storeInjection(writer, open, isEventStream(stream.path)), { replay: open.replay });
  }

  function end(stream: Stream, how: Omit<EndInfo, "grpcStatus" | "grpcMessage">): void {
    if (stream.isEnded) {
      return;
    }
    stream.isEnded = true;
    const { trailers, host } = stream.headers;
    const status = trailers["grpc-status"] ?? host["grpc-status"];
    const message = trailers["grpc-message"] ?? host["grpc-message"];
    const info: EndInfo = {
      ...how,
      ...(status !== undefined && { grpcStatus: Number(status) }),
      ...(message !== undefined && message !== "" && { grpcMessage: percentDecode(message) }),
    };
    writer.updateStream(stream.id, {
      ended_at: now,
      end: JSON.stringify(info),
      ...(stream.phase !== "failed" && { phase: "ended" }),
    });
  }

  function flushCounts(stream: Stream): void {
    if (stream.messages > 0) {
      writer.countStream(stream.id, stream.messages, stream.bytes);
    }
    stream.messages = 0;
    stream.bytes = 0;
    active.delete(stream);
  }

  return {
    id,
    push(side, bytes, at) {
      now = at;
      isChanged = true;
      conversation.push(side, bytes);
    },
    intervened(event, at) {
      now = at;
      isChanged = true;
      const stream = streams.get(event.stream);
      if (stream === undefined) {
        return;
      }
      if (event.type === "injected") {
        inject(stream, event);
      } else {
        noteMark(writer, stream, event);
      }
    },
    named(event, at) {
      now = at;
      isChanged = true;
      const stream = streams.get(event.stream);
      if (stream === undefined) {
        return;
      }
      const { name } = event;
      const copy =
        "problem" in event
          ? writer.sharedMemory.named({ at, stream: stream.id, name, problem: event.problem })
          : writer.sharedMemory.named({
              at,
              stream: stream.id,
              name,
              file: event.file,
              size: Math.max(event.size - MAP_HEADER_BYTES, 0),
              body: writer.openBody(),
            });
      noteSharedMemory(writer, stream, event, copy);
    },
    leaving(side, code) {
      isChanged = true;
      if (side === "host") {
        hostBreak ??= code === undefined ? {} : { code };
      }
    },
    skip(positions, at) {
      now = at;
      isChanged = true;
      for (const { interventions } of streams.values()) {
        loseCount(interventions);
      }
      for (const side of ["worker", "host"] as const) {
        const position = positions[side];
        if (position !== undefined) {
          conversation.skip(side, position);
        }
      }
    },
    closed(at, how) {
      if (isClosed) {
        return;
      }
      isClosed = true;
      now = at;
      conversation.closed();
      for (const stream of streams.values()) {
        end(stream, { by: how?.by ?? "relay", how: "lost", ...(how?.code !== undefined && { code: how.code }) });
        flushCounts(stream);
      }
      writer.updateConnection(id, { closed_at: at, ...(how !== undefined && { end: JSON.stringify(how) }) });
      writer.saveConnection(id, null);
    },
    save() {
      for (const stream of active) {
        flushCounts(stream);
      }
      if (!isChanged || isClosed) {
        return;
      }
      isChanged = false;
      const saving: SavedConnection = {
        version: 1,
        hostBreak,
        conversation: conversation.save(),
        streams: [...streams],
      };
      writer.saveConnection(id, serialize(saving));
    },
  };
}

function headersOf(list: readonly (readonly [string, string])[]): Headers {
  const headers: Headers = {};
  let left = MAX_HEADER_CHARS;
  for (const [name, value] of list) {
    const length = name.length + value.length;
    if (length > left) {
      continue;
    }
    left -= length;
    headers[name] = name in headers ? `${headers[name]}, ${value}` : value;
  }
  return headers;
}

/** grpc-message as people read it; what cannot be decoded stays as it came. */
function percentDecode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
