/** The hub's main thread: sockets and pages. It asks readers for what is in sessions, and interventions for what is done to a recording. */
import type { Seq } from "@inspector/contract/page";
import { connectInterventions } from "../intervention/client.ts";
import { type StartService, startServiceThread } from "../intervention/start-service.ts";
import type { LiveState } from "../reader/lines.ts";
import type { StateFolder } from "../state-folder.ts";
import { Exports } from "./exports/exports.ts";
import { type StartExport, startExportProcess } from "./exports/start-export.ts";
import { createPages, type Pages } from "./live/pages.ts";
import { createReaders } from "./reader/readers.ts";
import { type StartReader, startReaderThread } from "./reader/start-reader.ts";
import { createPageServer } from "./server/server.ts";

/**
 * Threads of a recording that nobody has asked anything are started after this: to find problems, to index texts, and to free
 * what late answers to replays left in shared memory. A recording that is short, as those of a test are, does without them.
 */
const WAKE_MS = 10_000;

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
  /** Nobody is to look: no page is served. */
  readonly isHeadless?: boolean | undefined;
  /** Absent where nothing is recorded, and so nobody can be intervened with. */
  readonly recording?: { readonly journals: string; readonly maxBytes?: number | undefined };
  readonly startReader?: StartReader;
  readonly startService?: StartService;
  readonly startExport?: StartExport;
  /** Of the inspector; an export names it. */
  readonly version?: string | undefined;
  /** How long a question may take, and one slice of a search. */
  readonly lookupMs?: number;
  readonly searchMs?: number;
};

export type Desk = {
  /** Where the page is served; where it would be, if it is not. */
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
    if (!isRecording) {
      await readers.ask("session", [null]);
    }
    const interventions =
      recording &&
      connectInterventions(
        options.startService ?? startServiceThread,
        { file, state, journals: recording.journals },
        told.tell,
      );
    const exports = new Exports({
      file,
      state,
      by: options.version ?? "unknown",
      start: options.startExport ?? startExportProcess,
    });
    const server = options.isHeadless
      ? undefined
      : await createPageServer({ ...options, readers, pages, exports, interventions });
    const waking = options.isHeadless
      ? undefined
      : setTimeout(() => {
          readers.wake();
          interventions?.wake();
        }, WAKE_MS).unref();
    return {
      address: server?.address ?? { host: options.host, port: options.port },
      recorded(known, marked) {
        readers.recorded(known, marked);
        told.mark(marked);
        interventions?.recorded();
      },
      async close() {
        clearTimeout(waking);
        await Promise.all([interventions?.close(), server?.close(), readers.close(), exports.close()]);
      },
    };
  } catch (error) {
    pages.close();
    await readers.close();
    throw error;
  }
}
