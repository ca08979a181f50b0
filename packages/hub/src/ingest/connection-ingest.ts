/** One TCP connection of a relay: its bytes become streams and messages, its state survives a restart. */
import { deserialize, serialize } from "node:v8";
import type { ReplayMark } from "@inspector/contract/intervention";
import type { InterventionEvent } from "@inspector/contract/intervention-lines";
import type { EndInfo, Seq } from "@inspector/contract/page";
import { nameKind } from "@inspector/filter/kinds";
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
import { headersOf, percentDecode } from "./header-text.ts";
import { openInjection, storeInjection } from "./injected-message.ts";
import { type Lifecycle, noteMessage } from "./lifecycle.ts";
import { type OpenMessage, type StoredMessage, storeMessage, storePart } from "./message-ingest.ts";
import { dialledByOf, roleOf } from "./peer-roles.ts";
import type { RecordedConnection } from "./recorded-connection.ts";
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
  /** Absent until a message tells. Sides in this class are ends of the connection; what is stored are roles. */
  dialledBy?: Side | undefined;
  messages: number;
  bytes: number;
  isEnded: boolean;
  /** The worker has ended its side. Absent in what was saved before that was looked at. */
  isWorkerDone?: boolean;
};

/** How the host broke the connection off: the code of its GOAWAY, the system's of its reset, none of a FIN. */
type HostBreak = Pick<EndInfo, "code">;

type State = "unknown" | "http2" | "unreadable" | "failed" | "closed";

type SavedConnection = {
  readonly version: 1;
  /** Absent in what was saved before states had names. */
  readonly state?: State | undefined;
  /** Absent in what was saved before that was looked at. */
  readonly hostBreak?: HostBreak | undefined;
  /** Absent once it has failed. */
  readonly conversation?: ConversationState | undefined;
  readonly streams: [number, Stream][];
};

const SIDE_NUMBERS = { host: 0, worker: 1 } as const;

/**
 * States, and what leaves each:
 *
 * - `unknown`: nothing has been understood yet. The first call makes it `http2`, bytes that are no HTTP/2 `unreadable`.
 * - `http2`: calls become rows of streams, messages rows of messages. Bytes that make no sense any more make it `unreadable`.
 * - `unreadable`: what comes is passed over; its row says why. Its end still ends its streams.
 * - `failed`: after {@link fail}, from any state but `closed`. As `unreadable`, and nothing that decodes is called again.
 * - `closed`: after {@link closed}. Nothing is written any more.
 *
 * All but `closed` survive a restart, by {@link save} and the constructor.
 */
export class ConnectionIngest implements RecordedConnection {
  readonly id: number;
  readonly #writer: Writer;
  readonly #conversation: Conversation;
  /** Calls by their HTTP/2 stream, until both sides have ended. */
  readonly #streams = new Map<number, Stream>();
  /** Streams with messages that their rows do not count yet. */
  readonly #active = new Set<Stream>();
  #state: State = "unknown";
  #now = 0;
  #isChanged: boolean;
  /** Once it is there, a worker's RST_STREAM is not the worker's wish. */
  #hostBreak: HostBreak | undefined;

