import type { Direction, InterventionEvent, InterventionReport } from "@inspector/contract/intervention-lines";
import { type Side, uint32At } from "@inspector/wire/frames";
import type { ByteBudget } from "./byte-budget.ts";
import { copyOf } from "./frame-bytes.ts";
import { base64, HeldMessages, type KeptMessage, type ReleaseAction } from "./held-messages.ts";
import type { Holding } from "./holding.ts";
import { Inbox } from "./inbox.ts";
import { Lane, type OwnMessage, PREFIX_BYTES } from "./lane.ts";
import { headLacks, type Judge } from "./message-cutter.ts";
import { HEAD_BYTES, MessageHeadReader, MORE } from "./message-head.ts";
import { Outbox } from "./outbox.ts";
import type { Watchfulness } from "./replayed-ids.ts";
import type { Rewrite } from "./rewrite.ts";
import { Rewriting } from "./rewriting.ts";
import { type HoldRule, isKeeping, Rules, type Verdict } from "./rules.ts";

/** Bytes of a message in one event of the journal. */
const EVENT_MESSAGE_BYTES = 512 * 1024;

/** Bytes of our own that are written before the socket is asked again whether it takes more. */
const OWN_BYTES_AT_ONCE = 256 * 1024;

const KIND_START_STREAM = 20;

