/** What is new, for every page that listens: columns of sequence numbers, resumable by number. */
import {
  type ClientMessage,
  compileFilter,
  type Fragment,
  parseFilter,
  type Queries,
  type Seq,
  type ServerMessage,
  type SessionInfo,
} from "@inspector/session";
import type { RawData, WebSocket } from "ws";

/** Numbers in one frame. */
const FRAME_ROWS = 100_000;
/** A page that has this much still to receive is given more once it has caught up. */
const MAX_BUFFERED_BYTES = 4 * 1024 * 1024;
/** A page that listens hears of new messages at most this often, and of the session's state. */
const GROWTH_MS = 50;
const SESSION_MS = 250;

type View = { readonly id: number; readonly condition: Fragment | undefined; cursor: Seq; isAnswered: boolean };

export type Live = {
  add(socket: WebSocket): void;
  /** Something may be new. */
  notify(): void;
  close(): void;
};

export function createLive(queries: Queries, session: () => SessionInfo): Live {
  const pages = new Map<WebSocket, Map<number, View>>();
  let lastSession = "";
  let growthTimer: NodeJS.Timeout | undefined;
  let sessionTimer: NodeJS.Timeout | undefined;

  function receive(socket: WebSocket, views: Map<number, View>, data: RawData): void {
    const message = parseClientMessage(String(data));
    if (message === undefined) return;
    views.delete(message.view);
    if (message.type === "unsubscribe") return;
    const parsed = message.filter.trim() === "" ? undefined : parseFilter(message.filter);
    if (parsed?.ok === false) {
      send(socket, { type: "invalid-filter", view: message.view, message: parsed.message, offset: parsed.offset });
      return;
    }
    const condition = parsed === undefined ? undefined : compileFilter(parsed.filter);
    const view: View = { id: message.view, condition, cursor: message.after, isAnswered: false };
    views.set(message.view, view);
    grow(socket, view);
  }

  /** Sends one frame. @returns whether there is more for this view right now. */
  function grow(socket: WebSocket, view: View): boolean {
    const last = queries.lastSeq();
    if (socket.bufferedAmount > MAX_BUFFERED_BYTES) return true;
    if (view.isAnswered && view.cursor >= last) return false;
    const seqs = queries.column(view.condition, view.cursor, FRAME_ROWS);
    const isAll = seqs.length < FRAME_ROWS;
    view.cursor = isAll ? Math.max(last, view.cursor, seqs.at(-1) ?? 0) : (seqs.at(-1) ?? last);
    view.isAnswered = true;
    socket.send(new Uint8Array(Uint32Array.from([view.id, view.cursor, seqs.length, ...seqs]).buffer));
    if (!isAll) schedule();
    return !isAll;
  }

  function schedule(): void {
    growthTimer ??= setTimeout(() => {
      growthTimer = undefined;
      let isMore = false;
      for (const [socket, views] of pages) for (const view of views.values()) isMore = grow(socket, view) || isMore;
      if (isMore) schedule();
    }, GROWTH_MS);
  }

  function tellSession(): void {
    sessionTimer ??= setTimeout(() => {
      sessionTimer = undefined;
      if (pages.size === 0) return;
      const text = JSON.stringify({ type: "session", session: session() } satisfies ServerMessage);
      if (text === lastSession) return;
      lastSession = text;
      for (const socket of pages.keys()) socket.send(text);
    }, SESSION_MS);
  }

  return {
    add(socket) {
      const views = new Map<number, View>();
      pages.set(socket, views);
      socket.on("message", (data) => receive(socket, views, data));
      socket.on("error", () => socket.terminate());
      socket.on("close", () => pages.delete(socket));
      send(socket, { type: "session", session: session() });
    },
    notify() {
      if (pages.size === 0) return;
      schedule();
      tellSession();
    },
    close() {
      clearTimeout(growthTimer);
      clearTimeout(sessionTimer);
      for (const socket of pages.keys()) socket.terminate();
    },
  };
}

function send(socket: WebSocket, message: ServerMessage): void {
  socket.send(JSON.stringify(message));
}

function parseClientMessage(text: string): ClientMessage | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (typeof value !== "object" || value === null || !("type" in value) || !("view" in value)) return undefined;
  const { type, view } = value;
  if (typeof view !== "number" || !Number.isInteger(view) || view < 0) return undefined;
  if (type === "unsubscribe") return { type, view };
  if (type !== "subscribe" || !("filter" in value) || !("after" in value)) return undefined;
  const { filter, after } = value;
  if (typeof filter !== "string" || typeof after !== "number" || !Number.isInteger(after) || after < 0)
    return undefined;
  return { type, view, filter, after };
}
