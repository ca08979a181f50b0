import type { ConversationEvents } from "./conversation-events.ts";
import type { Side } from "./frames.ts";
import { MessageScanner, type MessageScannerState, PartBuffers } from "./grpc.ts";
import type { Header } from "./hpack.ts";

/** Calls of one connection that are followed at once; what a host allows is 100 by default. */
const MAX_CALLS = 10_000;
/** Calls that one side ended for both; the other may not have heard yet, and may never say anything. */
const MAX_OVER = 100;

type CallSide = {
  /** The first header block that is not informational was there: what follows are trailers. */
  hasHeaders: boolean;
  hasEnded: boolean;
  /** Undefined where this side does not speak gRPC, as far as its headers say. */
  scanner: MessageScanner | undefined;
};

/** An HTTP/2 stream, and what each side has said in it. */
export type Call = { readonly stream: number; readonly host: CallSide; readonly worker: CallSide };

type CallSideState = {
  readonly hasHeaders: boolean;
  readonly hasEnded: boolean;
  readonly scanner: MessageScannerState | undefined;
};

/** The calls of a connection as plain data. */
export type CallsState = {
  readonly highestStream: number;
  readonly over: readonly number[];
  readonly open: readonly { readonly stream: number; readonly host: CallSideState; readonly worker: CallSideState }[];
};

/** The calls (HTTP/2 streams) of one connection, from the worker's HEADERS until both sides have ended. */
export class Calls {
  readonly #events: ConversationEvents;
  readonly #calls = new Map<number, Call>();
  readonly #buffers = new PartBuffers();
  /** Streams in `#calls` that are over for both, though one side has not ended; oldest first. */
  #over: number[] = [];
  #highestStream = 0;
  /** The call found last: nearly always the next one too. */
  #recent: Call | undefined;

  constructor(events: ConversationEvents) {
    this.#events = events;
  }

  find(stream: number): Call | undefined {
    if (this.#recent?.stream !== stream) {
      this.#recent = this.#calls.get(stream);
    }
    return this.#recent;
  }

  /** A frame of a stream's content begins. */
  dataBegan(side: Side, stream: number, length: number): void {
    this.find(stream)?.[side].scanner?.frameBegan(length);
  }

  /** Bytes of this side were lost, in every call. */
  resync(side: Side): void {
    for (const call of this.#calls.values()) {
      call[side].scanner?.resync();
    }
  }

  /** The rest of this side's open messages is not there: they go out as truncated, and messages follow. */
  cutMessages(side: Side): void {
    for (const call of this.#calls.values()) {
      call[side].scanner?.finish(true);
    }
  }

  /** Bytes of a stream's content. Those of unknown streams, and those that are not gRPC, are dropped. */
  data(side: Side, stream: number, bytes: Uint8Array, start: number, end: number): void {
    const call = this.find(stream);
    if (call === undefined) {
      return;
    }
    const callSide = call[side];
    if (callSide.hasEnded || callSide.scanner === undefined) {
      return;
    }
    const reason = callSide.scanner.scan(bytes, start, end);
    if (reason !== undefined) {
      this.#events.unreadable({ side, stream, reason });
    }
  }

  /** A complete header block. Returns the reason where the connection cannot be read on. */
  headers(side: Side, stream: number, headers: readonly Header[], endsStream: boolean): string | undefined {
    const call = this.find(stream);
    if (call === undefined) {
      // The rest belongs to calls that are over, or were not followed.
      if (side === "host" || stream <= this.#highestStream) {
        return undefined;
      }
      return this.#open(stream, headers, endsStream);
    }
    const callSide = call[side];
    if (callSide.hasEnded) {
      return undefined;
    }
    const isTrailers = callSide.hasHeaders || endsStream;
    if (!callSide.hasHeaders && !isInformational(headers)) {
      callSide.hasHeaders = true;
      callSide.scanner = this.#scannerFor(stream, side, headers);
    }
    if (isTrailers) {
      callSide.scanner?.finish();
    }
    this.#events.headers({ stream, side, headers, trailers: isTrailers });
    if (endsStream) {
      this.end(call, side);
    }
    return undefined;
  }

  /** A side sends no more. */
  end(call: Call, side: Side): void {
    const callSide = call[side];
    if (callSide.hasEnded) {
      return;
    }
    callSide.scanner?.finish();
    callSide.hasEnded = true;
    this.#events.streamEnded({ stream: call.stream, by: side, how: "end" });
    // To gRPC a call is over when the host has ended, also for a worker that never says so.
    this.#settle(call, side === "host");
  }