  /**
   * @param saved what an earlier {@link save} stored; undefined for a connection that begins
   * @throws where `saved` is nothing that `save` stored: the caller makes a new one then, and lets it {@link fail}
   */
  constructor(writer: Writer, id: number, saved: Uint8Array | undefined) {
    this.id = id;
    this.#writer = writer;
    this.#isChanged = saved === undefined;
    if (saved === undefined) {
      this.#conversation = createConversation(this.#events());
      return;
    }
    const state = deserialize(saved) as SavedConnection;
    this.#state = state.state ?? (state.streams.length > 0 ? "http2" : "unknown");
    this.#hostBreak = state.hostBreak;
    for (const [number, stream] of state.streams) {
      // What was saved before there were interventions says nothing of them.
      this.#streams.set(number, { ...stream, interventions: stream.interventions ?? noInterventions() });
    }
    this.#conversation =
      state.conversation === undefined
        ? createConversation(this.#events())
        : restoreConversation(state.conversation, this.#events());
  }

  push(side: Side, bytes: Uint8Array, at: number): void {
    if (!this.#touch(at)) {
      return;
    }
    this.#conversation.push(side, bytes);
  }

  intervened(event: InterventionEvent, at: number): void {
    const stream = this.#touch(at) ? this.#streams.get(event.stream) : undefined;
    if (stream === undefined) {
      return;
    }
    if (event.type === "injected") {
      this.#inject(stream, event);
    } else {
      noteMark(this.#writer, stream, event, at);
    }
  }

  named(event: SharedMemoryEvent, at: number): void {
    const stream = this.#touch(at) ? this.#streams.get(event.stream) : undefined;
    if (stream === undefined) {
      return;
    }
    const named = { at, stream: stream.id, name: event.name };
    const copy =
      "problem" in event
        ? this.#writer.sharedMemory.named({ ...named, problem: event.problem })
        : this.#writer.sharedMemory.named({
            ...named,
            file: event.file,
            size: Math.max(event.size - MAP_HEADER_BYTES, 0),
            body: this.#writer.bodies.open(),
          });
    noteSharedMemory(this.#writer, stream, event, copy);
  }

  leaving(side: Side, code?: string): void {
    this.#isChanged = true;
    if (side === "host") {
      this.#hostBreak ??= code === undefined ? {} : { code };
    }
  }

  skip(positions: Readonly<Record<Side, FramePosition | undefined>>, at: number): void {
    if (!this.#touch(at)) {
      return;
    }
    for (const { interventions } of this.#streams.values()) {
      loseCount(interventions);
    }
    for (const side of ["worker", "host"] as const) {
      const position = positions[side];
      if (position !== undefined) {
        this.#conversation.skip(side, position);
      }
    }
  }

  closed(at: number, how: EndInfo | undefined): void {
    if (this.#state === "closed") {
      return;
    }
    this.#now = at;
    const isFailed = this.#state === "failed";
    if (!isFailed) {
      this.#conversation.closed();
    }
    this.#state = "closed";
    const isHostDialled = [...this.#streams.values()].some(({ dialledBy }) => dialledBy === "host");
    for (const stream of this.#streams.values()) {
      this.#end(stream, { by: how?.by ?? "relay", how: "lost", ...(how?.code !== undefined && { code: how.code }) });
      this.#flushCounts(stream);
    }
    if (isFailed) {
      this.#writer.endStreams(this.id, at, JSON.stringify({ by: "relay", how: "lost" } satisfies EndInfo));
    }
    const end = how && how.by !== "relay" && isHostDialled ? { ...how, by: roleOf(how.by, "host") } : how;
    this.#writer.updateConnection(this.id, { closed_at: at, ...(end !== undefined && { end: JSON.stringify(end) }) });
    this.#writer.saveConnection(this.id, null);
  }

  fail(reason: string): void {
    if (this.#state === "failed" || this.#state === "closed") {
      return;
    }
    this.#writer.updateConnection(this.id, { protocol: this.#readableProtocol(), reason });
    this.#state = "failed";
    this.#isChanged = true;
  }

  save(): void {
    for (const stream of this.#active) {
      this.#flushCounts(stream);
    }
    if (!this.#isChanged || this.#state === "closed") {
      return;
    }
    this.#isChanged = false;
    const saving: SavedConnection = {
      version: 1,
      state: this.#state,
      hostBreak: this.#hostBreak,
      conversation: this.#state === "failed" ? undefined : this.#conversation.save(),
      streams: [...this.#streams],
    };
    this.#writer.saveConnection(this.id, serialize(saving));
  }

  /** @returns whether what comes is still decoded */
  #touch(at: number): boolean {
    this.#now = at;
    if (this.#state === "failed" || this.#state === "closed") {
      return false;
    }
    this.#isChanged = true;
    return true;
  }

  #readableProtocol(): "http2" | "unreadable" {
    return this.#state === "http2" ? "http2" : "unreadable";
  }

  #events(): ConversationEvents {
    return {
      streamOpened: ({ stream, path, headers }) => {
        if (this.#state === "unknown") {
          this.#state = "http2";
          this.#writer.updateConnection(this.id, { protocol: "http2" });
        }
        this.#open(stream, path, headersOf(headers));
      },
      headers: ({ stream, side, headers, trailers }) => {
        const found = this.#streams.get(stream);
        if (found === undefined) {
          return;
        }
        found.headers[trailers ? "trailers" : side] = headersOf(headers);
        this.#storeHeaders(found);
      },
      message: (part) => {
        const stream = this.#streams.get(part.stream);
        if (stream !== undefined) {
          this.#take(stream, part);
        }
      },
      streamEnded: ({ stream, by, how, code }) => {
        const found = this.#streams.get(stream);
        if (found === undefined) {
          return;
        }
        // A call lives until the host's trailers: a worker's END_STREAM only says that it will not speak again.
        if (how === "end" && by === "worker") {
          found.isWorkerDone = true;
          return;
        }
        if (how === "reset" && by === "worker" && this.#hostBreak) {
          this.#end(found, { by: "host", how: "lost", ...this.#hostBreak });
        } else {
          // A host that completes the call behind the worker's end only follows.
          const isFollowing = how === "end" && found.isWorkerDone === true && statusOf(found) === 0;
          this.#end(found, { by: isFollowing ? "worker" : by, how, ...(code !== undefined && { code }) });
        }
      },
      streamForgotten: ({ stream }) => {
        const found = this.#streams.get(stream);
        if (found !== undefined) {
          this.#flushCounts(found);
        }
        this.#streams.delete(stream);
      },
      goaway: ({ by, code }) => {
        // Without an error it only asks for no more streams.
        if (by === "host" && code !== 0) {
          this.#hostBreak ??= { code };
        }
      },
      unreadable: ({ side, stream, reason }) => {
        this.#writer.updateConnection(this.id, { protocol: this.#readableProtocol(), reason: `${side}: ${reason}` });
        if (stream === undefined) {
          this.#state = "unreadable";
        }
      },
    };
  }

  #open(stream: number, path: string, worker: Headers): void {
    const row = this.#writer.stream(this.id, stream, path, this.#now, JSON.stringify({ worker }));
    this.#streams.set(stream, {
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
  }

