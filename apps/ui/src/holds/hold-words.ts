import type { HeldMessage, HoldRule, HoldRuleOrder, Nanos, Side } from "@inspector/session";
import { formatSpan } from "../format/time.ts";

/** "invocations of hello, on the way to the worker": a rule in words. */
export function describeRule({ from, kinds = [], functions = [], filter, stream }: HoldRuleOrder): string {
  const what = kinds.length === 0 ? (from === "host" ? "invocations" : "answers") : kinds.join(" and ");
  const parts = [
    what,
    functions.length > 0 && `of ${functions.join(" and ")}`,
    stream !== undefined && `of stream ${stream}`,
    filter !== undefined && filter !== "" && `that match ${filter}`,
  ];
  return `${parts.filter(Boolean).join(" ")}, ${wayOf(from)}`;
}

export function wayOf(from: Side): string {
  return from === "host" ? "on the way to the worker" : "on the way to the host";
}

/** How long a message waits, and whether the host has given it up or soon will. Times in nanoseconds of the session. */
export function clockOf(
  { heldAt, limit }: HeldMessage,
  now: Nanos,
): { readonly text: string; readonly isLate: boolean } {
  const waited = Math.max(0, now - heldAt);
  if (limit === undefined) return { text: formatSeconds(waited), isLate: false };
  const isOver = waited >= limit;
  const text = `${formatSeconds(waited)} of the host's ${formatSpan(limit)}`;
  return { text: isOver ? `${text}: given up by the host` : text, isLate: waited > limit * 0.7 };
}

/** To a tenth of a second: a clock that runs needs no more. */
function formatSeconds(span: Nanos): string {
  const seconds = span / 1e9;
  if (seconds < 120) return `${seconds.toFixed(1)} s`;
  return `${Math.floor(seconds / 60)} min ${Math.floor(seconds % 60)} s`;
}

export function subjectOfHeld({ functionName, kind, invocationId }: HeldMessage): string {
  return functionName ?? (invocationId === undefined ? kind : invocationId.slice(0, 8));
}

/** The header's line about holds; undefined while nothing is on. */
export function describeHolds(rules: readonly HoldRule[], held: readonly HeldMessage[]): string | undefined {
  if (held.length > 0) return `${held.length} held`;
  if (rules.length === 0) return undefined;
  return rules.length === 1 ? "Hold is on" : `${rules.length} holds are on`;
}
