/** The two readers of a hub: one for what is answered at once, one for what has to look at all of a session. */
import type { Seq } from "@inspector/contract/page";
import type { LiveState, Questions, ToReader } from "../../reader/lines.ts";
import type { ReaderThreadOptions } from "../../reader/reader-thread.ts";
import { type News, ReaderClient } from "./reader-client.ts";
import type { StartReader } from "./start-reader.ts";

/** How long a question may take, and one slice of a search: a regular expression over invocations looks at every message. */
const LOOKUP_MS = 10_000;
const SEARCH_MS = 30_000;

export type Readers = {
  /** @throws as ReaderClient.ask */
  ask<K extends keyof Questions>(
    name: K,
    given: Parameters<Questions[K]>,
    signal?: AbortSignal,
  ): Promise<ReturnType<Questions[K]>>;
  /** The reader for a view: only one with a filter can take long. */
  forFilter(filter: string): ReaderClient;
  /** Something will be asked soon: the thread for that is started, where it was not needed yet. */
  wake(): void;
  /** Changes of what is known of a session are told from now on. */
  watch(session: string): void;
  unwatch(session: string): void;
  /** Something was recorded; these messages are marked otherwise than before. @param state all that is known now */
  recorded(state: LiveState, marked: readonly Seq[]): void;
  close(): Promise<void>;
};

export type ReadersOptions = {
  readonly start: StartReader;
  readonly thread: Omit<ReaderThreadOptions, "work" | "role">;
  readonly onNews: (news: News) => void;
  readonly lookupMs?: number;
  readonly searchMs?: number;
};

export function createReaders(options: ReadersOptions): Readers {
  const { start, thread, lookupMs = LOOKUP_MS, searchMs = SEARCH_MS } = options;
  const watched = new Set<string>();
  /** How far indexes are, as it was told last. */
  const indexed = new Map<string, Extract<News, { type: "indexed" }>>();
  let state: LiveState = thread.isRecording ? { source: "live" } : {};

  const lookup = new ReaderClient({
    start,
    // Of a session that is recorded, nobody may ever ask.
    isLazy: thread.isRecording,
    thread: { ...thread, role: "lookup" },
    limitMs: lookupMs,
    onNews(news) {
      if (news.type === "indexed") {
        indexed.set(news.session, news);
        search.post(news);
      } else {
        options.onNews(news);
      }
    },
    onStarted(post) {
      begin(post);
      for (const session of watched) {
        post({ type: "watch", session });
      }
    },
  });
  const search = new ReaderClient({
    start,
    isLazy: true,
    thread: { ...thread, role: "search" },
    limitMs: searchMs,
    onNews: options.onNews,
    onStarted(post) {
      begin(post);
      for (const news of indexed.values()) {
        post(news);
      }
    },
  });

  function begin(post: (message: ToReader) => void): void {
    post({ type: "recorded", state, marked: [] });
  }

  return {
    ask: (name, given, signal) => lookup.ask(name, given, signal),
    forFilter: (filter) => (filter.trim() === "" ? lookup : search),
    wake: () => lookup.wake(),
    watch(session) {
      watched.add(session);
      lookup.post({ type: "watch", session });
    },
    unwatch(session) {
      watched.delete(session);
      lookup.post({ type: "unwatch", session });
    },
    recorded(known, marked) {
      state = known;
      lookup.post({ type: "recorded", state, marked });
      search.post({ type: "recorded", state, marked });
    },
    async close() {
      await Promise.all([lookup.close(), search.close()]);
    },
  };
}