  #take(stream: Stream, part: MessagePart): void {
    const { side } = part;
    if (!part.last) {
      stream.open[side] = storePart(this.#writer, stream.open[side], part.bytes);
      return;
    }
    const stored = storeMessage(this.#writer, stream.open[side], part, stream.path);
    stream.open[side] = undefined;
    this.#findRoles(stream, side, stored);
    const isCut = part.truncated && part.isInGap !== true;
    const seq = this.#record(stream, roleOf(side, stream.dialledBy), { ...stored, isCut });
    if (part.truncated) {
      this.#noteCut(stream, seq, part, stored);
    }
    noteMessage(this.#writer, stream, stored);
    noteCrossed(this.#writer, stream.interventions, side, seq);
  }

  #findRoles(stream: Stream, side: Side, { kind, saidBy }: StoredMessage): void {
    if (stream.dialledBy !== undefined) {
      return;
    }
    stream.dialledBy =
      saidBy === undefined ? dialledByOf(side, kind) : roleOf("worker", saidBy === side ? "worker" : "host");
    if (stream.dialledBy === "host") {
      this.#writer.hostDialled(stream.id);
      this.#storeHeaders(stream);
    }
  }

  #storeHeaders({ id, headers, dialledBy }: Stream): void {
    const { worker, host, trailers } = headers;
    const byRole = { [roleOf("worker", dialledBy)]: worker, [roleOf("host", dialledBy)]: host, trailers };
    this.#writer.updateStream(id, { headers: JSON.stringify(byRole) });
  }

  /**
   * @param role who sent it
   * @param ours set when the inspector itself sent the message
   */
  #record(
    stream: Stream,
    role: Side,
    stored: StoredMessage & { readonly isCut?: boolean },
    ours?: { replay?: ReplayMark | undefined },
  ): Seq {
    const { head } = stored;
    stream.messages += 1;
    stream.bytes += stored.size;
    this.#active.add(stream);
    return this.#writer.message({
      at: this.#now,
      stream: stream.id,
      worker: stream.worker,
      before: stream.before,
      side: SIDE_NUMBERS[role],
      kind: stored.kind,
      size: stored.size,
      flags: stored.flags,
      body: stored.body,
      requestId: head.requestId,
      invocationId: head.invocationId,
      functionId: head.functionId,
      // Nobody was told it.
      status: stored.isCut === true ? undefined : head.status,
      level: head.level,
      category: head.category,
      text: head.text,
      retryCount: head.retryCount,
      isCut: stored.isCut,
      isInjected: ours !== undefined,
      replay: ours?.replay,
    });
  }

  /** What was announced of a message and what came of it is nowhere else. */
  #noteCut(stream: Stream, message: Seq, { side, length, isInGap }: MessagePart, { kind, size }: StoredMessage): void {
    const from = SIDE_NUMBERS[roleOf(side, stream.dialledBy)];
    this.#writer.connectionEvent(this.id, this.#now, from, "message-cut", {
      stream: stream.id,
      message,
      kind: nameKind(kind, stream.path),
      announced: length,
      bytes: size,
      ...(isInGap === true && { isInGap }),
    });
  }

  #inject(stream: Stream, event: InterventionEvent & { type: "injected" }): void {
    const side = event.direction === "to-worker" ? "host" : "worker";
    const { interventions } = stream;
    const bytes = Buffer.from(event.bytes, "base64");
    const open = openInjection(this.#writer, interventions.injecting[side], bytes, event.replay);
    interventions.injecting[side] = event.more === true ? open : undefined;
    if (event.more === true) {
      return;
    }
    const stored = storeInjection(this.#writer, open, stream.path);
    this.#record(stream, roleOf(side, stream.dialledBy), stored, { replay: open.replay });
  }

  #end(stream: Stream, how: Omit<EndInfo, "grpcStatus" | "grpcMessage">): void {
    if (stream.isEnded) {
      return;
    }
    stream.isEnded = true;
    const { trailers, host } = stream.headers;
    const status = statusOf(stream);
    const message = trailers["grpc-message"] ?? host["grpc-message"];
    const info: EndInfo = {
      ...how,
      by: how.by === "relay" ? "relay" : roleOf(how.by, stream.dialledBy),
      ...(status !== undefined && { grpcStatus: status }),
      ...(message !== undefined && message !== "" && { grpcMessage: percentDecode(message) }),
    };
    this.#writer.updateStream(stream.id, {
      ended_at: this.#now,
      end: JSON.stringify(info),
      ...(stream.phase !== "failed" && { phase: "ended" }),
    });
  }

  #flushCounts(stream: Stream): void {
    if (stream.messages > 0) {
      this.#writer.countStream(stream.id, stream.messages, stream.bytes);
    }
    stream.messages = 0;
    stream.bytes = 0;
    this.#active.delete(stream);
  }
}

/** The gRPC status that the host ended the call with, as far as it has come. */
function statusOf({ headers: { trailers, host } }: Stream): number | undefined {
  const status = trailers["grpc-status"] ?? host["grpc-status"];
  return status === undefined ? undefined : Number(status);
}
