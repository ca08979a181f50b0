/** Whose session a file is, under whatever name it is given. */
import { execFile } from "node:child_process";
import { linkSync, readdirSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import {
  COMMAND,
  type InspectorProcess,
  startInspector,
  type TemporaryFolder,
  temporaryFolder,
} from "./inspector-process.ts";

let state: TemporaryFolder;
let folder: string;
let inspector: InspectorProcess;

beforeEach(async () => {
  state = temporaryFolder();
  folder = join(state.path, "recordings");
  const args = ["--listen", "0", "--upstream", "127.0.0.1:1", "--session", join(folder, "one.inspector")];
  inspector = await startInspector(args, state.path);
});

afterEach(async () => {
  await inspector.stop();
  state.remove();
});

function record(session: string): Promise<{ code: number | null; stderr: string }> {
  const args = [COMMAND, "--listen", "0", "--upstream", "127.0.0.1:1", "--session", session];
  const env = { ...process.env, XDG_STATE_HOME: state.path };
  return new Promise((resolve) => {
    const child = execFile(process.execPath, args, { env, timeout: 60_000 }, (_, __, stderr) => {
      resolve({ code: child.exitCode, stderr });
    });
  });
}

test("a session that is being recorded into is refused under every name that leads to it", async () => {
  const file = join(folder, "one.inspector");
  symlinkSync(file, join(folder, "symbolic.inspector"));
  linkSync(file, join(folder, "hard.inspector"));
  symlinkSync(folder, join(state.path, "elsewhere"));
  for (const name of [
    file,
    join(folder, "symbolic.inspector"),
    join(folder, "hard.inspector"),
    join(state.path, "elsewhere", "one.inspector"),
  ]) {
    expect(await record(name)).toEqual({ code: 1, stderr: expect.stringContaining("is being recorded into") });
  }
});

test("a recording that has ended is one file", async () => {
  expect(await inspector.stop()).toBe(0);
  expect(readdirSync(folder)).toEqual(["one.inspector"]);
});
