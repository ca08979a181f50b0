/** What is left of a session is in a file again, also where more of it goes while it is looked for. */
import { rmSync } from "node:fs";
import { join } from "node:path";
import type { Database } from "@inspector/session/database";
import { afterEach, beforeEach, expect, test } from "vitest";
import { type ScriptedRelay, startScriptedRelay } from "../../testing/scripted-relay.ts";
import { type Folder, makeFolder } from "../../testing/served-sessions.ts";
import { openForReading, openForWriting } from "../sqlite.ts";
import { rescueSession } from "./rescue.ts";
import { createSessionIngest } from "./session-ingest.ts";
import { SessionLost } from "./session-watch.ts";

let folder: Folder;
let relay: ScriptedRelay;
let file: string;
let database: Database;

beforeEach(async () => {
  folder = makeFolder();
  file = join(folder.sessions, "one.inspector");
  relay = await startScriptedRelay(folder.journals, file);
  database = openForWriting(file);
});

afterEach(async () => {
  database.close();
  await relay.end();
  folder.remove();
});

test("a file that is deleted after its log was missed is written anew", () => {
  relay.open(1);
  relay.say(1, "worker", { rpcLog: { message: "kept" } });
  const ingest = createSessionIngest({
    database,
    file,
    journals: folder.journals,
    version: "0",
    maxBytes: undefined,
  });
  while (ingest.step()) {}
  ingest.close();
  rmSync(`${file}-wal`);
  const lost = new SessionLost(file, "log-removed");
  rmSync(file);

  const { file: place, message } = rescueSession(database, file, lost, folder.journals);

  expect(place).toBe(file);
  expect(message).toContain(`all 1 messages recorded so far were written to ${file}`);
  const rescued = openForReading(file);
  expect(rescued.prepare("SELECT text FROM message").all()).toEqual([{ text: "kept" }]);
  rescued.close();
});
