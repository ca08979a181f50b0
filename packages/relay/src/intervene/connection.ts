/**
 * Both directions of one connection, as the relay sees them. Until somebody intervenes, chunks pass as they are and are
 * only counted; then, and until every debt is repaid, what goes on is put together frame by frame.
 */

import type { Direction, InterventionEvent, InterventionReport } from "@inspector/contract/intervention-lines";
import { type Side, uint32At } from "@inspector/wire/frames";
import { copyOf } from "./frame-bytes.ts";
import { base64, HeldMessages, type KeptMessage, type ReleaseAction } from "./held-messages.ts";
import { Inbox } from "./inbox.ts";
import { Lane, type OwnMessage, PREFIX_BYTES } from "./lane.ts";
import { headLacks, type Judge } from "./message-cutter.ts";
import { HEAD_BYTES, MessageHeadReader, MORE } from "./message-head.ts";
import { Outbox } from "./outbox.ts";
import type { Rewrite } from "./rewrite.ts";
import { type HoldRule, type Keeping, Rules, type Verdict } from "./rules.ts";

/** Bytes of a message in one event of the journal. */
const EVENT_MESSAGE_BYTES = 512 * 1024;

const KIND_START_STREAM = 20;

export type ConnectionPort = {
  readonly id: number;
  readonly rewrite: Rewrite | undefined;
  /** Sends to the host or the worker. Pieces are good until the call returns, or are views into the chunk given to `push`. */
  write(to: Side, pieces: readonly Uint8Array[]): void;
  /** Puts an event into the journal; `side` is who sent, or would have sent, the message. */
  record(event: InterventionEvent, side: Side): void;
  report(report: InterventionReport): void;
  /** Intervening has failed in the middle of something: what goes on is not to be trusted. */
  broken(): void;
  nextHeldId(): number;
  nanos(): number;
};

export type Replay = {
  readonly stream: number;
  readonly invocationId: string;
  readonly mark: { readonly run: number; readonly n: number; readonly isEdited: boolean };
  readonly message: Uint8Array;
};

type Way = { readonly inbox: Inbox; readonly outbox: Outbox; readonly direction: Direction; readonly to: Side };

export class InterveningConnection {
  readonly #port: ConnectionPort;
  readonly #rules: Rules;
  readonly #held: HeldMessages;
  readonly #toHost: Way;
  readonly #toWorker: Way;
  /** Messages that are being rewritten, and what puts them in their place again. */
  readonly #rewriting = new Map<KeptMessage, { readonly lane: Lane; readonly fill: (message: OwnMessage) => void }>();
  /** By side, what is to be done when nothing of it waits any more. */
  readonly #ends = new Map<Side, () => void>();
  /** What is to be recorded and reported of the work that is under way. */
  readonly #said: (() => void)[] = [];
  #lastStream = 0;
  #isActive = false;
  #isWorking = false;

