/** The hub: an ingest thread that fills the session, and a server that shows it. Everything it knows is in the file. */
import { Worker } from "node:worker_threads";
import type { SessionInfo } from "@inspector/contract/page";
import { createInterventions, type Interventions } from "./desk/intervention/interventions.ts";
import { createPageServer } from "./desk/server/server.ts";
import { createSessions } from "./desk/server/sessions.ts";
import type { IngestThreadMessage, IngestThreadOptions } from "./ingest/ingest-thread.ts";
import type { Rescue } from "./ingest/rescue.ts";
import { createKeptSessions } from "./kept-sessions.ts";
import { type OpenSession, openSession } from "./open-session.ts";
import { budgetsOf } from "./size-limit.ts";
import { openStateFolder } from "./state-folder.ts";
import { indexingStopped, startIndexingThread } from "./text/text-search.ts";
import { stopThread } from "./thread.ts";

export type HubOptions = {
  readonly session: string;
  readonly host: string;
  readonly port: number;
  readonly token: string;
  /** Origins under which others show the page; see `Access`. */
  readonly allowedOrigins: readonly string[];
  readonly page: string;
  /** Absent where a session is only looked at. */
  readonly recording?: Omit<IngestThreadOptions, "file">;
};

export type Hub = {
  readonly address: { readonly host: string; readonly port: number };
  close(): Promise<void>;
};

/** How far the recording has come. */
export type HubProgress = {
  /** Bytes of journal that are still to be read. */
  readonly behind: number;
  /** Everything that relays wrote is in the session, and none of them runs any more. */
  readonly isDrained: boolean;
  /** Why nothing can be recorded right now. */
  readonly fault?: string | undefined;
};

export type HubEvents = {
  /** Called with each step of the ingest. */
  onProgress(progress: HubProgress): void;
  /** The session's file was lost and is in another file, or in a new one of the same name: this hub is over, and is to be closed. */
  onMoved(rescue: Rescue): void;
};

export async function createHub(options: HubOptions, { onProgress, onMoved }: HubEvents): Promise<Hub> {
  let live: Partial<SessionInfo> = {};
  let progress: HubProgress = { behind: 0, isDrained: false };
  let current: OpenSession | undefined;
  let interventions: Interventions | undefined;
  const ingest =
    options.recording === undefined ? undefined : await startIngest(options.session, options.recording, take);

  function take(message: IngestThreadMessage): void {
    if (message.type === "moved") {
      onMoved(message);
      return;
    }
    if (message.type === "fault") {
      live = { ...live, recordingFault: message.reason };
      progress = { ...progress, fault: message.reason };
    } else {
      const { behind, fault, isDrained, marked } = message;
      live = { source: "live", behind, ...(fault !== undefined && { recordingFault: fault }) };
      current?.live.mark(marked);
      progress = { behind, isDrained, fault };
    }
    onProgress(progress);
    current?.live.notify();
    interventions?.advance();
  }

  const max = options.recording?.maxBytes;
  const state = openStateFolder();
  const indexing = { start: startIndexingThread, state };
  const maxIndex = max === undefined ? undefined : budgetsOf(max).text;
  current = openSession(options.session, {
    state: (stored) => ({ ...stored, ...live, size: { ...stored.size, ...(max !== undefined && { max }) } }),
    indexing: { ...indexing, start: (what, tell) => startIndexingThread({ ...what, maxBytes: maxIndex }, tell) },
  });
  const isRecording = options.recording !== undefined;
  const sessions = createSessions(current, createKeptSessions(state), { isRecording, indexing });
  interventions =
    options.recording &&
    createInterventions({ live: current, named: sessions.named, journals: options.recording.journals });
  const server = await createPageServer({ ...options, sessions, interventions });
  return {
    address: server.address,
    async close() {
      interventions?.close();
      await server.close();
      if (ingest !== undefined) {
        await stopThread(ingest);
      }
      await indexingStopped();
    },
  };
}

/** Starts the thread and waits until the session file is there. */
async function startIngest(
  file: string,
  recording: Omit<IngestThreadOptions, "file">,
  onMessage: (message: IngestThreadMessage) => void,
): Promise<Worker> {
  const workerData: IngestThreadOptions = { ...recording, file };
  const thread = new Worker(new URL("./ingest-thread.js", import.meta.url), { workerData });
  await new Promise<void>((resolve, reject) => {
    thread.once("error", reject);
    thread.on("message", (message: IngestThreadMessage) => {
      if (message.type === "fault") {
        reject(new Error(message.reason));
      }
      resolve();
      onMessage(message);
    });
  });
  // A thread that died takes the hub with it, which is then started anew from what was committed.
  thread.on("error", (error) => {
    throw error;
  });
  return thread;
}
