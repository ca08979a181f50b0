import { InspectorError } from "@inspector/contract/inspector-error";
import type { HeldMessage, HoldRule, HoldRuleOrder, Holds, ReleaseOrder } from "@inspector/contract/intervention";
import type { InterventionReport } from "@inspector/contract/intervention-lines";
import { readHead } from "@inspector/proto";
import type { Database } from "@inspector/session/database";
import { createEarlyMessages, type EarlyMessages } from "./early-messages.ts";
import { type FreeMaps, mapsKeptBack } from "./freed-maps.ts";
import { type Held, HeldList, showHeld } from "./held-list.ts";
import { bytesOf, createDescriber, createFunctionOf, type FunctionOf, type HeldReport } from "./held-message.ts";
import { HoldRooms } from "./hold-rooms.ts";
import { ActiveHoldRule, type Armed } from "./hold-rule.ts";
import type { LiveStream, LiveStreams } from "./live-streams.ts";
import type { RelayLines } from "./relay-lines.ts";
import { releaseLines } from "./release-lines.ts";
import { createRowFilter, type RowFilter } from "./row-filter.ts";

const MAX_RULES = 100;
/** Relays tell of what they held because of a rule within moments of its end. */
const MAX_SPENT = 1000;

/** A message that a relay holds, as rules see it. `bytes` are absent where it is too large to be shown. */
type Candidate = {
  readonly journal: string;
  readonly report: HeldReport;
  readonly stream: LiveStream;
  readonly bytes: Uint8Array | undefined;
  readonly functionId: string | undefined;
  readonly invocationId: string | undefined;
};

export type HoldsOptions = {
  readonly database: Database;
  readonly streams: LiveStreams;
  readonly lines: Pick<RelayLines, "send" | "isUp">;
  readonly freeMaps: FreeMaps;
  readonly onChange: () => void;
};

/**
 * Rules by which relays hold messages, and what is held. All of it ends with the hub: relays then let everything go.
 *
 * A message that a relay tells of is
 *
 * - *early* where the session has not recorded yet what its function goes by, for a moment at most;
 * - *taken* by the oldest rule that wants it: *held* until somebody decides, or *answered* by the rule; or let go where none
 *   wants it;
 * - forgotten when the relay says that it went on, for whatever reason, or hangs up.
 */
export class HoldKeeper {
  readonly #options: HoldsOptions;
  readonly #rules = new Map<number, ActiveHoldRule>();
  readonly #held = new HeldList();
  /** Of rules that ended by their count: relays may still tell of what they held because of them. */
  #spent: readonly Armed[] = [];
  readonly #rooms = new HoldRooms();
  readonly #rows: RowFilter;
  readonly #functionOf: FunctionOf;
  readonly #describe: ReturnType<typeof createDescriber>;
  readonly #early: EarlyMessages;
  #lastRule = 0;
  #lastNumber = 0;
  #lastHeld = 0;

