/** Rules by which relays hold messages, and what is held. All of it ends with the hub: relays then let everything go. */

import { InspectorError } from "@inspector/contract/inspector-error";
import type { HeldMessage, HoldRule, HoldRuleOrder, Holds, ReleaseOrder } from "@inspector/contract/intervention";
import type { Direction, InterventionOrder, InterventionReport } from "@inspector/contract/intervention-lines";
import type { Filter } from "@inspector/filter/filter";
import { parseFilter } from "@inspector/filter/parse";
import { readHead } from "@inspector/proto";
import type { Database } from "@inspector/session/database";
import { optional } from "@inspector/session/sql-values";
import { type Answering, createAnswering } from "./answering.ts";
import { createEarlyMessages } from "./early-messages.ts";
import { type FreeMaps, mapsKeptBack } from "./freed-maps.ts";
import { bytesOf, createDescriber, createFunctionOf, type HeldReport } from "./held-message.ts";
import type { LiveStream, LiveStreams } from "./live-streams.ts";
import { kindNumbers } from "./orders.ts";
import type { RelayLines } from "./relay-lines.ts";
import { createRowFilter } from "./row-filter.ts";
import { readWritten, releaseWith } from "./written-message.ts";

const MAX_RULES = 100;
/** Relays tell of what they held because of a rule within moments of its end. */
const MAX_SPENT = 1000;

type Rule = {
  readonly id: number;
  readonly order: Omit<HoldRuleOrder, "answer">;
  readonly kinds: readonly number[];
  readonly filter: Filter | undefined;
  readonly answering: Answering | undefined;
  held: number;
  armed: Armed[];
};

/** What a relay was told of a rule: its number for it, for which stream, and for which function ("" for all). */
type Armed = {
  readonly number: number;
  readonly journal: string;
  readonly stream: number;
  readonly functionId: string;
};

/** A message that a relay holds, as rules see it. `bytes` are absent where it is too large to be shown. */
type Candidate = {
  readonly journal: string;
  readonly report: HeldReport;
  readonly stream: LiveStream;
  readonly bytes: Uint8Array | undefined;
  readonly functionId: string | undefined;
  readonly invocationId: string | undefined;
};

type Held = { message: HeldMessage; readonly journal: string; readonly number: number };

export type HoldKeeper = {
  readonly holds: Holds;
  /** @throws {InspectorError} "too-many", "no-such-stream", "stream-ended", "bad-message" */
  add(order: HoldRuleOrder): HoldRule;
  /** What it held is released. @throws {InspectorError} "no-such-rule" */
  remove(id: number): void;
  /** @throws {InspectorError} "not-held", "bad-message", "relay-away", "not-shown" */
  release(id: number, order: ReleaseOrder): void;
  onReport(journal: string, report: InterventionReport): void;
  onUp(journal: string): void;
  onDown(journal: string): void;
  /** Something was recorded: there may be new streams and functions. */
  advance(): void;
  close(): void;
};

export type HoldsOptions = {
  readonly database: Database;
  readonly streams: LiveStreams;
  readonly lines: Pick<RelayLines, "send" | "isUp">;
  readonly freeMaps: FreeMaps;
  readonly onChange: () => void;
};

