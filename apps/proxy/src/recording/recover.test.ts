import { existsSync } from "node:fs";
import { join } from "node:path";
import { openForWriting } from "@inspector/hub/sqlite";
import { afterEach, beforeEach, describe, expect, onTestFinished, test } from "vitest";
import { startScriptedRelay } from "../../../../packages/hub/testing/scripted-relay.ts";
import { type Folder, makeFolder } from "../../../../packages/hub/testing/served-sessions.ts";
import { messagesIn } from "../../testing/import-facts.ts";
import { recoverSession } from "./recover.ts";

let folder: Folder;
let file: string;

beforeEach(() => {
  folder = makeFolder();
  file = folder.file("one");
});

afterEach(() => folder.remove());

/** Messages that are committed; 0 before there are tables. */
function countIn(session: string): number {
  const database = openForWriting(session);
  try {
    return Number(database.prepare("SELECT count(*) AS n FROM message").get()?.["n"]);
  } catch {
    return 0;
  } finally {
    database.close();
  }
}

describe("a session that is opened, whose relay was killed", () => {
  test("gets what the relay had recorded, once, and that is said", async () => {
    const relay = await startScriptedRelay(folder.journals, file);
    relay.open(1);
    relay.say(1, "worker", { startStream: { workerId: "w1" } });
    const said: string[] = [];
    const recover = () => recoverSession(folder, file, (line) => said.push(line));
    await recover();
    expect(said).toEqual([]);
    await relay.end();
    await recoverSession(folder, join(folder.sessions, "another.inspector"), (line) => said.push(line));
    expect(said).toEqual([]);
    await recover();
    expect(said).toEqual([
      expect.stringContaining("a recording was cut short"),
      expect.stringMatching(/^recovered a recording that was cut short: 1 messages/u),
    ]);
    expect(messagesIn(file)).toMatchObject([{ kind: "start_stream" }]);
    await recover();
    expect(said).toHaveLength(2);
  });

  test("lets go of it where the command is stopped meanwhile, and gets the rest the next time", async () => {
    const relay = await startScriptedRelay(folder.journals, file);
    relay.open(1);
    // More than is read in one transaction.
    const count = 2_000;
    for (let n = 0; n < count; n += 1) {
      relay.say(1, "worker", { rpcLog: { message: `${n} `.padEnd(10_000, "x") } });
    }
    await relay.end();
    const stop = new AbortController();
    const stopOnceBegun = setInterval(() => {
      if (existsSync(file) && countIn(file) > 0) {
        stop.abort(new Error("stopped"));
      }
    });
    onTestFinished(() => clearInterval(stopOnceBegun));
    await expect(recoverSession(folder, file, () => {}, stop.signal)).rejects.toThrow("stopped");
    const before = countIn(file);
    expect(before).toBeGreaterThan(0);
    expect(before).toBeLessThan(count);
    await recoverSession(folder, file, () => {});
    expect(countIn(file)).toBe(count);
  });
});
