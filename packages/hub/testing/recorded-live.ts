/** Sessions that are being recorded, and are served meanwhile. */
import { createSessionIngest } from "../src/ingest/session-ingest.ts";
import { openForWriting } from "../src/sqlite.ts";
import { type ScriptedRelay, startScriptedRelay } from "./scripted-relay.ts";
import { type Folder, type Listener, makeFolder, type ServedSessions, serve } from "./served-sessions.ts";

/** Closing it again does nothing. */
export type ServedLive = {
  readonly served: ServedSessions;
  /** What one page is told. */
  readonly page: Listener;
  close(): Promise<void>;
};

/** Brings what relays write into a session, a step every few milliseconds, and serves it. */
export async function serveLive(folder: Folder, file: string): Promise<ServedLive> {
  const database = openForWriting(file);
  const options = { database, file, journals: folder.journals, version: "0", maxBytes: undefined };
  const ingest = createSessionIngest(options);
  ingest.step();
  const served = await serve(folder, file, {
    isRecording: true,
    isIntervening: true,
  });
  const page = await served.listen();
  const timer = setInterval(() => {
    if (!ingest.step()) {
      return;
    }
    served.recorded(ingest.progress.marked);
  }, 3);
  let closed: Promise<void> | undefined;

  async function close(): Promise<void> {
    clearInterval(timer);
    page.close();
    await served.close();
    ingest.close();
    database.close();
  }

  return {
    served,
    page,
    close() {
      closed ??= close();
      return closed;
    },
  };
}

export type RecordedLive = Omit<ServedLive, "close"> & {
  readonly folder: Folder;
  readonly relay: ScriptedRelay;
  /** Another hub takes the place of the one that there was. */
  restart(): Promise<void>;
  close(): Promise<void>;
};

/** One that is recorded from a scripted relay. */
export async function recordLive(): Promise<RecordedLive> {
  const folder = makeFolder();
  const file = folder.file("one");
  const relay = await startScriptedRelay(folder.journals, file);
  let serving = await serveLive(folder, file);
  return {
    folder,
    relay,
    get served() {
      return serving.served;
    },
    get page() {
      return serving.page;
    },
    async restart() {
      await serving.close();
      serving = await serveLive(folder, file);
    },
    async close() {
      await serving.close();
      await relay.end();
      folder.remove();
    },
  };
}
