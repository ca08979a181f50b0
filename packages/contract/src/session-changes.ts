/** What is other about a session than before, so that a page is not told all of it each time. */
import type { ConnectionInfo, SessionInfo, StreamInfo } from "./page.ts";

/** What is different in a session since it was last told; members that are left out are as they were. */
export type SessionChanges = Partial<Omit<SessionInfo, "streams" | "connections">> & {
  /** Members that are not there any more. */
  readonly absent?: readonly (keyof SessionInfo)[];
  readonly streams?: ListChanges<StreamInfo>;
  readonly connections?: ListChanges<ConnectionInfo>;
};

type ListChanges<T> = {
  /** New or other than before. */
  readonly changed: readonly T[];
  /** Numbers of those that are not listed any more. */
  readonly gone: readonly number[];
};

/** undefined where nothing is. */
export function changesOf(before: SessionInfo, now: SessionInfo): SessionChanges | undefined {
  const { streams: streamsBefore, connections: connectionsBefore, ...rest } = before;
  const { streams: streamsNow, connections: connectionsNow, ...restNow } = now;
  const same = new Map(Object.entries(rest).map(([name, value]) => [name, JSON.stringify(value)]));
  const members = Object.entries(restNow).filter(([name, value]) => same.get(name) !== JSON.stringify(value));
  const isLater = members.length === 1 && members[0]?.[0] === "now";
  const absent = keysOf(rest).filter((name) => restNow[name] === undefined && rest[name] !== undefined);
  const streams = listChanges(streamsBefore, streamsNow);
  const connections = listChanges(connectionsBefore, connectionsNow);
  if ((members.length === 0 || isLater) && absent.length === 0 && streams === undefined && connections === undefined) {
    return undefined;
  }
  return {
    ...Object.fromEntries(members),
    ...(absent.length > 0 && { absent }),
    ...(streams !== undefined && { streams }),
    ...(connections !== undefined && { connections }),
  };
}

/** The session as it is now; `before` stays as it is. */
export function applyChanges(before: SessionInfo, changes: SessionChanges): SessionInfo {
  const { absent = [], streams, connections, ...members } = changes;
  const now = {
    ...before,
    ...members,
    streams: applyToList(before.streams, streams),
    connections: applyToList(before.connections, connections),
  };
  const left = Object.entries(now).filter(([name]) => !absent.some((one) => one === name));
  return Object.fromEntries(left) as SessionInfo;
}

function keysOf<T extends object>(value: T): (keyof T)[] {
  return Object.keys(value) as (keyof T)[];
}

function listChanges<T extends { readonly id: number }>(
  before: readonly T[],
  now: readonly T[],
): ListChanges<T> | undefined {
  const known = new Map(before.map((one) => [one.id, one]));
  const changed = now.filter((one) => JSON.stringify(known.get(one.id)) !== JSON.stringify(one));
  for (const { id } of now) {
    known.delete(id);
  }
  const gone = [...known.keys()];
  return changed.length === 0 && gone.length === 0 ? undefined : { changed, gone };
}

/** By number, ascending, as lists of a session are. */
function applyToList<T extends { readonly id: number }>(
  before: readonly T[],
  changes: ListChanges<T> | undefined,
): readonly T[] {
  if (changes === undefined) {
    return before;
  }
  const all = new Map(before.map((one) => [one.id, one]));
  for (const id of changes.gone) {
    all.delete(id);
  }
  for (const one of changes.changed) {
    all.set(one.id, one);
  }
  return [...all.values()].sort((a, b) => a.id - b.id);
}
