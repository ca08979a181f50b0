import { HOLD_LIMIT_MS, type HoldRule, type HoldRuleOrder, type PassedCounts } from "@inspector/contract/intervention";
import type { Direction, InterventionReport, LetGoReason } from "@inspector/contract/intervention-lines";
import type { Filter } from "@inspector/filter/filter";
import { parseFilter } from "@inspector/filter/parse";
import { optional } from "@inspector/session/sql-values";
import { Answering } from "./answering.ts";
import { assertHoldable, type LiveStream, type LiveStreams } from "./live-streams.ts";
import { kindNumbers } from "./orders.ts";
import type { RelayLines } from "./relay-lines.ts";

/** How long a relay keeps a request beyond its answer's delay. */
const ANSWER_LIMIT_MS = 10_000;

/** What a relay was told of a rule: its number for it, for which stream, and for which function ("" for all). */
export type Armed = {
  readonly number: number;
  readonly journal: string;
  readonly stream: number;
  readonly functionId: string;
};

/** Which message a relay holds, as far as it goes by the rule alone. */
export type HeldAt = {
  readonly journal: string;
  readonly report: Pick<InterventionReport & { report: "held" }, "rule" | "direction" | "kind">;
  readonly stream: Pick<LiveStream, "id">;
  readonly functionId: string | undefined;
};

type Relays = { readonly streams: LiveStreams; readonly lines: Pick<RelayLines, "send" | "isUp"> };

/**
 * A rule by which relays hold messages. It is told to the relay of each stream that it is about as soon as that is there, once
 * for each id of a function. It ends when somebody takes it away, or when it has answered as often as it is to.
 */
export class ActiveHoldRule {
  readonly id: number;
  readonly filter: Filter | undefined;
  readonly answering: Answering | undefined;
  /** How long a relay holds each message at most. */
  readonly limitMs: number;
  readonly direction: Direction;
  readonly #order: Omit<HoldRuleOrder, "answer" | "limitMs">;
  readonly #kinds: readonly number[];
  readonly #relays: Relays;
  readonly #nextNumber: () => number;
  readonly #passed: Record<keyof PassedCounts, number> = { noRoom: 0, noVerdict: 0, tooLong: 0 };
  #armed: readonly Armed[] = [];
  #held = 0;

  /**
   * @param nextNumber gives numbers that no relay knows yet
   * @throws {InspectorError} "bad-message", "no-such-stream", "stream-ended"
   */
  constructor(id: number, { answer, limitMs, ...order }: HoldRuleOrder, relays: Relays, nextNumber: () => number) {
    if (order.stream !== undefined) {
      assertHoldable(relays.streams.byId(order.stream), order.stream);
    }
    const parsed = parseFilter(order.filter ?? "");
    this.id = id;
    this.filter = parsed.ok && parsed.filter.type !== "all" ? parsed.filter : undefined;
    this.answering = answer && new Answering(answer, relays.lines);
    this.limitMs = answer ? (answer.delayMs ?? 0) + ANSWER_LIMIT_MS : (limitMs ?? HOLD_LIMIT_MS);
    this.direction = order.from === "host" ? "to-worker" : "to-host";
    this.#order = order;
    this.#kinds = kindNumbers(order);
    this.#relays = relays;
    this.#nextNumber = nextNumber;
  }

  /** As pages see it. */
  get shown(): HoldRule {
    const { id, limitMs, answering } = this;
    const passed = { ...this.#passed };
    return { ...this.#order, id, limitMs, held: this.#held, passed, ...optional("answer", answering?.progress) };
  }

  get armed(): readonly Armed[] {
    return this.#armed;
  }

  /** Whether a relay knows it by this number. */
  isKnownAs(journal: string, number: number): boolean {
    return this.#armed.some((armed) => armed.journal === journal && armed.number === number);
  }

  /** Tells the relays what they have not been told of it. */
  arm(): void {
    const { streams, lines } = this.#relays;
    const { stream, functions = [] } = this.#order;
    for (const one of streams.open()) {
      if ((stream !== undefined && one.id !== stream) || !lines.isUp(one.journal)) {
        continue;
      }
      // Workers of Node.js go by the name, which also serves where no load was seen.
      const ids = functions.length === 0 ? [""] : [...functions, ...streams.functionIds(one.id, functions)];
      for (const id of new Set(ids)) {
        if (!this.#armed.some((armed) => armed.stream === one.id && armed.functionId === id)) {
          this.#armFor(one, id);
        }
      }
    }
  }

  #armFor({ id, journal, at }: LiveStream, functionId: string): void {
    const number = this.#nextNumber();
    this.#armed = [...this.#armed, { number, journal, stream: id, functionId }];
    this.#relays.lines.send(journal, {
      order: "hold",
      rule: number,
      at,
      direction: this.direction,
      kinds: this.#kinds,
      ...(functionId !== "" && { functionIds: [functionId] }),
      ...(this.filter !== undefined && { ask: true }),
      limitMs: this.limitMs,
    });
  }

  /** Ends it. A rule that is spent leaves what it still holds to be answered, any other lets that go. */
  disarm(isSpent: boolean): void {
    this.answering?.close();
    for (const { journal, number } of this.#armed) {
      this.#relays.lines.send(journal, { order: "unhold", rule: number, ...(isSpent && { spent: true }) });
    }
  }

  /** A relay is gone, or has forgotten everything. */
  relayDown(journal: string): void {
    this.#armed = this.#armed.filter((armed) => armed.journal !== journal);
    this.answering?.relayDown(journal);
  }

  /** What a relay knows it as that holds a message which is of its stream, kind and function; undefined where it is not. */
  armedFor({ journal, report, stream, functionId }: HeldAt): Armed | undefined {
    const isOfKind = this.direction === report.direction && this.#kinds.includes(report.kind);
    return this.#armed.find((armed) => {
      if (armed.journal !== journal || armed.stream !== stream.id) {
        return false;
      }
      return armed.number === report.rule || (isOfKind && (armed.functionId === "" || armed.functionId === functionId));
    });
  }

  /** A message is held for somebody to decide on. */
  countHeld(): void {
    this.#held += 1;
  }

  /** Messages that it matches went on. */
  countPassed(reason: LetGoReason, count = 1): void {
    if (reason === "no-room") {
      this.#passed.noRoom += count;
    } else if (reason === "no-verdict") {
      this.#passed.noVerdict += count;
    } else if (reason === "time-limit") {
      this.#passed.tooLong += count;
    }
  }
}
