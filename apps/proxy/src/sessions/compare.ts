/** What is different between two sessions: functions with their calls, failures and times, start-up, problems, the messages of one call. */
import type { Nanos } from "@inspector/contract/page";
import { visibleLine } from "@inspector/contract/visible-text";
import { formatSpan } from "@inspector/session/limits";
import { type ComparedCall, type ComparedMessage, type MessageChange, messageChanges } from "./compared-calls.ts";

/** What is compared of a session. Names are unique. */
export type ComparedSession = {
  readonly messages: number;
  readonly functions: readonly ComparedFunction[];
  /** Of the first worker: each step of its start-up that was answered. */
  readonly startup: readonly { readonly name: string; readonly duration: Nanos }[];
  /** Rules of what was found, with how often. */
  readonly problems: readonly { readonly name: string; readonly count: number }[];
  /** The nth call of each function that was called as often. */
  readonly calls: readonly ComparedCall[];
};

export type ComparedFunction = {
  readonly name: string;
  readonly calls: number;
  readonly failures: number;
  readonly lost: number;
  readonly p50?: Nanos | undefined;
  readonly p95?: Nanos | undefined;
};

/** The same thing in both; absent where one has none. */
export type Pair<Item> = {
  readonly name: string;
  readonly before?: Item | undefined;
  readonly after?: Item | undefined;
};

export type Comparison = {
  readonly messages: { readonly before: number; readonly after: number };
  readonly functions: readonly Pair<ComparedFunction>[];
  readonly startup: readonly Pair<ComparedSession["startup"][number]>[];
  readonly problems: readonly Pair<ComparedSession["problems"][number]>[];
  /** `changes` are there where both have the call. */
  readonly calls: readonly (Pair<ComparedCall> & { readonly changes?: readonly MessageChange[] })[];
};

export function compareSessions(before: ComparedSession, after: ComparedSession): Comparison {
  return {
    messages: { before: before.messages, after: after.messages },
    functions: pairs(before.functions, after.functions),
    startup: pairs(before.startup, after.startup),
    problems: pairs(before.problems, after.problems),
    calls: pairs(before.calls, after.calls).map((pair) =>
      pair.before === undefined || pair.after === undefined
        ? pair
        : { ...pair, changes: messageChanges(pair.before.messages, pair.after.messages) },
    ),
  };
}

/** In the order of the first, then what only the second has. */
function pairs<Item extends { readonly name: string }>(before: readonly Item[], after: readonly Item[]): Pair<Item>[] {
  const names = new Set([...before, ...after].map(({ name }) => name));
  const named = (items: readonly Item[], name: string): Item | undefined => items.find((item) => item.name === name);
  return [...names].map((name) => ({ name, before: named(before, name), after: named(after, name) }));
}

/** What differs by less is told as the same: two runs of the same code do. */
const MUCH = 1.25;

/** @param nth which call of each function was compared */
export function formatComparison(names: readonly [string, string], compared: Comparison, nth: number): string {
  const { messages, functions, startup, problems, calls } = compared;
  const rows = [
    ["", ...names, ""],
    ["messages", String(messages.before), String(messages.after), ""],
    ...functions
      .filter(isWorthARow)
      .map(({ name, before, after }) => [
        name,
        formatFunction(before),
        formatFunction(after),
        functionChange(before, after),
      ]),
    ...startup.map(({ name, before, after }) => [
      `start-up: ${name}`,
      formatMaybe(before?.duration),
      formatMaybe(after?.duration),
      times(before?.duration, after?.duration),
    ]),
    ...problems.map(({ name, before, after }) => [
      `problem: ${name}`,
      String(before?.count ?? 0),
      String(after?.count ?? 0),
      before === undefined ? "new" : after === undefined ? "gone" : "",
    ]),
  ];
  const widths = [0, 1, 2].map((column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  const table = rows.map((row) =>
    row
      .map((cell, at) => cell.padEnd(widths[at] ?? 0))
      .join("  ")
      .trimEnd(),
  );
  return [...table, ...calls.flatMap((call) => callLines(call, nth))].map((line) => `${line}\n`).join("");
}

/** Changes of one call that are listed. */
const MAX_CHANGES = 20;

function callLines({ name, changes = [], before, after }: Comparison["calls"][number], nth: number): string[] {
  const cut = [before, after].flatMap((call) =>
    call !== undefined && call.messages.length < call.count ? [call] : [],
  );
  if (changes.length === 0 && cut.length === 0) {
    return [];
  }
  const lines = changes
    .slice(0, MAX_CHANGES)
    .map(({ change, message }) => `  ${change === "gone" ? "-" : "+"} ${formatMessage(message)}`);
  const more = changes.length - lines.length;
  return [
    "",
    `${visibleLine(name)}: messages of call ${nth}`,
    ...lines,
    ...(more > 0 ? [`  and ${more} more`] : []),
    ...cut.map(
      ({ messages, count }) =>
        `  compared are the first ${messages.length} of ${count}: what only one seems to have may stand behind them`,
    ),
  ];
}

const MAX_TEXT_CHARS = 120;

function formatMessage({ from, kind, level, status, text = "" }: ComparedMessage): string {
  const shown = visibleLine(text.length > MAX_TEXT_CHARS ? `${text.slice(0, MAX_TEXT_CHARS)}…` : text);
  return [from, kind, level, status, shown].filter((word) => word !== undefined && word !== "").join(" ");
}

/** Of a function that both have, and that neither called, there is nothing to tell. */
function isWorthARow({ before, after }: Pair<ComparedFunction>): boolean {
  return before === undefined || after === undefined || before.calls + after.calls > 0;
}

function formatFunction(one: ComparedFunction | undefined): string {
  if (one === undefined) {
    return "-";
  }
  const failed = one.failures + one.lost;
  const spans = one.p50 === undefined ? "" : `, p50 ${formatSpan(one.p50)}, p95 ${formatMaybe(one.p95)}`;
  return `${one.calls} ${one.calls === 1 ? "call" : "calls"}${failed === 0 ? "" : `, ${failed} failed`}${spans}`;
}

function functionChange(before: ComparedFunction | undefined, after: ComparedFunction | undefined): string {
  if (before === undefined || after === undefined) {
    return before === undefined ? "new" : "gone";
  }
  const failed = after.failures + after.lost > 0 && before.failures + before.lost === 0 ? "fails now" : "";
  const mended = before.failures + before.lost > 0 && after.failures + after.lost === 0 ? "fails no more" : "";
  return [failed, mended, times(before.p50, after.p50)].filter((text) => text !== "").join(", ");
}

function times(before: Nanos | undefined, after: Nanos | undefined): string {
  if (before === undefined || after === undefined || before <= 0 || after <= 0) {
    return "";
  }
  const ratio = after / before;
  if (ratio < MUCH && ratio > 1 / MUCH) {
    return "";
  }
  return ratio > 1 ? `${ratio.toFixed(1)} times as long` : `${(1 / ratio).toFixed(1)} times as fast`;
}

function formatMaybe(span: Nanos | undefined): string {
  return span === undefined ? "-" : formatSpan(span);
}