  /** A side cancels the call. What the other sent before it heard of that is still on its way, and is read. */
  reset(call: Call, side: Side, code: number): void {
    call[side].scanner?.finish();
    call[side].hasEnded = true;
    this.#events.streamEnded({ stream: call.stream, by: side, how: "reset", code });
    this.#settle(call, true);
  }

  /** Nothing more comes from this side, in no call. */
  finishMessages(side: Side): void {
    for (const call of this.#calls.values()) {
      if (call[side].hasEnded) {
        continue;
      }
      call[side].scanner?.finish();
      call[side].hasEnded = true;
    }
  }

  clear(): void {
    this.#calls.clear();
    this.#over = [];
    this.#recent = undefined;
  }

  save(): CallsState {
    const open = [...this.#calls.values()].map((call) => ({
      stream: call.stream,
      host: saveSide(call.host),
      worker: saveSide(call.worker),
    }));
    return { highestStream: this.#highestStream, over: [...this.#over], open };
  }

  restore(state: CallsState): void {
    this.#highestStream = state.highestStream;
    this.#over = [...state.over];
    for (const { stream, host, worker } of state.open) {
      const call = {
        stream,
        host: this.#restoreSide(stream, "host", host),
        worker: this.#restoreSide(stream, "worker", worker),
      };
      this.#calls.set(stream, call);
    }
  }

  #open(stream: number, headers: readonly Header[], endsStream: boolean): string | undefined {
    if (stream % 2 === 0) {
      return `the worker opened stream ${stream}, though a client's are odd`;
    }
    this.#highestStream = stream;
    const path = headerValue(headers, ":path") ?? "";
    if (this.#calls.size >= MAX_CALLS) {
      this.#events.unreadable({
        side: "worker",
        stream,
        reason: `more than ${MAX_CALLS} calls at once: ${path} is not followed`,
      });
      return undefined;
    }
    const worker = { hasHeaders: true, hasEnded: false, scanner: this.#scannerFor(stream, "worker", headers) };
    const call = { stream, worker, host: { hasHeaders: false, hasEnded: false, scanner: undefined } };
    this.#calls.set(stream, call);
    this.#events.streamOpened({ stream, path, headers });
    if (endsStream) {
      this.end(call, "worker");
    }
    return undefined;
  }

  /** Forgets a call that both sides ended, or (a while later) one that is over all the same. */
  #settle(call: Call, isOver: boolean): void {
    if (call.host.hasEnded && call.worker.hasEnded) {
      this.#forget(call);
    } else if (isOver && !this.#over.includes(call.stream)) {
      this.#over.push(call.stream);
      const oldest = this.#over.length > MAX_OVER ? this.#over.shift() : undefined;
      const evicted = oldest === undefined ? undefined : this.#calls.get(oldest);
      if (evicted !== undefined) {
        this.#forget(evicted);
      }
    }
  }

  #forget(call: Call): void {
    call.host.scanner?.finish();
    call.worker.scanner?.finish();
    this.#calls.delete(call.stream);
    this.#recent = undefined;
    const at = this.#over.indexOf(call.stream);
    if (at >= 0) {
      this.#over.splice(at, 1);
    }
    this.#events.streamForgotten?.({ stream: call.stream });
  }

  #scannerFor(stream: number, side: Side, headers: readonly Header[]): MessageScanner | undefined {
    // Not gRPC-Web, whose trailers stand among the messages.
    if (!/^application\/grpc(?:[+;]|$)/i.test(headerValue(headers, "content-type") ?? "")) {
      return undefined;
    }
    return this.#createScanner(stream, side, headerValue(headers, "grpc-encoding"));
  }

  #createScanner(stream: number, side: Side, encoding: string | undefined): MessageScanner {
    return new MessageScanner(stream, side, encoding, this.#buffers, (part) => this.#events.message(part));
  }

  #restoreSide(stream: number, side: Side, state: CallSideState): CallSide {
    const scanner = state.scanner === undefined ? undefined : this.#createScanner(stream, side, state.scanner.encoding);
    if (state.scanner !== undefined) {
      scanner?.restore(state.scanner);
    }
    return { hasHeaders: state.hasHeaders, hasEnded: state.hasEnded, scanner };
  }
}

/** The value of a header by its name in lower case; the first one where there are several. */
export function headerValue(headers: readonly Header[], name: string): string | undefined {
  return headers.find(([key]) => key === name)?.[1];
}

/** 1xx: another header block follows. RFC 9113, 8.1. */
function isInformational(headers: readonly Header[]): boolean {
  return headerValue(headers, ":status")?.startsWith("1") ?? false;
}

function saveSide(side: CallSide): CallSideState {
  return { hasHeaders: side.hasHeaders, hasEnded: side.hasEnded, scanner: side.scanner?.save() };
}
