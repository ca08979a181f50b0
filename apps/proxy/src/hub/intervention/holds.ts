/** Rules by which relays hold messages, and what is held. All of it ends with the hub: relays then let everything go. */
import { encodeMessage, messageFromJson } from "@inspector/proto";
import {
  type Database,
  type Filter,
  type HeldMessage,
  type HoldRule,
  type HoldRuleOrder,
  type Holds,
  InspectorError,
  parseFilter,
  type ReleaseOrder,
} from "@inspector/session";
import type { InterventionOrder, InterventionReport } from "../../relay/intervention-lines.ts";
import { bytesOf, createDescriber, type HeldReport } from "./held-message.ts";
import type { LiveStream, LiveStreams } from "./live-streams.ts";
import { inLines } from "./message-lines.ts";
import { kindNumbers } from "./orders.ts";
import type { RelayLines } from "./relay-lines.ts";
import { createRowFilter } from "./row-filter.ts";

const MAX_RULES = 100;

type Rule = {
  readonly id: number;
  readonly order: HoldRuleOrder;
  readonly kinds: readonly number[];
  readonly filter: Filter | undefined;
  held: number;
  /** What relays were told: their number for it, for which stream, and for which function ("" for all). */
  armed: { readonly number: number; readonly journal: string; readonly stream: number; readonly functionId: string }[];
};

type Held = { message: HeldMessage; readonly journal: string; readonly number: number };

export type HoldKeeper = {
  readonly holds: Holds;
  /** @throws {InspectorError} "too-many", "no-such-stream", "stream-ended" */
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
  readonly onChange: () => void;
};

