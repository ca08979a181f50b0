import type { SessionInfo, SessionSummary } from "@inspector/contract/page";
import { COMPARISON } from "../../shell/page/address.ts";

/** What a kept session may be called: it becomes a file's name. */
export type NameCheck = { readonly ok: true; readonly name: string } | { readonly ok: false; readonly reason: string };

const MAX_LENGTH = 100;

/** The hub checks again; here it is said while somebody types. */
export function checkName(text: string, was: string, sessions: readonly SessionSummary[]): NameCheck {
  const name = text.trim();
  if (name === "") {
    return { ok: false, reason: "A name is needed." };
  }
  if (name.length > MAX_LENGTH) {
    return { ok: false, reason: `At most ${MAX_LENGTH} characters.` };
  }
  if (!/^[\p{L}\p{N}][\p{L}\p{N} ._()+-]*$/u.test(name)) {
    return { ok: false, reason: "Letters, digits, spaces and . _ - + ( ), beginning with a letter or digit." };
  }
  const isTaken = sessions.some((session) => session.name === name && session.name !== was);
  return isTaken ? { ok: false, reason: "There is a session of that name." } : { ok: true, name };
}

/** The session that a page shows, by its address: the one it names, else the one that its inspector was started with. */
export function shownSession(search: string, sessions: readonly SessionSummary[]): string | undefined {
  return new URLSearchParams(search).get("session") ?? sessions.find(({ isCurrent }) => isCurrent)?.name;
}

/** The list with what the page knows of the session that it shows, which is newer than the list while that grows. */
export function withShown(
  sessions: readonly SessionSummary[],
  shown: string | undefined,
  session: Pick<SessionInfo, "last" | "size"> | undefined,
): readonly SessionSummary[] {
  if (session === undefined) {
    return sessions;
  }
  return sessions.map((row) =>
    row.name === shown ? { ...row, messages: session.last, bytes: session.size.file } : row,
  );
}

/** Why a session keeps its name and its file; undefined where it need not. */
export function whyFixed({ name, isLive, isCurrent }: SessionSummary, shown: string | undefined): string | undefined {
  if (isLive) {
    return "A session that is being recorded keeps its name and cannot be deleted.";
  }
  if (name === shown) {
    return "The session that is shown here keeps its name and cannot be deleted.";
  }
  return isCurrent ? "The session that this inspector was started with keeps its name." : undefined;
}

/** At most two are compared: a third takes the place of the one that was chosen first. */
export function toggleChosen(chosen: readonly string[], name: string): readonly string[] {
  if (chosen.includes(name)) {
    return chosen.filter((one) => one !== name);
  }
  return [...chosen, name].slice(-2);
}

/** One call of a function in each of two sessions. */
export type NthCall = {
  /** The function's. */
  readonly name: string;
  /** From 1 on, in the order in which the host called. */
  readonly nth: number;
};

/** Two sessions, the older first, and the call of both that is looked at. */
export type ComparedPair = {
  readonly names: readonly [before: string, after: string];
  readonly call?: NthCall | undefined;
};

const COMPARED = new RegExp(`^${COMPARISON}([^|]+) \\| ([^|]+?)(?: \\| ([1-9]\\d{0,8}) (.+))?$`, "u");

/** The address of a comparison. Names of sessions have no "|". */
export function comparisonKey({ names: [before, after], call }: ComparedPair): string {
  return `${COMPARISON}${before} | ${after}${call === undefined ? "" : ` | ${call.nth} ${call.name}`}`;
}

export function readComparison(item: string | undefined): ComparedPair | undefined {
  const [, before, after, nth, name] = COMPARED.exec(item ?? "") ?? [];
  if (before === undefined || after === undefined) {
    return undefined;
  }
  return { names: [before, after], ...(name !== undefined && { call: { name, nth: Number(nth) } }) };
}

/** Two chosen sessions, the older first: people ask what changed since. */
export function inOrder(
  chosen: readonly string[],
  sessions: readonly SessionSummary[],
): readonly [string, string] | undefined {
  const both = sessions.filter(({ name }) => chosen.includes(name)).toSorted((a, b) => a.startedAt - b.startedAt);
  const [before, after] = both;
  return before === undefined || after === undefined ? undefined : [before.name, after.name];
}

/** "today 14:03", "2026-11-20 09:12": the date where it is not today's. Local time. */
export function formatDay(milliseconds: number, now: number): string {
  const [date, today] = [new Date(milliseconds), new Date(now)];
  const pad = (value: number) => value.toString().padStart(2, "0");
  const time = `${pad(date.getHours())}:${pad(date.getMinutes())}`;
  if (date.toDateString() === today.toDateString()) {
    return `today ${time}`;
  }
  return `${date.getFullYear()}-${pad(date.getMonth() + 1)}-${pad(date.getDate())} ${time}`;
}
