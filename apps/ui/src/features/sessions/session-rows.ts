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

const COMPARED = new RegExp(`^${COMPARISON}(.+) \\| (.+)$`);

/** The address of a comparison, older session first. Names have no "|". */
export function comparisonKey([before, after]: readonly [string, string]): string {
  return `${COMPARISON}${before} | ${after}`;
}

export function readComparison(item: string | undefined): readonly [string, string] | undefined {
  const [, before, after] = COMPARED.exec(item ?? "") ?? [];
  return before === undefined || after === undefined ? undefined : [before, after];
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