export function createHolds({ database, streams, lines, freeMaps, onChange }: HoldsOptions): HoldKeeper {
  const rules = new Map<number, Rule>();
  const held = new Map<number, Held>();
  /** Of rules that ended by their count: relays may still tell of what they held because of them. */
  let spent: Armed[] = [];
  const rows = createRowFilter(database);
  const functionOf = createFunctionOf(database);
  const describe = createDescriber(functionOf, streams);
  const early = createEarlyMessages({ isRecorded, take: takeEarly });
  let lastRule = 0;
  let lastNumber = 0;
  let lastHeld = 0;

  /** Tells the relays what they have not been told of a rule. */
  function arm(rule: Rule): void {
    const { stream, functions = [] } = rule.order;
    for (const one of streams.open()) {
      if ((stream !== undefined && one.id !== stream) || !lines.isUp(one.journal)) {
        continue;
      }
      // Workers of Node.js go by the name, which also serves where no load was seen.
      const ids = functions.length === 0 ? [""] : [...functions, ...streams.functionIds(one.id, functions)];
      const isTold = (id: string): boolean =>
        rule.armed.some((told) => told.stream === one.id && told.functionId === id);
      for (const id of new Set(ids)) {
        if (!isTold(id)) {
          armFor(rule, one, id);
        }
      }
    }
  }

  function armFor(rule: Rule, { id, journal, at }: LiveStream, functionId: string): void {
    lastNumber += 1;
    rule.armed.push({ number: lastNumber, journal, stream: id, functionId });
    lines.send(journal, {
      order: "hold",
      rule: lastNumber,
      at,
      direction: directionOf(rule.order),
      kinds: rule.kinds,
      ...(functionId !== "" && { functionIds: [functionId] }),
      ...(rule.filter !== undefined && { ask: true }),
    });
  }

  function letGo(journal: string, number: number): void {
    lines.send(journal, { order: "release", held: number, action: "release" });
  }

  function isRecorded(journal: string, { direction, at, invocationId }: HeldReport): boolean {
    const stream = streams.named(journal, at);
    if (direction === "to-worker" || stream === undefined || invocationId === undefined) {
      return true;
    }
    return functionOf(invocationId, stream.id) !== undefined;
  }

  function takeEarly(journal: string, report: HeldReport, queued: number): void {
    take(journal, report);
    if (queued > 0) {
      queue(journal, report.held, queued);
    }
  }

  /** So many messages of its invocation wait behind a held one. */
  function queue(journal: string, number: number, queued: number): void {
    if (early.queue(journal, number, queued)) {
      return;
    }
    const found = find(journal, number);
    if (found === undefined) {
      return;
    }
    found.message = { ...found.message, queued };
    onChange();
  }

  function take(journal: string, report: HeldReport): void {
    const stream = streams.named(journal, report.at);
    const isKnown = [...[...rules.values()].flatMap(({ armed }) => armed), ...spent].some(
      (told) => told.number === report.rule && told.journal === journal,
    );
    const found = stream && isKnown ? takerOf(candidateOf(journal, report, stream)) : undefined;
    if (stream === undefined || found === undefined) {
      return letGo(journal, report.held);
    }
    const { rule, number, invocationId } = found;
    const isOther = number !== report.rule;
    if (report.ask === true || isOther) {
      const to = isOther ? { rule: number } : {};
      lines.send(journal, { order: "release", held: report.held, action: "keep", ...to });
    }
    if (rule.answering !== undefined) {
      rule.answering.take(journal, report.held, invocationId);
    } else {
      lastHeld += 1;
      rule.held += 1;
      const message = describe(lastHeld, rule.id, report, stream);
      held.set(lastHeld, { message, journal, number: report.held });
    }
    onChange();
  }

  function candidateOf(journal: string, report: HeldReport, stream: LiveStream): Candidate {
    const bytes = bytesOf(report);
    const head = bytes === undefined ? undefined : readHead(bytes);
    const invocationId = report.invocationId ?? head?.invocationId;
    const functionId = head?.functionId ?? functionOf(invocationId, stream.id);
    return { journal, report, stream, bytes, functionId, invocationId };
  }

  /**
   * The oldest rule that wants it, with the relay's number for that. The relay knows nothing of filters and of how much a
   * rule is to answer, so that the one it went by need not be it.
   */
  function takerOf(one: Candidate): { rule: Rule; number: number; invocationId: string } | undefined {
    for (const rule of rules.values()) {
      const told = rule.armed.find((armed) => isAbout(rule, armed, one));
      if (told !== undefined && isWanted(rule, one)) {
        return { rule, number: told.number, invocationId: one.invocationId ?? "" };
      }
    }
    return undefined;
  }

  function isAbout(rule: Rule, armed: Armed, { journal, report, stream, functionId }: Candidate): boolean {
    if (armed.journal !== journal || armed.stream !== stream.id) {
      return false;
    }
    if (armed.number === report.rule) {
      return true;
    }
    const isOfFunction = armed.functionId === "" || armed.functionId === functionId;
    return isOfFunction && directionOf(rule.order) === report.direction && rule.kinds.includes(report.kind);
  }

  /** A message that is too large to be shown is not looked at: it is held, but not answered, since that may be wrong. */
  function isWanted({ filter, answering }: Rule, { report, stream, bytes, invocationId = "" }: Candidate): boolean {
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
    return rows.matches(filter, { stream: stream.id, side, at, size: report.size, bytes });
  }

  function find(journal: string, number: number): Held | undefined {
    return [...held.values()].find((one) => one.journal === journal && one.number === number);
  }

  function forget(isGone: (one: Held) => boolean): void {
    let isChanged = false;
    for (const [id, one] of held) {
      if (isGone(one)) {
        isChanged = held.delete(id) || isChanged;
      }
    }
    if (isChanged) {
      onChange();
    }
  }

  function ruleOf({ id, order, held: count, answering }: Rule): HoldRule {
    return { ...order, id, held: count, ...optional("answer", answering?.progress) };
  }

  function end(rule: Rule, isSpent: boolean): void {
    rules.delete(rule.id);
    rule.answering?.close();
    if (isSpent) {
      spent = [...spent, ...rule.armed].slice(-MAX_SPENT);
    }
    for (const { journal, number } of rule.armed) {
      lines.send(journal, { order: "unhold", rule: number, ...(isSpent && { spent: true }) });
    }
    for (const [key, { message }] of held) {
      if (message.rule === rule.id) {
        held.delete(key);
      }
    }
    onChange();
  }

  function released(journal: string, number: number, isAnswered: boolean): void {
    forget((one) => one.journal === journal && one.number === number);
    early.forget(journal, number);
    for (const rule of rules.values()) {
      if (rule.answering?.released(journal, number, isAnswered) !== true) {
        continue;
      }
      if (rule.answering.isOver) {
        end(rule, true);
      }
      onChange();
    }
  }

  return {
    get holds() {
      return { rules: [...rules.values()].map(ruleOf), held: [...held.values()].map(({ message }) => message) };
    },
    add({ answer, ...order }) {
      if (rules.size >= MAX_RULES) {
        throw new InspectorError("too-many", `There are ${MAX_RULES} rules already`);
      }
      if (order.stream !== undefined) {
        assertLive(streams, order.stream);
      }
      const parsed = parseFilter(order.filter ?? "");
      const filter = parsed.ok && parsed.filter.type !== "all" ? parsed.filter : undefined;
      const answering = answer && createAnswering(answer, lines);
      lastRule += 1;
      const rule: Rule = { id: lastRule, order, kinds: kindNumbers(order), filter, answering, held: 0, armed: [] };
      rules.set(rule.id, rule);
      arm(rule);
      onChange();
      return ruleOf(rule);
    },
    remove(id) {
      const rule = rules.get(id);
      if (rule === undefined) {
        throw new InspectorError("no-such-rule", `There is no rule ${id}`);
      }
      end(rule, false);
    },
    release(id, order) {
      const one = held.get(id);
      if (one === undefined) {
        throw new InspectorError("not-held", `Message ${id} is not held any more`, {
          hint: "It was released, or its stream has ended.",
        });
      }
      const { journal, number, message } = one;
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
      held.delete(id);
      onChange();
    },
    onReport(journal, report) {
      if (report.report === "held") {
        return early.receive(journal, report);
      }
      if (report.report === "queued") {
        queue(journal, report.held, report.queued);
      }
      if (report.report === "released") {
        released(journal, report.held, report.action === "answer");
      }
    },
    onUp() {
      for (const rule of rules.values()) {
        arm(rule);
      }
    },
    onDown(journal) {
      spent = spent.filter((told) => told.journal !== journal);
      for (const rule of rules.values()) {
        rule.armed = rule.armed.filter((told) => told.journal !== journal);
        rule.answering?.relayDown(journal);
      }
      forget((one) => one.journal === journal);
      early.forget(journal);
    },
    advance() {
      for (const rule of rules.values()) {
        arm(rule);
      }
      early.advance();
    },
    close() {
      early.forget();
      for (const { answering } of rules.values()) {
        answering?.close();
      }
      rows.close();
    },
  };
}

function releaseLines(
  held: number,
  order: ReleaseOrder,
  { kind, invocationId }: HeldMessage,
): readonly InterventionOrder[] {
  const { action } = order;
  if (action === "release" || action === "drop") {
    return [{ order: "release", held, action }];
  }
  const written = readWritten(order.message);
  // An answer under another id would leave the host waiting for its own.
  const isAnswer = action === "answer" && kind === "invocation_request" && invocationId !== undefined;
  if (isAnswer && written.content.case === "invocationResponse") {
    written.content.value.invocationId = invocationId;
  }
  return releaseWith(held, action, written);
}

function directionOf({ from }: Pick<HoldRuleOrder, "from">): Direction {
  return from === "host" ? "to-worker" : "to-host";
}

function assertLive(streams: LiveStreams, stream: number): void {
  const found = streams.byId(stream);
  if (found === undefined) {
    throw new InspectorError("no-such-stream", `There is no worker's stream ${stream}`);
  }
  if (found.isEnded) {
    throw new InspectorError("stream-ended", `The worker's stream ${stream} has ended`);
  }
}
