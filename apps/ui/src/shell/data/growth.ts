/** What a session says of itself all the time, because messages come in, and what it says rarely. */
import type { SessionInfo, StreamInfo } from "@inspector/contract/page";

/** A stream without what grows with every message. */
export type StreamLife = Omit<StreamInfo, "messages" | "bytes">;

/** Members of a session that change with every message. */
const GROWING: ReadonlySet<string> = new Set(["now", "last", "bytes", "size", "indexed", "behind", "streams"]);

/** What a session says of its text index, which is made after a file was opened: nothing that was worked out changes by it. */
const OF_INDEX: ReadonlySet<string> = new Set(["now", "indexed", "indexedFrom", "size", "behind"]);
const OF_INDEX_LIVE: ReadonlySet<string> = new Set(["now", "indexed", "indexedFrom"]);

/** Whether what was worked out from a session may be another now. */
export function isOtherContent(before: SessionInfo, now: SessionInfo): boolean {
  const ignored = now.source === "live" ? OF_INDEX_LIVE : OF_INDEX;
  const were = new Map<string, unknown>(Object.entries(before));
  const names = new Set([...were.keys(), ...Object.keys(now)]);
  const are = new Map<string, unknown>(Object.entries(now));
  return [...names].some(
    (name) => !ignored.has(name) && JSON.stringify(were.get(name)) !== JSON.stringify(are.get(name)),
  );
}

/** The streams' lives: the same list as before, and the same member of it, where nothing but counts changed. */
export function livesOf(before: readonly StreamLife[], streams: readonly StreamInfo[]): readonly StreamLife[] {
  const known = new Map(before.map((life) => [life.id, life]));
  const lives = streams.map(({ messages: _messages, bytes: _bytes, ...life }) => {
    const was = known.get(life.id);
    return was !== undefined && JSON.stringify(was) === JSON.stringify(life) ? was : life;
  });
  const isSame = lives.length === before.length && lives.every((life, at) => life === before[at]);
  return isSame ? before : lives;
}

/** Whether a session only grew: its numbers may wait to be shown. What streams are besides their counts is not looked at. */
export function isGrowth(before: SessionInfo, now: SessionInfo): boolean {
  const were = new Map<string, unknown>(Object.entries(before));
  const members = Object.entries(now);
  return (
    members.length === were.size &&
    members.every(([name, value]) => GROWING.has(name) || JSON.stringify(were.get(name)) === JSON.stringify(value))
  );
}
