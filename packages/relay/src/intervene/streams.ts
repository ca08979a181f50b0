import type { Direction } from "@inspector/contract/intervention-lines";
import { type Side, uint32At } from "@inspector/wire/frames";
import { PREFIX_BYTES } from "@inspector/wire/grpc-prefix";
import { KIND } from "../content-kinds.ts";
import type { ConnectionPort } from "./connection-port.ts";
import type { HeldMessages } from "./held-messages.ts";
import { Lane } from "./lane.ts";
import { HEAD_BYTES, MessageHeadReader, MORE } from "./message-head.ts";
import type { Outbox } from "./outbox.ts";
import type { Watchfulness } from "./replayed-ids.ts";
import type { Rewriting } from "./rewriting.ts";
import type { Rules } from "./rules.ts";
import type { Ways } from "./ways.ts";

/** The streams of one connection, from the worker's HEADERS until both directions have ended or it was reset. */
export class Streams {
  readonly #port: Pick<ConnectionPort, "holding" | "nanos">;
  readonly #ways: Ways;
  readonly #rules: Rules;
  readonly #held: HeldMessages;
  readonly #rewriting: Rewriting | undefined;
  #lastStream = 0;

  constructor(
    port: Pick<ConnectionPort, "holding" | "nanos">,
    ways: Ways,
    rules: Rules,
    held: HeldMessages,
    rewriting: Rewriting | undefined,
  ) {
    this.#port = port;
    this.#ways = ways;
    this.#rules = rules;
    this.#held = held;
    this.#rewriting = rewriting;
  }

  /** The connection is over. */
  close(): void {
    for (const { outbox } of this.#ways.all) {
      for (const lane of [...outbox.lanes.values()]) {
        this.#drop(outbox, lane);
      }
    }
  }

  /** The rules have changed: so has what is looked at in each lane. */
  refresh(): void {
    for (const { outbox, direction } of this.#ways.all) {
      for (const lane of outbox.lanes.values()) {
        lane.kinds = this.#rules.kindsOf(lane.stream, direction);
      }
    }
  }

  /** A spent rule stays as long as anything is held because of it. */
  dropSpent(): void {
    for (const { rule, kinds } of this.#rules.holds.values()) {
      if (kinds.size > 0 || this.#held.hasOf(rule)) {
        continue;
      }
      this.#rules.holds.delete(rule);
      this.refresh();
    }
  }

  watchfulness(lane: Lane): Watchfulness {
    const watchfulness = this.#rules.replays.watchfulness(lane.stream, this.#port.nanos());
    if (watchfulness === "none") {
      this.refresh();
    }
    return watchfulness;
  }

  /** Why no message of our own can be put into a lane. */
  whyNot(lane: Lane | undefined): string | undefined {
    if (this.#ways.toWorker.inbox.walker.isHttp2 === false) {
      return "the connection is not HTTP/2";
    }
    if (lane === undefined) {
      return "there is no such stream, or it has ended";
    }
    if (lane.isEnded) {
      return "the stream has ended";
    }
    return lane.isGrpc ? undefined : "the stream is not gRPC";
  }

  opened(from: Side, stream: number): void {
    if (from !== "worker" || stream <= this.#lastStream) {
      return;
    }
    this.#lastStream = stream;
    for (const { outbox, direction } of this.#ways.all) {
      const lane = new Lane(stream, outbox.flow.settings.current.initialWindow);
      lane.kinds = this.#rules.kindsOf(stream, direction);
      if (this.#rewriting !== undefined && direction === "to-host") {
        lane.opening = new Uint8Array(0);
      }
      outbox.lanes.set(stream, lane);
    }
  }

  /** A worker's stream begins with start_stream; what such a worker says at its start may be rewritten. */
  recognize(lane: Lane, bytes: Uint8Array): void {
    const seen = Buffer.concat([lane.opening ?? bytes.subarray(0, 0), bytes.subarray(0, PREFIX_BYTES + HEAD_BYTES)]);
    const kind = firstKind(seen);
    lane.opening = kind === MORE ? seen : undefined;
    if (kind !== KIND.startStream) {
      return;
    }
    this.#rules.rewrite(lane.stream);
    lane.isStarting = true;
    lane.kinds = this.#rules.kindsOf(lane.stream, "to-host");
  }

  ended(lane: Lane, direction: Direction): void {
    this.#held.releaseLane(lane);
    if (direction === "to-host") {
      this.#rewriting?.ended(lane);
    }
    this.#ways.of(direction).outbox.own.drop(lane, "the stream has ended");
  }

  endPassed({ stream }: Lane): void {
    const lanes = this.#ways.all.map(({ outbox }) => outbox.lanes.get(stream));
    if (!lanes.every((lane) => lane?.isEndSent === true)) {
      return;
    }
    for (const lane of lanes) {
      if (lane !== undefined) {
        lane.isClosed = true;
      }
    }
    this.#forget(stream);
  }

  reset(stream: number): void {
    for (const { outbox } of this.#ways.all) {
      const lane = outbox.lanes.get(stream);
      if (lane !== undefined) {
        this.#drop(outbox, lane);
      }
    }
    this.#forget(stream);
  }

  #drop(outbox: Outbox, lane: Lane): void {
    this.#rewriting?.reset(lane);
    this.#held.dropLane(lane);
    if (lane.reserved > 0) {
      this.#port.holding.give(lane.reserved);
    }
    lane.reserved = 0;
    outbox.close(lane);
  }

  #forget(stream: number): void {
    for (const { outbox } of this.#ways.all) {
      outbox.lanes.delete(stream);
    }
    this.#rules.forgetStream(stream);
  }
}

/** Field number of the content of the message that begins here; MORE where that depends on what is to come. */
function firstKind(bytes: Uint8Array): number {
  if (bytes.length < PREFIX_BYTES) {
    return MORE;
  }
  const size = Math.min(uint32At(bytes, 1), HEAD_BYTES);
  const end = Math.min(bytes.length, PREFIX_BYTES + size);
  // What is compressed cannot be judged.
  return bytes[0] === 0 ? new MessageHeadReader().kind(bytes, PREFIX_BYTES, end, end === PREFIX_BYTES + size) : 0;
}
