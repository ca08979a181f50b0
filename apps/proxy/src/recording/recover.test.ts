import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
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
});
