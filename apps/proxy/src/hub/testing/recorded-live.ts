/** A session that is being recorded from a scripted relay, and is served meanwhile. */
import { createSessionIngest } from "../ingest/session-ingest.ts";
import { openForWriting } from "../sqlite.ts";
import { type ScriptedRelay, startScriptedRelay } from "./scripted-relay.ts";
import { type Folder, type Listener, makeFolder, type ServedSessions, serve } from "./served-sessions.ts";

export type RecordedLive = {
  readonly folder: Folder;
  readonly relay: ScriptedRelay;
  readonly served: ServedSessions;
  readonly page: Listener;
  close(): Promise<void>;
};

/** Brings what the relay wrote into the session, a step every few milliseconds. */
export async function recordLive(): Promise<RecordedLive> {
  const folder = makeFolder();
  const file = folder.file("one");
  const relay = await startScriptedRelay(folder.journals, file);
  const database = openForWriting(file);
  const options = { database, file, journals: folder.journals, version: "0", maxBytes: undefined };
  const ingest = createSessionIngest(options);
  ingest.step();
  const served = await serve(folder, file, {
    state: (stored) => ({ ...stored, source: "live" }),
    isIntervening: true,
  });
  const page = await served.listen();
  const timer = setInterval(() => {
    if (ingest.step()) served.notify();
  }, 3);
  return {
    folder,
    relay,
    served,
    page,
    async close() {
      clearInterval(timer);
      page.close();
      await served.close();
      ingest.close();
      database.close();
      await relay.end();
      folder.remove();
    },
  };
}
