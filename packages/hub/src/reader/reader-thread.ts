/** Thread of the hub that answers questions about sessions; see lines.ts for what it is told. */
import { parentPort, workerData } from "node:worker_threads";
import type { StartIndexing } from "@inspector/reader/session-text";
import { createKeptSessions } from "../kept-sessions.ts";
import { budgetsOf } from "../size-limit.ts";
import type { StateFolder } from "../state-folder.ts";
import { indexingStopped, indexingThreads } from "../text/index-threads.ts";
import type { ToReader } from "./lines.ts";
import { createReader } from "./reader.ts";

export type ReaderThreadOptions = {
  readonly file: string;
  readonly state: StateFolder;
  readonly isRecording: boolean;
  readonly maxBytes?: number | undefined;
  readonly role: ReaderRole;
  /** Two words: WORK_COUNT and WORK_ID. */
  readonly work: Int32Array;
};

/**
 * "lookup": what is answered at once by number; it also looks for problems, and has text indexes built. "search": views with filters,
 * which may have to look at all of a session.
 */
export type ReaderRole = "lookup" | "search";

/** Texts of what is being recorded are indexed from so long after somebody first looked at it: a page comes first. */
const RECORDED_INDEX_MS = 1_000;

const port = parentPort;
if (port === null) {
  throw new Error("sessions are read by a thread of the hub");
}
const { file, state, isRecording, maxBytes, role, work } = workerData as ReaderThreadOptions;
const maxIndexBytes = maxBytes === undefined ? undefined : budgetsOf(maxBytes).text;
const startAtOnce = indexingThreads(0);
const startCurrent = isRecording ? indexingThreads(RECORDED_INDEX_MS) : startAtOnce;
const startIndexing: StartIndexing = (what, onMessage) =>
  what.session === file ? startCurrent({ ...what, maxBytes: maxIndexBytes }, onMessage) : startAtOnce(what, onMessage);

const reader = createReader({
  file,
  kept: createKeptSessions(state),
  isRecording,
  maxBytes,
  isWatchingProblems: role === "lookup",
  indexing: { state, ...(role === "lookup" && { start: startIndexing }) },
  work,
  post: (message, transfer = []) => port.postMessage(message, transfer),
});

port.on("message", (message: ToReader) => {
  if (message.type === "stop") {
    void stop();
  } else {
    reader.receive(message);
  }
});

async function stop(): Promise<void> {
  reader.close();
  await indexingStopped();
  process.exit(0);
}
