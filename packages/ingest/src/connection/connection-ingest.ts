/** One TCP connection of a relay: its bytes become streams and messages, its state survives a restart. */
import type { ReplayMark } from "@inspector/contract/intervention";
import type { InterventionEvent } from "@inspector/contract/intervention-lines";
import type { EndInfo, Seq } from "@inspector/contract/page";
import type { SharedMemoryEvent } from "@inspector/contract/shared-memory";
import { nameKind } from "@inspector/filter/kinds";
import { logFlags } from "@inspector/filter/message-flags";
import { decodeBase64 } from "@inspector/proto";
import { MAP_HEADER_BYTES } from "@inspector/session/shared-memory";
import { SIDE_NUMBERS } from "@inspector/session/sql-values";
import type { Writer } from "@inspector/session/writer";
import { type Conversation, createConversation, restoreConversation } from "@inspector/wire/conversation";
import type { ConversationEvents } from "@inspector/wire/conversation-events";
import type { FramePosition } from "@inspector/wire/frame-walker";
import type { Side } from "@inspector/wire/frames";
import type { MessagePart } from "@inspector/wire/grpc";
import { headersOf } from "./header-text.ts";
import { openInjection, storeInjection } from "./injected-message.ts";
import { noteMessage } from "./lifecycle.ts";
import { type MessageTools, type StoredMessage, storeMessage, storePart } from "./message-ingest.ts";
import { dialledByOf, roleOf } from "./peer-roles.ts";
import type { RecordedConnection } from "./recorded-connection.ts";
import { endOf, type Headers, headersByRole, openStream, type RecordedStream, statusOf } from "./recorded-stream.ts";
import type { ConnectionState, HostBreak, SavedConnection } from "./saved-connection.ts";
import { loseCount, noteCrossed, noteMark, noteSharedMemory } from "./stream-interventions.ts";

export type ConnectionIngestOptions = {
  readonly tools: MessageTools;
  /** Keeps what {@link ConnectionIngest.save} is to store. Omit where nothing goes on later. */
  readonly store?: ((saving: SavedConnection) => void) | undefined;
  /** What an earlier {@link ConnectionIngest.save} stored; absent for a connection that begins. */
  readonly saved?: SavedConnection | undefined;
};

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
  readonly #tools: MessageTools;
  readonly #store: ConnectionIngestOptions["store"];
  readonly #conversation: Conversation;
  /** Calls by their HTTP/2 stream, until both sides have ended. */
  readonly #streams = new Map<number, RecordedStream>();
  /** Streams with messages that their rows do not count yet. */
  readonly #active = new Set<RecordedStream>();
  #state: ConnectionState = "unknown";
  #now = 0;
  #isChanged: boolean;
  /** Once it is there, a worker's RST_STREAM is not the worker's wish. */
  #hostBreak: HostBreak | undefined;

  /** @throws where `saved` is nothing that `save` stored: the caller makes a new one then, and lets it {@link fail} */
  constructor(writer: Writer, id: number, { tools, store, saved }: ConnectionIngestOptions) {
    this.id = id;
    this.#writer = writer;
    this.#tools = tools;
    this.#store = store;
    this.#isChanged = saved === undefined;
    if (saved === undefined) {
      this.#conversation = createConversation(this.#events());
      return;
    }
    this.#state = saved.state;
    this.#hostBreak = saved.hostBreak;
    for (const [number, stream] of saved.streams) {
      this.#streams.set(number, stream);
    }
    this.#conversation =
      saved.conversation === undefined
        ? createConversation(this.#events())
        : restoreConversation(saved.conversation, this.#events());
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

  /** The rest of a side's open message was not recorded, and its next bytes begin another one. */
  cut(side: Side, at: number): void {
    if (this.#touch(at)) {
      this.#conversation.cut(side);
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
    if (this.#store === undefined || !this.#isChanged || this.#state === "closed") {
      return;
    }
    this.#isChanged = false;
    const conversation = this.#state === "failed" ? undefined : this.#conversation.save();
    this.#store({ state: this.#state, hostBreak: this.#hostBreak, conversation, streams: this.#streams });
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
          const isFollowing = how === "end" && found.isWorkerDone === true && statusOf(found.headers) === 0;
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
    this.#streams.set(stream, openStream(row, path, worker));
  }

  #take(stream: RecordedStream, part: MessagePart): void {
    const { side } = part;
    if (!part.last) {
      stream.open[side] = storePart(this.#writer, stream.open[side], part.bytes);
      return;
    }
    const stored = storeMessage(this.#writer, this.#tools, stream.open[side], part, stream.path);
    stream.open[side] = undefined;
    this.#findRoles(stream, side, stored);
    const isCut = part.truncated && part.isInGap !== true;
    const seq = this.#record(stream, roleOf(side, stream.dialledBy), stored, isCut);
    if (part.truncated) {
      this.#noteCut(stream, seq, part, stored);
    }
    noteMessage(this.#writer, stream, stored);
    noteCrossed(this.#writer, stream.interventions, side, seq);
  }

  #findRoles(stream: RecordedStream, side: Side, { kind, saidBy }: StoredMessage): void {
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

  #storeHeaders({ id, headers, dialledBy }: RecordedStream): void {
    this.#writer.updateStream(id, { headers: JSON.stringify(headersByRole(headers, dialledBy)) });
  }

  /**
   * @param role who sent it
   * @param isCut its sender's stream ended in the middle of it
   * @param ours set when the inspector itself sent the message
   */
  #record(
    stream: RecordedStream,
    role: Side,
    stored: StoredMessage,
    isCut: boolean,
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
      flags: stored.flags | logFlags(head.logCategory),
      body: stored.body,
      requestId: head.requestId,
      invocationId: head.invocationId,
      functionId: head.functionId,
      // Nobody was told it.
      status: isCut ? undefined : head.status,
      level: head.level,
      category: head.category,
      text: head.text,
      retryCount: head.retryCount,
      isCut,
      isInjected: ours !== undefined,
      replay: ours?.replay,
    });
  }

  /** What was announced of a message and what came of it is nowhere else. */
  #noteCut(
    stream: RecordedStream,
    message: Seq,
    { side, length, isInGap }: MessagePart,
    { kind, size }: StoredMessage,
  ): void {
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

  #inject(stream: RecordedStream, event: InterventionEvent & { type: "injected" }): void {
    const side = event.direction === "to-worker" ? "host" : "worker";
    const { interventions } = stream;
    const bytes = decodeBase64(event.bytes);
    const open = openInjection(this.#writer, interventions.injecting[side], bytes, event.replay);
    interventions.injecting[side] = event.more === true ? open : undefined;
    if (event.more === true) {
      return;
    }
    const stored = storeInjection(this.#writer, this.#tools, open, stream.path);
    this.#record(stream, roleOf(side, stream.dialledBy), stored, false, { replay: open.replay });
  }

  #end(stream: RecordedStream, how: Omit<EndInfo, "grpcStatus" | "grpcMessage">): void {
    if (stream.isEnded) {
      return;
    }
    stream.isEnded = true;
    const info = endOf(stream, how);
    this.#writer.updateStream(stream.id, {
      ended_at: this.#now,
      end: JSON.stringify(info),
      ...(stream.phase !== "failed" && { phase: "ended" }),
    });
  }

  #flushCounts(stream: RecordedStream): void {
    if (stream.messages > 0) {
      this.#writer.countStream(stream.id, stream.messages, stream.bytes);
    }
    stream.messages = 0;
    stream.bytes = 0;
    this.#active.delete(stream);
  }
}
