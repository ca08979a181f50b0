/** The hub's main thread: sockets, pages and interventions. It asks readers for what is in sessions, and never waits for one. */
import type { Seq } from "@inspector/contract/page";
import { createKeptSessions } from "../kept-sessions.ts";
import type { LiveState } from "../reader/lines.ts";
import { createSessions } from "../reader/sessions.ts";
import type { StateFolder } from "../state-folder.ts";
import { createInterventions, type Interventions } from "./intervention/interventions.ts";
import { createPages, type Pages } from "./live/pages.ts";
import { createReaders } from "./reader/readers.ts";
import { type StartReader, startReaderThread } from "./reader/start-reader.ts";
import { createPageServer } from "./server/server.ts";

export type DeskOptions = {
  readonly host: string;
  readonly port: number;
  readonly token: string;
  /** Origins beside its own from which the page may be used. */
  readonly allowedOrigins: readonly string[];
  /** Folder of the built page. */
  readonly page: string;
  /** The session that is shown unless another one is asked for. */
  readonly file: string;
  readonly state: StateFolder;
  readonly isRecording: boolean;
  /** Absent where nothing is recorded, and so nobody can be intervened with. */
  readonly recording?: { readonly journals: string; readonly maxBytes?: number | undefined };
  readonly startReader?: StartReader;
  /** How long a question may take, and one slice of a search. */
  readonly lookupMs?: number;
  readonly searchMs?: number;
};

export type Desk = {
  readonly address: { readonly host: string; readonly port: number };
  /** Something was recorded; these messages are marked otherwise than before. @param state all that is known beside the file */
  recorded(state: LiveState, marked: readonly Seq[]): void;
  close(): Promise<void>;
};

/**
 * @throws {InspectorError} where the session cannot be opened: "no-such-session", "not-a-session", "newer-session"
 * @throws the listener's error: EADDRINUSE, EACCES, EADDRNOTAVAIL
 */
export async function openDesk(options: DeskOptions): Promise<Desk> {
  const { file, state, isRecording, recording, lookupMs, searchMs } = options;
  let pages: Pages | undefined;
  const readers = createReaders({
    start: options.startReader ?? startReaderThread,
    thread: { file, state, isRecording, maxBytes: recording?.maxBytes },
    onNews: (news) => pages?.onNews(news),
    ...(lookupMs !== undefined && { lookupMs }),
    ...(searchMs !== undefined && { searchMs }),
  });
  pages = createPages(readers);
  const told = pages;
  try {
    await readers.ask("session", [null]);
    const interventions = recording && startInterventions(options, recording.journals, told);
    const server = await createPageServer({ ...options, readers, pages, interventions });
    return {
      address: server.address,
      recorded(known, marked) {
        readers.recorded(known, marked);
        told.mark(marked);
        interventions?.advance();
      },
      async close() {
        interventions?.close();
        await server.close();
        await readers.close();
      },
    };
  } catch (error) {
    pages.close();
    await readers.close();
    throw error;
  }
}

/** They look up single rows by number, over a connection of their own. */
function startInterventions({ file, state }: DeskOptions, journals: string, pages: Pages): Interventions {
  const sessions = createSessions(createKeptSessions(state), {
    file,
    isRecording: true,
    isWatchingProblems: false,
    describe: (stored) => stored,
    onProgress: () => {},
    onProblems: () => {},
  });
  const interventions = createInterventions({
    live: sessions.named(null),
    named: sessions.named,
    journals,
    tell: pages.tell,
  });
  return {
    ...interventions,
    close() {
      interventions.close();
      sessions.close();
    },
  };
}