export function createHolds({ database, streams, lines, onChange }: HoldsOptions): HoldKeeper {
  const rules = new Map<number, Rule>();
  const held = new Map<number, Held>();
  const rows = createRowFilter(database);
  const describe = createDescriber(database, streams);
  let lastRule = 0;
  let lastNumber = 0;
  let lastHeld = 0;

  /** Tells the relays what they have not been told of a rule. */
  function arm(rule: Rule): void {
    const { stream, functions = [] } = rule.order;
    for (const one of streams.open()) {
      if ((stream !== undefined && one.id !== stream) || !lines.isUp(one.journal)) continue;
      // Workers of Node.js go by the name, which also serves where no load was seen.
      const ids = functions.length === 0 ? [""] : [...functions, ...streams.functionIds(one.id, functions)];
      const isTold = (id: string): boolean =>
        rule.armed.some((told) => told.stream === one.id && told.functionId === id);
      for (const id of new Set(ids)) if (!isTold(id)) armFor(rule, one, id);
    }
  }

  function armFor(rule: Rule, { id, journal, at }: LiveStream, functionId: string): void {
    lastNumber += 1;
    rule.armed.push({ number: lastNumber, journal, stream: id, functionId });
    lines.send(journal, {
      order: "hold",
      rule: lastNumber,
      at,
      direction: rule.order.from === "host" ? "to-worker" : "to-host",
      kinds: rule.kinds,
      ...(functionId !== "" && { functionIds: [functionId] }),
      ...(rule.filter !== undefined && { ask: true }),
    });
  }

  function letGo(journal: string, number: number): void {
    lines.send(journal, { order: "release", held: number, action: "release" });
  }

  function take(journal: string, report: HeldReport): void {
    const rule = [...rules.values()].find(({ armed }) =>
      armed.some((told) => told.number === report.rule && told.journal === journal),
    );
    const stream = streams.named(journal, report.at);
    if (rule === undefined || stream === undefined) return letGo(journal, report.held);
    if (report.ask === true) {
      if (!isWanted(rule, report, stream)) return letGo(journal, report.held);
      lines.send(journal, { order: "release", held: report.held, action: "keep" });
    }
    lastHeld += 1;
    rule.held += 1;
    const message = describe(lastHeld, rule.id, report, stream);
    held.set(lastHeld, { message, journal, number: report.held });
    onChange();
  }

  /** A message that is too large to be shown is not looked at, so it is held. */
  function isWanted({ filter }: Rule, report: HeldReport, stream: LiveStream): boolean {
    const bytes = bytesOf(report);
    if (filter === undefined || bytes === undefined) return true;
    const side = report.direction === "to-worker" ? 0 : 1;
    const at = stream.clock + report.heldAt;
    return rows.matches(filter, { stream: stream.id, side, at, size: report.size, bytes });
  }

  function find(journal: string, number: number): Held | undefined {
    return [...held.values()].find((one) => one.journal === journal && one.number === number);
  }

  function forget(isGone: (one: Held) => boolean): void {
    let isChanged = false;
    for (const [id, one] of held) if (isGone(one)) isChanged = held.delete(id) || isChanged;
    if (isChanged) onChange();
  }

  function ruleOf({ id, order, held: count }: Rule): HoldRule {
    return { ...order, id, held: count };
  }

  return {
    get holds() {
      return { rules: [...rules.values()].map(ruleOf), held: [...held.values()].map(({ message }) => message) };
    },
    add(order) {
      if (rules.size >= MAX_RULES) throw new InspectorError("too-many", `There are ${MAX_RULES} rules already`);
      if (order.stream !== undefined) assertLive(streams, order.stream);
      const parsed = parseFilter(order.filter ?? "");
      const filter = parsed.ok && parsed.filter.type !== "all" ? parsed.filter : undefined;
      lastRule += 1;
      const rule: Rule = { id: lastRule, order, kinds: kindNumbers(order), filter, held: 0, armed: [] };
      rules.set(rule.id, rule);
      arm(rule);
      onChange();
      return ruleOf(rule);
    },
    remove(id) {
      const rule = rules.get(id);
      if (rule === undefined) throw new InspectorError("no-such-rule", `There is no rule ${id}`);
      rules.delete(id);
      for (const { journal, number } of rule.armed) lines.send(journal, { order: "unhold", rule: number });
      for (const [key, { message }] of held) if (message.rule === id) held.delete(key);
      onChange();
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
      if (!lines.isUp(journal)) throw new InspectorError("relay-away", "The relay does not answer");
      for (const line of releaseLines(number, order)) lines.send(journal, line);
      held.delete(id);
      onChange();
    },
    onReport(journal, report) {
      if (report.report === "held") return take(journal, report);
      if (report.report === "queued") {
        const one = find(journal, report.held);
        if (one === undefined) return;
        one.message = { ...one.message, queued: report.queued };
        onChange();
      }
      if (report.report === "released") forget((one) => one.journal === journal && one.number === report.held);
    },
    onUp() {
      for (const rule of rules.values()) arm(rule);
    },
    onDown(journal) {
      for (const rule of rules.values()) rule.armed = rule.armed.filter((told) => told.journal !== journal);
      forget((one) => one.journal === journal);
    },
    advance() {
      for (const rule of rules.values()) arm(rule);
    },
    close: rows.close,
  };
}

function releaseLines(held: number, order: ReleaseOrder): InterventionOrder[] {
  const { action } = order;
  if (action === "release" || action === "drop") return [{ order: "release", held, action }];
  const parsed = messageFromJson(order.message);
  if (!parsed.ok) {
    const path = parsed.path === "" ? "" : `${parsed.path}: `;
    throw new InspectorError("bad-message", `${path}${parsed.reason}`);
  }
  const head = { order: "release", held, action } as const;
  return inLines<Extract<InterventionOrder, { order: "release" }>>(head, encodeMessage(parsed.message));
}

function assertLive(streams: LiveStreams, stream: number): void {
  const found = streams.byId(stream);
  if (found === undefined) throw new InspectorError("no-such-stream", `There is no worker's stream ${stream}`);
  if (found.isEnded) throw new InspectorError("stream-ended", `The worker's stream ${stream} has ended`);
}
