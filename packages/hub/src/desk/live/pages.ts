/** The pages that listen: who they are, how many there may be, and what each is still to receive. */
import type { ClientMessage, PageCounts, Seq, ServerMessage, SessionInfo } from "@inspector/contract/page";
import { applyChanges } from "@inspector/contract/session-changes";
import type { RawData, WebSocket } from "ws";
import type { News } from "../reader/reader-client.ts";
import type { Readers } from "../reader/readers.ts";
import { parseClientMessage } from "./client-message.ts";
import { createPage, type Page } from "./page.ts";
import { createViewGroups, type ViewGroups } from "./view-groups.ts";

/** Pages that listen at once, and views of all of them together. */
export const MAX_PAGES = 64;
export const MAX_VIEWS = 512;
/** More than a page ever has open. */
const MAX_VIEWS_OF_PAGE = 32;
/** How often pages that receive too slowly are looked at. */
const LOOK_MS = 100;

export type Pages = {
  /** @param session the key of the session that it listens to */
  add(socket: WebSocket, session: string): void;
  /** Something was done to messages of the current session since they were recorded. */
  mark(seqs: readonly Seq[]): void;
  /** Says something to every page that listens to the current session. */
  tell(message: ServerMessage): void;
  onNews(news: News): void;
  readonly counts: PageCounts;
  close(): void;
};

export function createPages(readers: Readers): Pages {
  const pages = new Map<WebSocket, Page>();
  const infos = new Map<string, SessionInfo>();
  const groups: ViewGroups = createViewGroups(readers);
  const timer = setInterval(look, LOOK_MS);
  timer.unref();

  const listening = (session: string): Page[] => [...pages.values()].filter((page) => page.session === session);

  function receive(page: Page, data: RawData): void {
    const message = parseClientMessage(String(data));
    if (message === undefined) {
      return;
    }
    groups.leave(page, message.view);
    if (message.type === "subscribe") {
      subscribe(page, message);
    }
  }

  function subscribe(page: Page, message: Extract<ClientMessage, { type: "subscribe" }>): void {
    const { view, what = "messages", filter, after } = message;
    if (groups.size >= MAX_VIEWS || groups.sizeOf(page) >= MAX_VIEWS_OF_PAGE) {
      const text = `No more than ${MAX_VIEWS} views are open at once, and ${MAX_VIEWS_OF_PAGE} of one page`;
      page.send({ type: "invalid-filter", view, message: `${text}. Close other pages of this inspector.`, offset: 0 });
    } else {
      groups.join(page, view, { what, filter, after });
    }
  }

  function forget(socket: WebSocket, page: Page): void {
    pages.delete(socket);
    groups.leaveAll(page);
    if (listening(page.session).length === 0) {
      infos.delete(page.session);
      readers.unwatch(page.session);
    }
  }

  /** Pages that have room again go on where they stopped. */
  function look(): void {
    for (const page of pages.values()) {
      if (page.check()) {
        groups.resume(page);
      }
    }
  }

  function tell(session: string, message: ServerMessage): void {
    const text = JSON.stringify(message);
    for (const page of listening(session)) {
      page.sendText(text);
    }
  }

  return {
    add(socket, session) {
      const page = createPage(socket, session);
      if (pages.size >= MAX_PAGES) {
        return page.refuse(`${MAX_PAGES} pages of this inspector are open already: close one`);
      }
      const isFirst = listening(session).length === 0;
      pages.set(socket, page);
      socket.on("message", (data) => receive(page, data));
      socket.on("close", () => forget(socket, page));
      if (isFirst) {
        readers.watch(session);
      }
      const info = infos.get(session);
      if (info !== undefined) {
        page.send({ type: "session", session: info });
      }
    },
    mark(seqs) {
      if (seqs.length > 0) {
        tell("", { type: "marked", seqs });
      }
    },
    tell: (message) => tell("", message),
    onNews(news) {
      if (news.type === "info") {
        infos.set(news.session, news.info);
        tell(news.session, { type: "session", session: news.info });
      } else if (news.type === "info-changed") {
        const before = infos.get(news.session);
        if (before !== undefined) {
          infos.set(news.session, applyChanges(before, news.changes));
          tell(news.session, { type: "session-changed", changes: news.changes });
        }
      }
    },
    get counts() {
      return { pages: pages.size, maxPages: MAX_PAGES, views: groups.size, maxViews: MAX_VIEWS };
    },
    close() {
      clearInterval(timer);
      for (const socket of pages.keys()) {
        socket.terminate();
      }
    },
  };
}
