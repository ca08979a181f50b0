/** A relay with one open connection, and the session that its journal becomes: what most tests of the ingest begin with. */
import { join } from "node:path";
import type { Database } from "@inspector/session/database";
import { openForReading } from "../src/sqlite.ts";
import { ingestAll } from "./ingest-all.ts";
import { type ScriptedRelay, startScriptedRelay } from "./scripted-relay.ts";
import { makeFolder } from "./served-sessions.ts";

export type OneRecording = {
  /** Of the session. */
  readonly file: string;
  readonly relay: ScriptedRelay;
  /** Brings what the journal holds into the session, as a hub that ends right afterwards. */
  ingest(): void;
  /** The session as it is, to read from; the caller closes it. */
  read(): Database;
  end(): Promise<void>;
};

export async function startRecording(): Promise<OneRecording> {
  const folder = makeFolder();
  const file = join(folder.sessions, "one.inspector");
  const relay = await startScriptedRelay(folder.journals, file);
  relay.open(1);
  return {
    file,
    relay,
    ingest: () => ingestAll(folder, file),
    read: () => openForReading(file),
    async end() {
      await relay.end();
      folder.remove();
    },
  };
}
