/** What is new, for every page that listens: columns of sequence numbers, resumable by number. */
import type { ClientMessage, Seq, ServerMessage, SessionInfo } from "@inspector/contract/page";
import { parseFilter } from "@inspector/filter/parse";
import type { InvocationQueries } from "@inspector/session/invocation-queries";
import type { Queries } from "@inspector/session/queries";
import type { RawData, WebSocket } from "ws";
import type { SessionText } from "../../text/text-search.ts";
import { createInvocationView, createMessageView, type LiveView } from "./live-view.ts";

/** A page that has this much still to receive is given more once it has caught up. */
const MAX_BUFFERED_BYTES = 4 * 1024 * 1024;
/** A page that listens hears of new messages at most this often, and of the session's state. */
const GROWTH_MS = 50;
const SESSION_MS = 250;
/** More than a page ever has open; each costs a query at every growth. */
const MAX_VIEWS = 32;

export type LiveSources = {
  readonly queries: Queries;
  readonly invocations: InvocationQueries;
  readonly info: () => SessionInfo;
  readonly text: SessionText | undefined;
};

export type Live = {
  add(socket: WebSocket): void;
  /** Something may be new. */
  notify(): void;
  /** Something was done to messages since they were recorded: pages show them anew, and views ask their filters again. */
  mark(seqs: readonly Seq[]): void;
  /** Says something to every page that listens. */
  tell(message: ServerMessage): void;
  /** Pages that listen. */
  readonly size: number;
  close(): void;
};

/** @property told the session as it was last sent */
type Page = { readonly views: Map<number, LiveView>; told: string };

type Subscription = Extract<ClientMessage, { type: "subscribe" }>;

export function createLive(sources: LiveSources): Live {
  const { info } = sources;
  const pages = new Map<WebSocket, Page>();
  let growthTimer: NodeJS.Timeout | undefined;
  let infoTimer: NodeJS.Timeout | undefined;

  function sendInfo(socket: WebSocket): void {
    const page = pages.get(socket);
    const text = JSON.stringify({ type: "session", session: info() } satisfies ServerMessage);
    if (page === undefined || page.told === text) {
      return;
    }
    page.told = text;
    socket.send(text);
  }

  function receive(socket: WebSocket, views: Map<number, LiveView>, data: RawData): void {
    const message = parseClientMessage(String(data));
    if (message === undefined) {
      return;
    }
    views.delete(message.view);
    if (message.type !== "subscribe" || views.size >= MAX_VIEWS) {
      return;
    }
    guarded(socket, () => subscribe(socket, views, message));
  }

  function subscribe(socket: WebSocket, views: Map<number, LiveView>, subscription: Subscription): void {
    const { view, filter: text, what, after } = subscription;
    const parsed = parseFilter(text);
    if (!parsed.ok) {
      send(socket, { type: "invalid-filter", view, message: parsed.message, offset: parsed.offset });
      return;
    }
    const filter = parsed.filter.type === "all" ? undefined : parsed.filter;
    const made =
      what === "invocations" ? createInvocationView(sources, filter, after) : createMessageView(sources, filter, after);
    views.set(view, made);
    if (grow(socket, view, made)) {
      schedule();
    }
  }

  /** Sends one frame. @returns whether there is more for this view right now. */
  function grow(socket: WebSocket, id: number, view: LiveView): boolean {
    if (socket.bufferedAmount > MAX_BUFFERED_BYTES) {
      return true;
    }
    const frame = view.next();
    if (frame === undefined) {
      return false;
    }
    const { cursor, ids, gone } = frame;
    const words = new Uint32Array(3 + ids.length + gone.length);
    words.set([id, cursor, ids.length]);
    words.set(ids, 3);
    words.set(gone, 3 + ids.length);
    socket.send(new Uint8Array(words.buffer));
    return view.isMore;
  }

  /** When pages were last told, so that what comes after a pause is told at once. */
  let grownAt = 0;

  function schedule(): void {
    growthTimer ??= setTimeout(
      () => {
        growthTimer = undefined;
        let isMore = false;
        for (const [socket, { views }] of pages) {
          for (const [id, view] of views) {
            guarded(socket, () => {
              isMore = grow(socket, id, view) || isMore;
            });
          }
        }
        grownAt = performance.now();
        if (isMore) {
          schedule();
        }
      },
      Math.max(0, grownAt + GROWTH_MS - performance.now()),
    );
  }

  function tellInfo(): void {
    infoTimer ??= setTimeout(() => {
      infoTimer = undefined;
      if (pages.size === 0) {
        return;
      }
      for (const socket of pages.keys()) {
        guarded(socket, () => sendInfo(socket));
      }
    }, SESSION_MS);
  }

  function tell(message: ServerMessage): void {
    const text = JSON.stringify(message);
    for (const socket of pages.keys()) {
      guarded(socket, () => socket.send(text));
    }
  }

  return {
    add(socket) {
      const views = new Map<number, LiveView>();
      pages.set(socket, { views, told: "" });
      socket.on("message", (data) => receive(socket, views, data));
      socket.on("error", () => socket.terminate());
      socket.on("close", () => pages.delete(socket));
      guarded(socket, () => sendInfo(socket));
    },
    notify() {
      if (pages.size === 0) {
        return;
      }
      schedule();
      tellInfo();
    },
    mark(seqs) {
      if (seqs.length === 0 || pages.size === 0) {
        return;
      }
      tell({ type: "marked", seqs });
      for (const { views } of pages.values()) {
        for (const view of views.values()) {
          view.mark(seqs);
        }
      }
      schedule();
    },
    tell,
    get size() {
      return pages.size;
    },
    close() {
      clearTimeout(growthTimer);
      clearTimeout(infoTimer);
      for (const socket of pages.keys()) {
        socket.terminate();
      }
      pages.clear();
    },
  };
}

/** A file that is damaged, or locked by somebody else, costs one page its connection; it comes back when it can. */
function guarded(socket: WebSocket, work: () => void): void {
  try {
    work();
  } catch (error) {
    socket.close(1011, String(error instanceof Error ? error.message : error).slice(0, 100));
  }
}

function send(socket: WebSocket, message: ServerMessage): void {
  socket.send(JSON.stringify(message));
}

/** undefined for what is no such message: somebody else's page does not get that far, and ours knows the contract. */
function parseClientMessage(text: string): ClientMessage | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (typeof value !== "object" || value === null || !("type" in value) || !("view" in value)) {
    return undefined;
  }
  const { type, view } = value;
  if (!isNumber(view)) {
    return undefined;
  }
  if (type === "unsubscribe") {
    return { type, view };
  }
  if (type !== "subscribe" || !("filter" in value) || !("after" in value)) {
    return undefined;
  }
  const { filter, after } = value;
  if (typeof filter !== "string" || !isNumber(after)) {
    return undefined;
  }
  const what = "what" in value && value.what === "invocations" ? value.what : "messages";
  return { type, view, what, filter, after };
}

/** A word of a frame. */
function isNumber(value: unknown): value is number {
  return typeof value === "number" && Number.isInteger(value) && value >= 0 && value <= 0xffffffff;
}