  constructor(port: ConnectionPort) {
    this.#port = port;
    this.#rules = new Rules();
    this.#held = new HeldMessages(port.id, this.#rules, {
      nextId: port.nextHeldId,
      nanos: port.nanos,
      report: (report) => this.#say(() => port.report(report)),
      record: (type, lane, direction, message) => this.#record(type, lane, direction, message),
      forward: (lane, direction, message, instead) => this.#forward(lane, direction, message, instead),
      answer: (lane, direction, message, answer) => this.#answer(lane, direction, message, answer),
    });
    const toHost = new Outbox({
      resetSent: (stream) => this.#reset(stream),
      endSent: (lane) => this.#endPassed(lane),
    });
    const toWorker = new Outbox({
      resetSent: (stream) => this.#reset(stream),
      endSent: (lane) => this.#endPassed(lane),
    });
    this.#toHost = this.#createWay("worker", toHost, toWorker);
    this.#toWorker = this.#createWay("host", toWorker, toHost);
  }

  #createWay(from: Side, outbox: Outbox, backward: Outbox): Way {
    const direction: Direction = from === "worker" ? "to-host" : "to-worker";
    const judge: Judge = {
      judge: (lane, chunk, start, end, size) => this.#rules.judge(direction, lane, chunk, start, end, size),
      complete: (lane, verdict, number, bytes) => this.#complete(lane, direction, verdict, { number, bytes }),
    };
    const inbox = new Inbox(from, outbox, backward, judge, {
      headers: (stream) => this.#opened(from, stream),
      opening: (lane, bytes) => this.#recognize(lane, bytes),
      ended: (lane) => this.#ended(lane, direction),
      endPassed: (lane) => this.#endPassed(lane),
      reset: (stream) => this.#reset(stream),
    });
    return { inbox, outbox, direction, to: from === "worker" ? "host" : "worker" };
  }

  /** Where a side's bytes stand. */
  position(side: Side): ReturnType<Inbox["walker"]["position"]> {
    return this.#from(side).inbox.walker.position();
  }

  /** Calls back as soon as nothing waits here of what this side said. */
  afterWaiting(side: Side, callback: () => void): void {
    this.#ends.set(side, callback);
    this.#passEnds();
  }

  /**
   * Takes the first `length` bytes of a chunk. Returns true where all of them are to be passed on as they are, which the
   * caller does; otherwise what is to be sent was written.
   */
  push(side: Side, chunk: Uint8Array, length: number): boolean {
    const way = this.#from(side);
    let walked = 0;
    if (!this.#isActive) {
      walked = this.#guard(() => way.inbox.walker.walk(chunk, 0, length));
      if (walked === length && !this.#mustWatch(way)) {
        return true;
      }
      way.outbox.raw(chunk, 0, walked);
      this.#activate();
    }
    this.#work(() => {
      const withheld = way.inbox.walker.isHttp2 === undefined ? copyOf(way.inbox.walker.partialHeader) : undefined;
      way.inbox.walker.walk(chunk, walked, length - walked);
      if (way.inbox.walker.isHttp2 !== false) {
        return;
      }
      if (withheld !== undefined && !way.outbox.isHeaderOpen) {
        way.outbox.bytes(withheld);
      }
      way.outbox.isHeaderOpen = false;
      way.outbox.raw(chunk, walked, length);
    });
    return false;
  }

  replay({ stream, invocationId, mark, message }: Replay): void {
    const lane = this.#toWorker.outbox.lanes.get(stream);
    const reason = this.#whyNot(lane);
    if (lane === undefined || reason !== undefined) {
      this.#port.report({ report: "replay-failed", invocationId, reason: reason ?? "" });
      return;
    }
    this.#work(() => {
      this.#rules.swallow(stream, invocationId);
      this.#refresh();
      this.#send(this.#toWorker, lane, message, {
        isReplay: true,
        onBegun: () => {
          this.#recordInjected(this.#toWorker, stream, message, { replay: mark });
          this.#say(() => this.#port.report({ report: "replay-sent", invocationId }));
        },
        onDropped: (reason) => this.#say(() => this.#port.report({ report: "replay-failed", invocationId, reason })),
      });
    });
  }

  /** @param maps of which the worker will say that they are closed, to us alone */
  inject(stream: number, direction: Direction, message: Uint8Array, maps: readonly string[] = []): void {
    const way = this.#way(direction);
    const lane = way.outbox.lanes.get(stream);
    if (lane === undefined || this.#whyNot(lane) !== undefined) {
      return;
    }
    this.#work(() => {
      for (const map of maps) {
        this.#rules.swallow(stream, map);
      }
      this.#refresh();
      const onBegun = (): void => this.#recordInjected(way, stream, message, {});
      this.#send(way, lane, message, { isReplay: true, onBegun });
    });
  }

  hold(rule: HoldRule): void {
    this.#work(() => {
      this.#rules.holds.set(rule.rule, rule);
      this.#refresh();
    });
  }

  unhold(rule: number, isSpent: boolean): void {
    if (!this.#rules.holds.has(rule)) {
      return;
    }
    this.#work(() => {
      if (isSpent) {
        this.#rules.spend(rule);
      } else {
        this.#rules.holds.delete(rule);
        this.#held.releaseRule(rule);
      }
      this.#refresh();
    });
  }

  /** Returns false where this connection holds no such message. */
  release(held: number, action: ReleaseAction, message?: Uint8Array, rule?: number): boolean {
    if (!this.#held.has(held)) {
      return false;
    }
    if (rule !== undefined) {
      this.#held.handOver(held, rule);
    }
    this.#work(() => this.#held.release(held, action, message));
    return true;
  }

  /** Nobody gives orders any more: what is held goes on, and what was replayed stays swallowed. */
  hubGone(): void {
    if (!this.#isActive) {
      return;
    }
    this.#work(() => {
      this.#rules.holds.clear();
      this.#held.releaseAll();
      this.#refresh();
    });
  }

  /** The connection is over. */
  close(): void {
    for (const { outbox } of [this.#toHost, this.#toWorker]) {
      for (const lane of [...outbox.lanes.values()]) {
        this.#held.dropLane(lane);
        outbox.close(lane);
      }
    }
  }

  #whyNot(lane: Lane | undefined): string | undefined {
    if (this.#toWorker.inbox.walker.isHttp2 === false) {
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

  #mustWatch(way: Way): boolean {
    return way.direction === "to-host" && this.#rules.isRewriting;
  }

  #activate(): void {
    if (this.#isActive) {
      return;
    }
    this.#isActive = true;
    this.#toHost.inbox.activate();
    this.#toWorker.inbox.activate();
  }

  /** Does something, and then sends what can be sent because of it. */
  #work(act: () => void): void {
    if (this.#isWorking) {
      act();
      return;
    }
    this.#isWorking = true;
    try {
      this.#guard(() => {
        this.#activate();
        act();
        this.#finish();
      });
    } finally {
      this.#isWorking = false;
      this.#speak();
    }
  }

  /**
   * Within a chunk nothing is said: a segment of the journal that begins with it would tell where the directions stand there,
   * though all of the chunk is in the segment before.
   */
  #say(act: () => void): void {
    if (this.#isWorking) {
      this.#said.push(act);
    } else {
      act();
    }
  }

  #speak(): void {
    for (const act of this.#said.splice(0)) {
      act();
    }
  }

  /** What fails in between may have lost something on its way: the connection ends rather than go on with a hole. */
  #guard<Result>(act: () => Result): Result {
    try {
      return act();
    } catch (error) {
      this.#port.broken();
      throw error;
    }
  }

  /** A spent rule stays as long as anything is held because of it. */
  #dropSpent(): void {
    for (const { rule, kinds } of this.#rules.holds.values()) {
      if (kinds.size > 0 || this.#held.hasOf(rule)) {
        continue;
      }
      this.#rules.holds.delete(rule);
      this.#refresh();
    }
  }

  #finish(): void {
    this.#dropSpent();
    const ways = [this.#toHost, this.#toWorker];
    for (const { outbox } of ways) {
      // A sender must be able to send what a message lacks to be judged.
      for (const lane of outbox.unjudged) {
        outbox.advance(lane, headLacks(lane));
      }
      outbox.flush();
      outbox.settle();
    }
    this.#toHost.outbox.pay(this.#toWorker.outbox);
    this.#toWorker.outbox.pay(this.#toHost.outbox);
    const isIdle = this.#rules.isEmpty && this.#rewriting.size === 0;
    if (isIdle && ways.every(({ inbox, outbox }) => outbox.isSettled && inbox.canDeactivate)) {
      this.#isActive = false;
      for (const { inbox } of ways) {
        inbox.deactivate();
      }
    }
    this.#speak();
    for (const { outbox, to } of ways) {
      const pieces = outbox.take();
      if (pieces.length > 0) {
        this.#port.write(to, pieces);
      }
    }
    this.#passEnds();
  }

  #passEnds(): void {
    for (const [side, callback] of this.#ends) {
      if (this.#from(side).outbox.hasWaiting) {
        continue;
      }
      this.#ends.delete(side);
      callback();
    }
  }

  #refresh(): void {
    for (const { outbox, direction } of [this.#toHost, this.#toWorker]) {
      for (const lane of outbox.lanes.values()) {
        lane.kinds = this.#rules.kindsOf(lane.stream, direction);
      }
    }
  }

  #opened(from: Side, stream: number): void {
    if (from !== "worker" || stream <= this.#lastStream) {
      return;
    }
    this.#lastStream = stream;
    for (const { outbox, direction } of [this.#toHost, this.#toWorker]) {
      const lane = new Lane(stream, outbox.settings.current.initialWindow);
      lane.kinds = this.#rules.kindsOf(stream, direction);
      if (this.#port.rewrite !== undefined && direction === "to-host") {
        lane.opening = new Uint8Array(0);
      }
      outbox.lanes.set(stream, lane);
    }
  }

  /** A worker's stream begins with start_stream; what such a worker says at its start may be rewritten. */
  #recognize(lane: Lane, bytes: Uint8Array): void {
    const seen = Buffer.concat([lane.opening ?? bytes.subarray(0, 0), bytes.subarray(0, PREFIX_BYTES + HEAD_BYTES)]);
    const kind = firstKind(seen);
    lane.opening = kind === MORE ? seen : undefined;
    if (kind !== KIND_START_STREAM) {
      return;
    }
    this.#rules.rewrite(lane.stream);
    lane.kinds = this.#rules.kindsOf(lane.stream, "to-host");
  }

  #ended(lane: Lane, direction: Direction): void {
    this.#held.releaseLane(lane);
    for (const [message, { lane: of }] of this.#rewriting) {
      if (of === lane) {
        this.#rewritten(message, undefined);
      }
    }
    this.#way(direction).outbox.dropReplays(lane, "the stream has ended");
  }

  #endPassed({ stream }: Lane): void {
    const lanes = [this.#toHost, this.#toWorker].map(({ outbox }) => outbox.lanes.get(stream));
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

  #reset(stream: number): void {
    for (const { outbox } of [this.#toHost, this.#toWorker]) {
      const lane = outbox.lanes.get(stream);
      if (lane === undefined) {
        continue;
      }
      for (const [message, { lane: of }] of this.#rewriting) {
        if (of === lane) {
          this.#rewriting.delete(message);
        }
      }
      this.#held.dropLane(lane);
      outbox.close(lane);
    }
    this.#forget(stream);
  }

  #forget(stream: number): void {
    this.#toHost.outbox.lanes.delete(stream);
    this.#toWorker.outbox.lanes.delete(stream);
    this.#rules.forgetStream(stream);
  }

  #complete(lane: Lane, direction: Direction, verdict: Verdict, message: KeptMessage): void {
    if (verdict === "pass") {
      return;
    }
    if (verdict === "swallow") {
      this.#record("swallowed", lane, direction, message.number);
    } else if (verdict.why === "hold") {
      this.#hold(lane, direction, verdict, message);
    } else if (verdict.why === "rewrite") {
      this.#rewrite(lane, verdict.kind, message);
    } else if (!this.#held.queue(lane, direction, verdict.invocationId, message)) {
      this.#sendOn(lane, direction, message);
    }
  }

  #hold(lane: Lane, direction: Direction, verdict: Keeping & { why: "hold" }, message: KeptMessage): void {
    // The rule may be gone since the message began.
    if (this.#rules.holds.has(verdict.rule.rule)) {
      this.#held.hold(lane, direction, verdict, message);
    } else {
      this.#sendOn(lane, direction, message);
    }
  }

  #rewrite(lane: Lane, kind: number, message: KeptMessage): void {
    const { id, rewrite } = this.#port;
    this.#rewriting.set(message, { lane, fill: this.#toHost.outbox.place(lane) });
    const done = (instead: Uint8Array | undefined): void => this.#rewritten(message, instead);
    try {
      const instead = rewrite?.({ kind, connection: id, stream: lane.stream }, message.bytes.subarray(PREFIX_BYTES));
      if (instead instanceof Promise) {
        instead.then(done, () => done(undefined));
      } else {
        done(instead);
      }
    } catch {
      done(undefined);
    }
  }

  #rewritten(message: KeptMessage, instead: Uint8Array | undefined): void {
    const place = this.#rewriting.get(message);
    // Its stream may have ended meanwhile.
    if (place === undefined) {
      return;
    }
    this.#rewriting.delete(message);
    const { lane, fill } = place;
    this.#work(() => {
      if (instead === undefined) {
        fill({ bytes: message.bytes, isReplay: false });
        return;
      }
      this.#record("replaced", lane, "to-host", message.number);
      const onBegun = (): void =>
        this.#recordInjected(this.#toHost, lane.stream, instead, { replaces: message.number });
      fill({ bytes: prefixed(instead), isReplay: false, onBegun });
    });
  }

  #sendOn(lane: Lane, direction: Direction, { bytes }: KeptMessage): void {
    this.#way(direction).outbox.send(lane, { bytes, isReplay: false });
  }

  #forward(lane: Lane, direction: Direction, message: KeptMessage, instead?: Uint8Array): void {
    this.#record(instead === undefined ? "released" : "replaced", lane, direction, message.number);
    if (instead === undefined) {
      this.#sendOn(lane, direction, message);
      return;
    }
    const way = this.#way(direction);
    const detail = { replaces: message.number };
    this.#send(way, lane, instead, {
      isReplay: false,
      onBegun: () => this.#recordInjected(way, lane.stream, instead, detail),
    });
  }

  #answer(lane: Lane, direction: Direction, message: KeptMessage, answer: Uint8Array): void {
    const way = this.#way(direction === "to-host" ? "to-worker" : "to-host");
    const back = way.outbox.lanes.get(lane.stream);
    if (back === undefined || back.isEnded) {
      return;
    }
    const detail = { answers: message.number };
    this.#send(way, back, answer, {
      isReplay: true,
      onBegun: () => this.#recordInjected(way, lane.stream, answer, detail),
    });
  }

  #send({ outbox }: Way, lane: Lane, message: Uint8Array, rest: Omit<OwnMessage, "bytes">): void {
    outbox.send(lane, { bytes: prefixed(message), ...rest });
  }

  #record(
    type: "swallowed" | "held" | "released" | "replaced" | "dropped",
    { stream }: Lane,
    direction: Direction,
    message: number,
  ): void {
    this.#say(() => this.#port.record({ type, stream, direction, message }, sideOf(direction)));
  }

  #recordInjected({ direction }: Way, stream: number, message: Uint8Array, detail: InjectedDetail): void {
    this.#say(() => {
      let at = 0;
      do {
        const part = message.subarray(at, at + EVENT_MESSAGE_BYTES);
        at += part.length;
        const event = { type: "injected", stream, direction, ...detail, bytes: base64(part) } as const;
        this.#port.record(at < message.length ? { ...event, more: true } : event, sideOf(direction));
      } while (at < message.length);
    });
  }

  #from(side: Side): Way {
    return side === "worker" ? this.#toHost : this.#toWorker;
  }

  #way(direction: Direction): Way {
    return direction === "to-host" ? this.#toHost : this.#toWorker;
  }
}

type InjectedDetail = { readonly replay?: Replay["mark"]; readonly replaces?: number; readonly answers?: number };

function prefixed(message: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(PREFIX_BYTES + message.length);
  new DataView(bytes.buffer).setUint32(1, message.length);
  bytes.set(message, PREFIX_BYTES);
  return bytes;
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

function sideOf(direction: Direction): Side {
  return direction === "to-host" ? "worker" : "host";
}