  constructor(options: HoldsOptions) {
    this.#options = options;
    this.#rows = createRowFilter(options.database);
    this.#functionOf = createFunctionOf(options.database);
    this.#describe = createDescriber(this.#functionOf, options.streams);
    this.#early = createEarlyMessages({
      isRecorded: (journal, report) => this.#isRecorded(journal, report),
      take: (journal, report, queued) => {
        this.#take(journal, report);
        if (queued > 0) {
          this.#queue(journal, report.held, queued);
        }
      },
    });
  }

  get holds(): Holds {
    const room = this.#rooms.sum;
    return {
      rules: [...this.#rules.values()].map(({ shown }) => shown),
      held: this.#held.shown,
      ...(room && { room }),
    };
  }

  /** A held message, with what it says. @throws {InspectorError} "not-held" */
  one(id: number): HeldMessage {
    return showHeld(this.#held.get(id));
  }

  /** @throws {InspectorError} "too-many", "no-such-stream", "stream-ended", "bad-message" */
  add(order: HoldRuleOrder): HoldRule {
    if (this.#rules.size >= MAX_RULES) {
      throw new InspectorError("too-many", `There are ${MAX_RULES} rules already`, { hint: "Take one away first." });
    }
    const rule = new ActiveHoldRule(this.#lastRule + 1, order, this.#options, () => ++this.#lastNumber);
    this.#lastRule += 1;
    this.#rules.set(rule.id, rule);
    rule.arm();
    this.#options.onChange();
    return rule.shown;
  }

  /** What it held is released. @throws {InspectorError} "no-such-rule" */
  remove(id: number): void {
    const rule = this.#rules.get(id);
    if (rule === undefined) {
      throw new InspectorError("no-such-rule", `There is no rule ${id}`);
    }
    this.#end(rule, false);
  }

  /** @throws {InspectorError} "not-held", "bad-message", "relay-away", "not-shown" */
  release(id: number, order: ReleaseOrder): void {
    const { lines, streams, freeMaps } = this.#options;
    const one = this.#held.get(id);
    const { journal, number } = one;
    const message = showHeld(one);
    if (order.action === "replace" && message.message === undefined) {
      throw new InspectorError("not-shown", "The message is too large to be replaced", {
        hint: "Release or drop it.",
      });
    }
    if (!lines.isUp(journal)) {
      throw new InspectorError("relay-away", "The relay does not answer");
    }
    for (const line of releaseLines(number, order, message)) {
      lines.send(journal, line);
    }
    const stream = streams.byId(message.stream);
    if (stream !== undefined) {
      freeMaps(stream, mapsKeptBack(message, order));
    }
    this.#held.delete(id);
    this.#options.onChange();
  }

  onReport(journal: string, report: InterventionReport): void {
    switch (report.report) {
      case "held":
        this.#early.receive(journal, report);
        break;
      case "queued":
        this.#queue(journal, report.held, report.queued);
        break;
      case "released":
        this.#released(journal, report);
        break;
      case "holding":
        this.#takeRoom(journal, report);
        break;
      case "replay-sent":
      case "replay-failed":
    }
  }

  onUp(): void {
    this.#arm();
  }

  onDown(journal: string): void {
    this.#spent = this.#spent.filter((armed) => armed.journal !== journal);
    this.#rooms.delete(journal);
    for (const rule of this.#rules.values()) {
      rule.relayDown(journal);
    }
    this.#forget((one) => one.journal === journal);
    this.#early.forget(journal);
  }

  /** Something was recorded: there may be new streams and functions. */
  advance(): void {
    this.#arm();
    this.#early.advance();
  }

  close(): void {
    this.#early.forget();
    for (const { answering } of this.#rules.values()) {
      answering?.close();
    }
  }

  #arm(): void {
    for (const rule of this.#rules.values()) {
      rule.arm();
    }
  }

  #isRecorded(journal: string, { direction, at, invocationId }: HeldReport): boolean {
    const stream = this.#options.streams.named(journal, at);
    if (direction === "to-worker" || stream === undefined || invocationId === undefined) {
      return true;
    }
    return this.#functionOf(invocationId, stream.id) !== undefined;
  }

  /** So many messages of its invocation wait behind a held one. */
  #queue(journal: string, number: number, queued: number): void {
    const found = this.#early.queue(journal, number, queued) ? undefined : this.#held.find(journal, number);
    if (found === undefined) {
      return;
    }
    found.message = { ...found.message, queued };
    this.#options.onChange();
  }

  #take(journal: string, report: HeldReport): void {
    const { streams, lines, onChange } = this.#options;
    const stream = streams.named(journal, report.at);
    const found =
      stream && this.#isKnown(journal, report.rule)
        ? this.#takerOf(this.#candidate(journal, report, stream))
        : undefined;
    if (stream === undefined || found === undefined) {
      lines.send(journal, { order: "release", held: report.held, action: "release" });
      return;
    }
    const { rule, number, invocationId } = found;
    const isOther = number !== report.rule;
    if (report.ask === true || isOther) {
      const to = isOther ? { rule: number, limitMs: rule.limitMs } : {};
      lines.send(journal, { order: "release", held: report.held, action: "keep", ...to });
    }
    if (rule.answering === undefined) {
      this.#lastHeld += 1;
      rule.countHeld();
      const message = this.#describe(this.#lastHeld, rule, report, stream);
      this.#held.set(this.#lastHeld, { message, bytes: bytesOf(report), journal, number: report.held });
    } else {
      rule.answering.take(journal, report.held, invocationId);
    }
    onChange();
  }

  #isKnown(journal: string, number: number): boolean {
    const isSpent = this.#spent.some((armed) => armed.journal === journal && armed.number === number);
    return isSpent || this.#knownAs(journal, number) !== undefined;
  }

  #knownAs(journal: string, number: number): ActiveHoldRule | undefined {
    return [...this.#rules.values()].find((rule) => rule.isKnownAs(journal, number));
  }

  #candidate(journal: string, report: HeldReport, stream: LiveStream): Candidate {
    const bytes = bytesOf(report);
    const head = bytes === undefined ? undefined : readHead(bytes);
    const invocationId = report.invocationId ?? head?.invocationId;
    const functionId = head?.functionId ?? this.#functionOf(invocationId, stream.id);
    return { journal, report, stream, bytes, functionId, invocationId };
  }

  /**
   * The oldest rule that wants a message, with the relay's number for it. The relay knows nothing of filters and of how much
   * a rule is to answer, so that the one it went by need not be it.
   */
  #takerOf(one: Candidate): { rule: ActiveHoldRule; number: number; invocationId: string } | undefined {
    for (const rule of this.#rules.values()) {
      const armed = rule.armedFor(one);
      if (armed !== undefined && this.#isWanted(rule, one)) {
        return { rule, number: armed.number, invocationId: one.invocationId ?? "" };
      }
    }
    return undefined;
  }

  /** A message that is too large to be shown is not looked at: it is held, but not answered, since that may be wrong. */
  #isWanted({ filter, answering }: ActiveHoldRule, { report, stream, bytes, invocationId = "" }: Candidate): boolean {
    if (answering !== undefined && (invocationId === "" || answering.isSpent)) {
      return false;
    }
    if (filter === undefined) {
      return true;
    }
    if (bytes === undefined) {
      return answering === undefined;
    }
    const side = report.direction === "to-worker" ? 0 : 1;
    const at = stream.clock + report.heldAt;
    return this.#rows.matches(filter, { stream: stream.id, side, at, size: report.size, bytes });
  }

  #forget(isGone: (one: Held) => boolean): void {
    if (this.#held.forget(isGone)) {
      this.#options.onChange();
    }
  }

  #end(rule: ActiveHoldRule, isSpent: boolean): void {
    this.#rules.delete(rule.id);
    rule.disarm(isSpent);
    if (isSpent) {
      this.#spent = [...this.#spent, ...rule.armed].slice(-MAX_SPENT);
    }
    this.#forget(({ message }) => message.rule === rule.id);
    this.#options.onChange();
  }

  #released(
    journal: string,
    { held, rule: number, action, reason }: InterventionReport & { report: "released" },
  ): void {
    this.#forget((one) => one.journal === journal && one.number === held);
    this.#early.forget(journal, held);
    if (reason !== undefined) {
      this.#knownAs(journal, number)?.countPassed(reason);
      this.#options.onChange();
    }
    for (const rule of this.#rules.values()) {
      if (rule.answering?.released(journal, held, action === "answer") !== true) {
        continue;
      }
      if (rule.answering.isOver) {
        this.#end(rule, true);
      }
      this.#options.onChange();
    }
  }

  #takeRoom(journal: string, { report: _, passed, ...room }: InterventionReport & { report: "holding" }): void {
    this.#rooms.set(journal, room);
    for (const [number, count] of passed) {
      this.#knownAs(journal, number)?.countPassed("no-room", count);
    }
    this.#options.onChange();
  }
}