export type ConnectionPort = {
  readonly id: number;
  readonly rewrite: Rewrite | undefined;
  /** The room for held messages, and for those that the hub has sent and that have not left; of all connections. */
  readonly holding: Holding;
  readonly orders: ByteBudget;
  /** Sends to the host or the worker. Pieces are good until the call returns, or are views into the chunk given to `push`. */
  write(to: Side, pieces: readonly Uint8Array[]): void;
  /** Whether the socket takes bytes without piling them up. Where not, {@link InterveningConnection.drained} is called later. */
  mayWrite(to: Side): boolean;
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

type Way = {
  readonly inbox: Inbox;
  readonly outbox: Outbox;
  readonly direction: Direction;
  readonly to: Side;
};

type InjectedDetail = { readonly replay?: Replay["mark"]; readonly replaces?: number; readonly answers?: number };

/**
 * Both directions of one connection, as the relay sees them. Each of them is
 *
 * - *passing*: chunks go on as they came, and are only counted. This is the resting state. It is left when a rule, a replay
 *   that is not answered, something that waits or WINDOW_UPDATEs of our own need it, and before a frame that must not pass as
 *   it is (see {@link Inbox}).
 * - *intervened in*: what goes on is put together frame by frame. Left at the end of any chunk behind which none of that is
 *   so any more, however much the sender overestimates the receiver's windows then.
 *
 * A fault in between breaks the connection: something may have been lost on its way.
 */
export class InterveningConnection {
  readonly #port: ConnectionPort;
  readonly #rules: Rules;
  readonly #held: HeldMessages;
  readonly #toHost: Way;
  readonly #toWorker: Way;
  readonly #rewriting: Rewriting | undefined;
  /** By side, what is to be done when nothing of it waits any more. */
  readonly #ends = new Map<Side, () => void>();
  /** What is to be recorded and reported of the work that is under way. */
  readonly #said: (() => void)[] = [];
  #lastStream = 0;
  #isWorking = false;

  constructor(port: ConnectionPort) {
    this.#port = port;
    this.#rules = new Rules((stream, direction, id) => this.#held.hasOfInvocation(stream, direction, id));
    this.#held = new HeldMessages(port.id, port.holding, {
      nextId: port.nextHeldId,
      nanos: port.nanos,
      report: (report) => this.#say(() => port.report(report)),
      record: (type, lane, direction, message) => this.#record(type, lane, direction, message),
      forward: (lane, direction, message, instead) => this.#forward(lane, direction, message, instead),
      answer: (lane, direction, message, answer) => this.#answer(lane, direction, message, answer),
    });
    const sent = {
      resetSent: (stream: number) => this.#reset(stream),
      endSent: (lane: Lane) => this.#endPassed(lane),
    };
    const toHost = new Outbox(sent);
    const toWorker = new Outbox(sent);
    this.#toHost = this.#createWay("worker", toHost, toWorker);
    this.#toWorker = this.#createWay("host", toWorker, toHost);
    this.#rewriting =
      port.rewrite &&
      new Rewriting(port.id, port.rewrite, ({ lane, fill }, message, instead) => {
        this.#work(() => fill(this.#rewritten(lane, message, instead)));
      });
  }

  #createWay(from: Side, outbox: Outbox, backward: Outbox): Way {
    const direction: Direction = from === "worker" ? "to-host" : "to-worker";
    const judge: Judge = {
      judge: (lane, chunk, start, end, size) => this.#rules.judge(direction, lane, chunk, start, end, size),
      begin: (lane, verdict, size) => this.#begin(lane, direction, verdict, size),
      complete: (lane, verdict, number, bytes) => this.#complete(lane, direction, verdict, number, bytes),
      cutOff: (lane, bytes) => {
        outbox.release(lane, this.#kept({ bytes, reserved: lane.reserved }));
        lane.reserved = 0;
      },
    };
    const inbox = new Inbox(from, outbox, backward, judge, {
      headers: (stream) => this.#opened(from, stream),
      opening: (lane, bytes) => this.#recognize(lane, bytes),
      watchfulness: (lane) => this.#watchfulness(lane),
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
    let withheld = 0;
    if (!way.inbox.isActive) {
      walked = this.#guard(() => way.inbox.walker.walk(chunk, 0, length));
      withheld = this.#withheldOf(way, walked);
      if (walked === length && withheld === 0 && !this.#mustWake(way)) {
        // It may have credited what waits in the other direction, or ended a stream of which the sender is to be credited.
        if (way.outbox.flow.hasCredit || this.#against(way.direction).outbox.hasWork) {
          this.#work(() => {});
        }
        return true;
      }
      way.outbox.outgoing.raw(chunk, 0, walked - withheld);
      way.inbox.activate(withheld);
    }
    this.#work(() => {
      const { walker } = way.inbox;
      const opening = walker.isHttp2 === undefined ? copyOf(walker.partialHeader) : undefined;
      walker.walk(chunk, walked, length - walked);
      if (walker.isHttp2 !== false) {
        return;
      }
      if (opening !== undefined && !way.outbox.isHeaderOpen) {
        way.outbox.outgoing.bytes(opening);
      }
      way.outbox.isHeaderOpen = false;
      way.outbox.outgoing.raw(chunk, walked, length);
    });
    return false;
  }

  /** The socket to a side takes bytes again. */
  drained(to: Side): void {
    if (this.#ways.some(({ outbox, to: side }) => side === to && outbox.hasWork)) {
      this.#work(() => {});
    }
  }

  replay({ stream, invocationId, mark, message }: Replay): void {
    const { outbox } = this.#toWorker;
    const lane = outbox.lanes.get(stream);
    const reason = this.#whyNot(lane) ?? this.#reserve(message);
    if (lane === undefined || reason !== undefined) {
      this.#port.report({ report: "replay-failed", invocationId, reason: reason ?? "" });
      return;
    }
    this.#work(() => {
      this.#rules.replays.add(stream, [invocationId]);
      this.#refresh();
      outbox.inject(lane, {
        ...this.#ordered(message),
        invocationId,
        onBegun: () => {
          this.#recordInjected("to-worker", stream, message, { replay: mark });
          this.#say(() => this.#port.report({ report: "replay-sent", invocationId }));
        },
        onDropped: (reason) => {
          this.#rules.replays.cancel(stream, invocationId);
          this.#say(() => this.#port.report({ report: "replay-failed", invocationId, reason }));
        },
      });
    });
  }

  /** Nobody waits for the answer to a replay any more. It is not sent where it has not begun to be. */
  giveUp(stream: number, invocationId: string): void {
    const { outbox } = this.#toWorker;
    const lane = outbox.lanes.get(stream);
    if (lane === undefined) {
      return;
    }
    this.#work(() => {
      outbox.dropOwn(lane, "it was given up", (message) => message.invocationId === invocationId);
      this.#rules.replays.answered(stream, invocationId, Number.POSITIVE_INFINITY);
      this.#refresh();
    });
  }

  /** @param maps of which the worker will say that they are closed, to us alone */
  inject(stream: number, direction: Direction, message: Uint8Array, maps: readonly string[] = []): void {
    const { outbox } = this.#way(direction);
    const lane = outbox.lanes.get(stream);
    if (lane === undefined || this.#whyNot(lane) !== undefined || this.#reserve(message) !== undefined) {
      return;
    }
    this.#work(() => {
      this.#rules.replays.add(stream, maps);
      this.#refresh();
      const onBegun = (): void => this.#recordInjected(direction, stream, message, {});
      outbox.inject(lane, { ...this.#ordered(message), onBegun });
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
  release(held: number, action: Exclude<ReleaseAction, "keep">, message?: Uint8Array): boolean {
    if (!this.#held.has(held)) {
      return false;
    }
    this.#work(() => this.#held.release(held, action, message));
    return true;
  }

  /** A message stays held, by another rule where one is named. */
  keep(held: number, rule?: { readonly rule: number; readonly limitNanos: number }): void {
    this.#held.keep(held, rule);
  }

  /** Releases what was held for longer than it may be. To be called now and then. */
  releaseOverdue(): void {
    if (this.#held.hasOverdue) {
      this.#work(() => this.#held.releaseOverdue());
    }
  }

  /** Nobody gives orders any more: what is held goes on, and what was replayed stays swallowed. */
  hubGone(): void {
    this.#work(() => {
      this.#rules.holds.clear();
      this.#held.releaseAll();
      this.#refresh();
    });
  }

  /** The connection is over. */
  close(): void {
    for (const { outbox } of this.#ways) {
      for (const lane of [...outbox.lanes.values()]) {
        this.#drop(outbox, lane);
      }
    }
  }

  get #ways(): readonly [Way, Way] {
    return [this.#toHost, this.#toWorker];
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

  /** Takes room for a message of the hub's. Returns why it cannot. */
  #reserve(message: Uint8Array): string | undefined {
    const { orders } = this.#port;
    if (orders.take(message.length)) {
      return undefined;
    }
    return `${Math.ceil(orders.bytes / (1024 * 1024))} MiB of messages wait to be sent already`;
  }

  /** A message for which room was taken; it is given back when the message has left, or never will. */
  #ordered(message: Uint8Array): Pick<OwnMessage, "bytes" | "onGone"> {
    return { bytes: prefixed(message), onGone: () => this.#port.orders.give(message.length) };
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
    // A sender must be able to send what a message lacks to be judged.
    for (const { outbox } of this.#ways) {
      for (const lane of outbox.unjudged) {
        outbox.flow.extend(lane, headLacks(lane));
      }
    }
    do {
      this.#wake();
      for (const { outbox, to } of this.#ways) {
        outbox.allow(this.#port.mayWrite(to) ? OWN_BYTES_AT_ONCE : 0);
        outbox.flush();
        outbox.settle();
      }
      // Streams may have ended with that.
      this.#wake();
      this.#sendCredit(this.#toHost, this.#toWorker);
      this.#sendCredit(this.#toWorker, this.#toHost);
      this.#rest();
      this.#speak();
      for (const { outbox, to } of this.#ways) {
        const pieces = outbox.outgoing.take();
        if (pieces.length > 0) {
          this.#port.write(to, pieces);
        }
      }
    } while (this.#ways.some(({ outbox, to }) => outbox.isCutShort && outbox.hasWork && this.#port.mayWrite(to)));
    this.#passEnds();
  }

  #sendCredit({ outbox: { flow } }: Way, { outbox: to }: Way): void {
    if (flow.hasCredit && to.canInsert && to.hasSettings) {
      for (const frame of flow.takeCredit()) {
        to.outgoing.bytes(frame);
      }
    }
  }

  #wake(): void {
    for (const way of this.#ways) {
      if (!way.inbox.isActive && this.#isNeeded(way)) {
        way.inbox.activate();
      }
    }
  }

  #rest(): void {
    for (const way of this.#ways) {
      if (way.inbox.isActive && way.inbox.canDeactivate && !this.#isNeeded(way)) {
        way.inbox.deactivate();
      }
    }
  }

  /** Whether a direction has to be intervened in. */
  #isNeeded(way: Way): boolean {
    const { outbox, direction } = way;
    if (!outbox.isEmpty || !outbox.flow.isRoomy || this.#against(direction).outbox.flow.hasCredit) {
      return true;
    }
    if (direction === "to-host" && (this.#rewriting?.isEmpty === false || this.#withheldOf(way) > 0)) {
      return true;
    }
    for (const { stream } of outbox.lanes.values()) {
      if (this.#rules.mustJudge(stream, direction)) {
        return true;
      }
    }
    return false;
  }

  /**
   * How much of a frame's header must not pass at the end of a chunk, since what the frame holds may be for us alone. A header
   * that began in the chunk before has gone.
   */
  #withheldOf({ inbox: { walker }, direction }: Way, walked = Number.POSITIVE_INFINITY): number {
    const bytes = walker.partialHeader.length;
    if (bytes === 0 || bytes > walked || direction === "to-worker") {
      return 0;
    }
    return this.#rules.replays.isStrict(this.#port.nanos) ? bytes : 0;
  }

  /** The same, of a direction that has passed a chunk. */
  #mustWake({ outbox, direction }: Way): boolean {
    if (outbox.hasWork || outbox.flow.isTight || this.#against(direction).outbox.flow.hasCredit) {
      return true;
    }
    return direction === "to-host" && this.#rules.isRewriting;
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
    for (const { outbox, direction } of this.#ways) {
      for (const lane of outbox.lanes.values()) {
        lane.kinds = this.#rules.kindsOf(lane.stream, direction);
      }
    }
  }

  #watchfulness(lane: Lane): Watchfulness {
    const watchfulness = this.#rules.replays.watchfulness(lane.stream, this.#port.nanos());
    if (watchfulness === "none") {
      this.#refresh();
    }
    return watchfulness;
  }

  #opened(from: Side, stream: number): void {
    if (from !== "worker" || stream <= this.#lastStream) {
      return;
    }
    this.#lastStream = stream;
    for (const { outbox, direction } of this.#ways) {
      const lane = new Lane(stream, outbox.flow.settings.current.initialWindow);
      lane.kinds = this.#rules.kindsOf(stream, direction);
      if (this.#rewriting !== undefined && direction === "to-host") {
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
    if (direction === "to-host") {
      this.#rewriting?.ended(lane);
    }
    this.#way(direction).outbox.dropOwn(lane, "the stream has ended");
  }

  #endPassed({ stream }: Lane): void {
    const lanes = this.#ways.map(({ outbox }) => outbox.lanes.get(stream));
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
    for (const { outbox } of this.#ways) {
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
    for (const { outbox } of this.#ways) {
      outbox.lanes.delete(stream);
    }
    this.#rules.forgetStream(stream);
  }

  /** A message that is kept from its first byte on needs room. Where there is none, it passes. */
  #begin(lane: Lane, direction: Direction, verdict: Verdict, size: number): Verdict {
    const bytes = PREFIX_BYTES + size;
    if (!isKeeping(verdict) || verdict.why === "rewrite") {
      return verdict;
    }
    const { holding } = this.#port;
    const isKept = verdict.why === "hold" ? holding.hold(verdict.rule.rule, bytes) : holding.holdBehind(bytes);
    if (isKept) {
      lane.reserved = bytes;
      return verdict;
    }
    // It must not overtake what is held of its invocation.
    if (verdict.why === "queue") {
      this.#held.releaseInvocation(lane, direction, verdict.invocationId);
    }
    return "pass";
  }

  #complete(lane: Lane, direction: Direction, verdict: Verdict, number: number, bytes: Uint8Array): void {
    if (verdict === "pass") {
      return;
    }
    if (verdict.why === "swallow") {
      this.#record("swallowed", lane, direction, number);
      if (verdict.isAnswer) {
        this.#rules.replays.answered(lane.stream, verdict.invocationId, this.#port.nanos());
      }
      return;
    }
    if (verdict.why === "rewrite") {
      this.#rewriting?.start(this.#toHost.outbox, lane, verdict.kind, { number, bytes });
      return;
    }
    const message: KeptMessage = { number, bytes, reserved: lane.reserved };
    lane.reserved = 0;
    // Its rule, or what it was to wait behind, may be gone since it began.
    if (verdict.why === "hold" && this.#rules.holds.has(verdict.rule.rule)) {
      this.#held.hold(lane, direction, verdict, message);
    } else if (verdict.why === "hold" || !this.#held.queue(lane, direction, verdict.invocationId, message)) {
      this.#sendOn(lane, direction, message);
    }
  }

  #rewritten(lane: Lane, { number, bytes }: { number: number; bytes: Uint8Array }, instead?: Uint8Array): OwnMessage {
    if (instead === undefined) {
      return { bytes };
    }
    this.#record("replaced", lane, "to-host", number);
    const onBegun = (): void => this.#recordInjected("to-host", lane.stream, instead, { replaces: number });
    return { bytes: prefixed(instead), onBegun };
  }

  /** A kept message that goes on; what is reserved for it is given back when it has left. */
  #kept({ bytes, reserved }: Pick<KeptMessage, "bytes" | "reserved">): OwnMessage {
    return { bytes, onGone: () => this.#port.holding.give(reserved) };
  }

  #sendOn(lane: Lane, direction: Direction, message: KeptMessage): void {
    this.#way(direction).outbox.release(lane, this.#kept(message));
  }

  #forward(lane: Lane, direction: Direction, message: KeptMessage, instead?: Uint8Array): void {
    this.#record(instead === undefined ? "released" : "replaced", lane, direction, message.number);
    if (instead === undefined) {
      this.#sendOn(lane, direction, message);
      return;
    }
    const onBegun = (): void => this.#recordInjected(direction, lane.stream, instead, { replaces: message.number });
    this.#way(direction).outbox.release(lane, { ...this.#kept(message), bytes: prefixed(instead), onBegun });
  }

  #answer(lane: Lane, direction: Direction, message: KeptMessage, answer: Uint8Array): boolean {
    const way = this.#against(direction);
    const back = way.outbox.lanes.get(lane.stream);
    if (back === undefined || back.isEnded) {
      return true;
    }
    if (this.#reserve(answer) !== undefined) {
      return false;
    }
    const onBegun = (): void => this.#recordInjected(way.direction, lane.stream, answer, { answers: message.number });
    way.outbox.inject(back, { ...this.#ordered(answer), onBegun });
    return true;
  }

  #record(
    type: "swallowed" | "held" | "released" | "replaced" | "dropped",
    { stream }: Lane,
    direction: Direction,
    message: number,
  ): void {
    this.#say(() => this.#port.record({ type, stream, direction, message }, sideOf(direction)));
  }

  #recordInjected(direction: Direction, stream: number, message: Uint8Array, detail: InjectedDetail): void {
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

  #against(direction: Direction): Way {
    return direction === "to-host" ? this.#toWorker : this.#toHost;
  }
}

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
