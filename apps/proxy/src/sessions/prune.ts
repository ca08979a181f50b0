/** Which of the kept sessions are to go. */
import { InspectorError } from "@inspector/contract/inspector-error";
import type { SessionSummary } from "@inspector/contract/page";

export type KeptSession = Omit<SessionSummary, "isCurrent">;

export type PruneRule = {
  /** Those that nothing was written to for longer go. In milliseconds. */
  readonly olderThan?: number | undefined;
  /** The oldest go until the others take no more than this. */
  readonly maxBytes?: number | undefined;
};

/** Oldest first. What is being recorded, or waits to be recovered, never goes, and counts. @param now milliseconds since the Unix epoch */
export function sessionsToPrune(
  sessions: readonly KeptSession[],
  { olderThan = Number.POSITIVE_INFINITY, maxBytes = Number.POSITIVE_INFINITY }: PruneRule,
  now: number,
): KeptSession[] {
  let bytes = sessions.reduce((sum, session) => sum + session.bytes, 0);
  const oldestFirst = [...sessions].sort((one, other) => one.modifiedAt - other.modifiedAt);
  return oldestFirst.filter((session) => {
    const isGoing = !session.isLive && (now - session.modifiedAt > olderThan || bytes > maxBytes);
    bytes -= isGoing ? session.bytes : 0;
    return isGoing;
  });
}

const UNIT_MS: Readonly<Record<string, number>> = { h: 3_600_000, d: 86_400_000, w: 7 * 86_400_000 };

/** Reads "12h", "30d", "2w" as milliseconds. @throws {InspectorError} "bad-option" */
export function parseAge(text: string, option: string): number {
  const [, digits, unit = ""] = /^(\d{1,5})([hdw])$/u.exec(text.trim()) ?? [];
  const unitMs = UNIT_MS[unit];
  if (digits === undefined || unitMs === undefined) {
    throw new InspectorError("bad-option", `${option} ${JSON.stringify(text)} is no age`, {
      hint: `Write it in hours, days or weeks: ${option} 12h, ${option} 30d, ${option} 2w.`,
    });
  }
  return Number(digits) * unitMs;
}
