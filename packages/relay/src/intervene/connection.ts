import type { Direction } from "@inspector/contract/intervention-lines";
import type { Side } from "@inspector/wire/frames";
import { ConnectionNotes, type ReplayMark } from "./connection-notes.ts";
import type { ConnectionPort } from "./connection-port.ts";
import { copyOf } from "./frame-bytes.ts";
import { HeldMessages, type ReleaseAction } from "./held-messages.ts";
import { Inbox } from "./inbox.ts";
import { KeptMessages } from "./kept-messages.ts";
import type { Lane } from "./lane.ts";
import { headLacks, type Judge } from "./message-cutter.ts";
import { Outbox } from "./outbox.ts";
import { Rewriting } from "./rewriting.ts";
import { type HoldRule, Rules } from "./rules.ts";
import { Streams } from "./streams.ts";
import { WaitingStart } from "./waiting-start.ts";
import { Wakefulness } from "./wakefulness.ts";
import { type Way, Ways } from "./ways.ts";

/** Bytes of our own that are written before the socket is asked again whether it takes more. */
const OWN_BYTES_AT_ONCE = 256 * 1024;

export type Replay = {
  readonly stream: number;
  readonly invocationId: string;
  readonly mark: ReplayMark;
  readonly message: Uint8Array;
};

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
  readonly #ways: Ways;
  readonly #rewriting: Rewriting | undefined;
  /** By side, what is to be done when nothing of it waits any more. */
  readonly #ends = new Map<Side, () => void>();
  readonly #kept: KeptMessages;
  readonly #streams: Streams;
  readonly #wakefulness: Wakefulness;
  readonly #notes: ConnectionNotes;
  readonly #waitingStart: WaitingStart;

  constructor(port: ConnectionPort) {
    this.#port = port;
    this.#notes = new ConnectionNotes(port);
    this.#rules = new Rules(
      (stream, direction, id) => this.#held.hasOfInvocation(stream, direction, id),
      port.isRewritable,
    );
    this.#held = new HeldMessages(port.id, port.holding, {
      nextId: port.nextHeldId,
      nanos: port.nanos,
      report: (report) => this.#notes.report(report),
      record: (type, lane, direction, message) => this.#notes.record(type, lane, direction, message),
      forward: (lane, direction, message, instead) => this.#kept.forward(lane, direction, message, instead),
      answer: (lane, direction, message, answer) => this.#kept.answer(lane, direction, message, answer),
    });
    const sent = {
      resetSent: (stream: number) => this.#streams.reset(stream),
      endSent: (lane: Lane) => this.#streams.endPassed(lane),
    };
    const toHost = new Outbox(sent);
    const toWorker = new Outbox(sent);
    this.#ways = new Ways(this.#createWay("worker", toHost, toWorker), this.#createWay("host", toWorker, toHost));
    this.#rewriting =
      port.rewrite &&
      new Rewriting(port.id, port.rewrite, ({ lane, fill }, message, instead) => {
        this.#work(() => fill(this.#kept.rewritten(lane, message, instead)));
      });
    this.#kept = new KeptMessages(port, this.#ways, this.#rules, this.#held, this.#rewriting, this.#notes);
    this.#streams = new Streams(port, this.#ways, this.#rules, this.#held, this.#rewriting);
    this.#wakefulness = new Wakefulness(this.#ways, this.#rules, this.#rewriting, port.nanos);
    this.#waitingStart = new WaitingStart({
      toHost: this.#ways.toHost,
      rules: this.#rules,
      push: (chunk, length) => this.#push("worker", chunk, length),
      pass: (chunk, length) => this.#work(() => this.#ways.toHost.outbox.outgoing.raw(chunk, 0, length)),
    });
  }

  #createWay(from: Side, outbox: Outbox, backward: Outbox): Way {
    const direction: Direction = from === "worker" ? "to-host" : "to-worker";
    const judge: Judge = {
      judge: (lane, chunk, start, end, size) => this.#rules.judge(direction, lane, chunk, start, end, size),
      begin: (lane, verdict, size) => this.#kept.begin(lane, direction, verdict, size),
      complete: (lane, verdict, number, bytes) => this.#kept.complete(lane, direction, verdict, number, bytes),
      cutOff: (lane, bytes) => {
        outbox.release(lane, this.#kept.kept({ bytes, reserved: lane.reserved }));
        lane.reserved = 0;
      },
    };
    const inbox = new Inbox(from, outbox, backward, judge, {
      headers: (stream) => this.#streams.opened(from, stream),
      opening: (lane, bytes) => this.#streams.recognize(lane, bytes),
      isWanted: (message) => this.#rules.isWanted(message),
      started: (lane) => this.#rules.endStart(lane),
      watchfulness: (lane) => this.#streams.watchfulness(lane),
      ended: (lane) => this.#streams.ended(lane, direction),
      endPassed: (lane) => this.#streams.endPassed(lane),
      reset: (stream) => this.#streams.reset(stream),
    });
    return { inbox, outbox, direction, to: from === "worker" ? "host" : "worker" };
  }

  /** Where a side's bytes stand. */
  position(side: Side): ReturnType<Inbox["walker"]["position"]> {
    const waiting = side === "worker" ? this.#waitingStart.position : undefined;
    return waiting ?? this.#ways.from(side).inbox.walker.position();
  }

  /** Calls back as soon as nothing waits here of what this side said. */
  afterWaiting(side: Side, callback: () => void): void {
    if (side === "worker") {
      this.#waitingStart.end();
    }
    this.#ends.set(side, callback);
    this.#passEnds();
  }

  /**
   * Takes the first `length` bytes of a chunk. Returns true where all of them are to be passed on as they are, which the
   * caller does; otherwise what is to be sent was written.
   */
  push(side: Side, chunk: Uint8Array, length: number): boolean {
    return side === "worker" ? this.#waitingStart.push(chunk, length) : this.#push(side, chunk, length);
  }

  #push(side: Side, chunk: Uint8Array, length: number): boolean {
    const way = this.#ways.from(side);
    let walked = 0;
    let withheld = 0;
    if (!way.inbox.isActive) {
      walked = this.#guard(() => way.inbox.walk(chunk, length));
      if (side === "worker" && this.#waitingStart.keepBack(chunk, walked, length)) {
        return false;
      }
      withheld = this.#wakefulness.withheldOf(way, walked);
      if (walked === length && withheld === 0 && !this.#wakefulness.mustWake(way)) {
        // It may have credited what waits in the other direction, or ended a stream of which the sender is to be credited.
        if (way.outbox.flow.hasCredit || this.#ways.against(way.direction).outbox.hasWork) {
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
    if (this.#ways.all.some(({ outbox, to: side }) => side === to && outbox.hasWork)) {
      this.#work(() => {});
    }
  }

  replay({ stream, invocationId, mark, message }: Replay): void {
    const { outbox } = this.#ways.toWorker;
    const lane = outbox.lanes.get(stream);
    const reason = this.#streams.whyNot(lane) ?? this.#kept.reserve(message);
    if (lane === undefined || reason !== undefined) {
      this.#port.report({ report: "replay-failed", invocationId, reason: reason ?? "" });
      return;
    }
    this.#work(() => {
      this.#rules.replays.add(stream, [invocationId]);
      this.#streams.refresh();
      outbox.own.add(lane, {
        ...this.#kept.ordered(message),
        invocationId,
        onBegun: () => {
          this.#notes.recordInjected("to-worker", stream, message, { replay: mark });
          this.#notes.report({ report: "replay-sent", invocationId });
        },
        onDropped: (reason) => {
          this.#rules.replays.cancel(stream, invocationId);
          this.#notes.report({ report: "replay-failed", invocationId, reason });
        },
      });
    });
  }

  /** Nobody waits for the answer to a replay any more. It is not sent where it has not begun to be. */
  giveUp(stream: number, invocationId: string): void {
    const { outbox } = this.#ways.toWorker;
    const lane = outbox.lanes.get(stream);
    if (lane === undefined) {
      return;
    }
    this.#work(() => {
      outbox.own.drop(lane, "it was given up", (message) => message.invocationId === invocationId);
      this.#rules.replays.answered(stream, invocationId, Number.POSITIVE_INFINITY);
      this.#streams.refresh();
    });
  }

  /** @param maps of which the worker will say that they are closed, to us alone */
  inject(stream: number, direction: Direction, message: Uint8Array, maps: readonly string[] = []): void {
    const { outbox } = this.#ways.of(direction);
    const lane = outbox.lanes.get(stream);
    if (lane === undefined || this.#streams.whyNot(lane) !== undefined || this.#kept.reserve(message) !== undefined) {
      return;
    }
    this.#work(() => {
      this.#rules.replays.add(stream, maps);
      this.#streams.refresh();
      const onBegun = (): void => this.#notes.recordInjected(direction, stream, message, {});
      outbox.own.add(lane, { ...this.#kept.ordered(message), onBegun });
    });
  }

  hold(rule: HoldRule): void {
    this.#work(() => {
      this.#rules.holds.set(rule.rule, rule);
      this.#streams.refresh();
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
      this.#streams.refresh();
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
      this.#streams.refresh();
    });
  }

  /** The connection is over. */
  close(): void {
    this.#waitingStart.close();
    this.#streams.close();
  }

  /** Does something, and then sends what can be sent because of it. */
  #work(act: () => void): void {
    if (this.#notes.isWorking) {
      act();
      return;
    }
    this.#notes.isWorking = true;
    try {
      this.#guard(() => {
        act();
        this.#finish();
      });
    } finally {
      this.#notes.isWorking = false;
      this.#notes.speak();
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

  #finish(): void {
    this.#streams.dropSpent();
    // A sender must be able to send what a message lacks to be judged.
    for (const { outbox } of this.#ways.all) {
      for (const lane of outbox.unjudged) {
        outbox.flow.extend(lane, headLacks(lane));
      }
    }
    do {
      this.#wakefulness.wake();
      for (const { outbox, to } of this.#ways.all) {
        outbox.own.allow(this.#port.mayWrite(to) ? OWN_BYTES_AT_ONCE : 0);
        outbox.flush();
        outbox.settle();
      }
      // Streams may have ended with that.
      this.#wakefulness.wake();
      this.#sendCredit(this.#ways.toHost, this.#ways.toWorker);
      this.#sendCredit(this.#ways.toWorker, this.#ways.toHost);
      this.#wakefulness.rest();
      this.#notes.speak();
      for (const { outbox, to } of this.#ways.all) {
        const pieces = outbox.outgoing.take();
        if (pieces.length > 0) {
          this.#port.write(to, pieces);
        }
      }
    } while (
      this.#ways.all.some(({ outbox, to }) => outbox.own.isCutShort && outbox.hasWork && this.#port.mayWrite(to))
    );
    this.#passEnds();
  }

  #sendCredit({ outbox: { flow } }: Way, { outbox: to }: Way): void {
    if (flow.hasCredit && to.canInsert && to.hasSettings) {
      for (const frame of flow.takeCredit()) {
        to.outgoing.bytes(frame);
      }
    }
  }

  #passEnds(): void {
    for (const [side, callback] of this.#ends) {
      if (this.#ways.from(side).outbox.hasWaiting) {
        continue;
      }
      this.#ends.delete(side);
      callback();
    }
  }
}
