/** The hub: an ingest thread that fills the session, and a server that shows it. Everything it knows is in the file. */
import { Worker } from "node:worker_threads";
import { optional } from "@inspector/session/sql-values";
import { type Desk, openDesk } from "./desk/desk.ts";
import type { OtlpEndpoint } from "./export/otlp-endpoint.ts";
import type { OtlpThreadMessage, OtlpThreadOptions } from "./export/otlp-thread.ts";
import type { IngestThreadMessage, IngestThreadOptions } from "./ingest/ingest-thread.ts";
import type { Rescue } from "./ingest/rescue.ts";
import type { LiveState } from "./reader/lines.ts";
import { openStateFolder } from "./state-folder.ts";
import { stopThread } from "./thread.ts";

export type HubOptions = {
  readonly session: string;
  readonly host: string;
  readonly port: number;
  readonly token: string;
  /** Origins under which others show the page; see `Access`. */
  readonly allowedOrigins: readonly string[];
  readonly page: string;
  /** Of the inspector. */
  readonly version?: string | undefined;
  /** An earlier one has recorded into the session: a file that cannot be opened now is told, and may be back later. */
  readonly isAgain?: boolean | undefined;
  /** No page is served. */
  readonly isHeadless?: boolean | undefined;
  /** Where invocations are told of as they end, while something is recorded. */
  readonly otlp?: OtlpEndpoint | undefined;
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
  /** A line for the user. */
  onTold?(message: string): void;
};

export async function createHub(
  options: HubOptions,
  { onProgress, onMoved, onTold = () => {} }: HubEvents,
): Promise<Hub> {
  const { recording } = options;
  const isRecording = recording !== undefined;
  const state = openStateFolder();
  let desk: Desk | undefined;
  let progress: HubProgress = { behind: 0, isDrained: false };
  let live: LiveState = isRecording ? { source: "live" } : {};
  const ingest = recording && (await startIngest(options, recording, take));

  function take(message: IngestThreadMessage): void {
    if (message.type === "moved") {
      onMoved(message);
      return;
    }
    if (message.type === "fault") {
      live = { ...live, recordingFault: message.reason };
      progress = { ...progress, fault: message.reason };
      desk?.recorded(live, []);
    } else {
      const { behind, fault, isDrained, marked } = message;
      live = { source: "live", behind, ...(fault !== undefined && { recordingFault: fault }) };
      progress = { behind, isDrained, fault };
      desk?.recorded(live, marked);
    }
    onProgress(progress);
  }

  const telemetry = options.otlp && isRecording ? startTelemetry(options, options.otlp, onTold) : undefined;
  const { session: file, ...server } = options;
  desk = await openDesk({ ...server, file, state, isRecording, ...optional("recording", recording) });
  desk.recorded(live, []);
  const { address, close } = desk;
  return {
    address,
    async close() {
      await Promise.all([close(), ingest && stopThread(ingest), telemetry && stopThread(telemetry)]);
    },
  };
}

/** A thread that fails tells so, and takes nothing with it. */
function startTelemetry(
  { session, version }: HubOptions,
  endpoint: OtlpEndpoint,
  tell: (message: string) => void,
): Worker {
  const workerData: OtlpThreadOptions = { session, endpoint, by: version ?? "unknown" };
  const thread = new Worker(new URL("./otlp-thread.js", import.meta.url), { workerData });
  thread.on("message", ({ message }: OtlpThreadMessage) => tell(message));
  thread.on("error", (error) => tell(`telemetry is not pushed any more: ${error.message}`));
  return thread;
}

/** Starts the thread and waits until the session file is there, or, where it was there before, until something is known of it. */
async function startIngest(
  { session: file, isAgain = false }: HubOptions,
  recording: Omit<IngestThreadOptions, "file">,
  onMessage: (message: IngestThreadMessage) => void,
): Promise<Worker> {
  const workerData: IngestThreadOptions = { ...recording, file };
  const thread = new Worker(new URL("./ingest-thread.js", import.meta.url), { workerData });
  await new Promise<void>((resolve, reject) => {
    thread.once("error", reject);
    thread.on("message", (message: IngestThreadMessage) => {
      if (message.type === "fault" && !isAgain) {
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
