import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { type SessionWriting, writeSession } from "../../testing/recorded-session.ts";
import { type Folder, makeFolder } from "../../testing/served-sessions.ts";
import { openSession } from "./open-session.ts";

let folder: Folder;
let writing: SessionWriting;

beforeEach(() => {
  folder = makeFolder();
  writing = writeSession(join(folder.sessions, "a.inspector"));
});

afterEach(() => {
  writing.close();
  folder.remove();
});

test("problems are looked for without anybody asking, and counted in the session", async () => {
  writing.addRecording("node/failing-load");
  const session = openSession(join(folder.sessions, "a.inspector"), { isWatchingProblems: true });
  expect(session.info().problems).toEqual({ errors: 0, warnings: 0 });
  await expect.poll(() => session.info().problems).toEqual({ errors: 2, warnings: 4 });
  expect(session.problems()).toMatchObject({
    problems: [{ rule: "failed-result" }, {}, {}, {}, {}, {}],
    verdicts: [{ step: "index" }],
    through: session.info().last,
  });
  session.close();
});

test("a session that is recorded is looked at again as it grows", async () => {
  writing.addRecording("node/small-chunks");
  const session = openSession(join(folder.sessions, "a.inspector"), {
    isWatchingProblems: true,
    describe: (stored) => ({ ...stored, source: "live" }),
  });
  await expect.poll(() => session.problems().through).toBe(session.info().last);
  expect(session.problems().problems.filter(({ severity }) => severity === "error")).toEqual([]);
  writing.addRecording("node/wrong-worker-id", 10e9);
  await expect.poll(() => session.info().problems?.errors, { timeout: 60_000 }).toBe(1);
  session.close();
});
