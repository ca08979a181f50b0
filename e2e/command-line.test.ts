/** What people type wrong, and what the command says then. */
import { execFile } from "node:child_process";
import { once } from "node:events";
import { statSync, writeFileSync } from "node:fs";
import { type AddressInfo, createServer } from "node:net";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, expect, test } from "vitest";
import { startInspector, temporaryFolder } from "./inspector-process.ts";

const COMMAND = fileURLToPath(new URL("../apps/proxy/bin/inspector.js", import.meta.url));
const state = temporaryFolder();
afterAll(() => state.remove());

function run(...args: string[]): Promise<{ code: number; stdout: string; stderr: string }> {
  return new Promise((resolve) => {
    const env = { ...process.env, XDG_STATE_HOME: state.path };
    const child = execFile(process.execPath, [COMMAND, ...args], { env }, (_, stdout, stderr) => {
      resolve({ code: child.exitCode ?? -1, stdout, stderr });
    });
  });
}

function file(name: string, content: string | Uint8Array): string {
  const path = join(state.path, name);
  writeFileSync(path, content);
  return path;
}

test.each([
  [["frobnicate"], /no command "frobnicate"/u, /Commands are demo, host/u],
  [["--listen", "50051"], /--upstream is missing/u, /inspector demo/u],
  [["--upstream", "localhost"], /--listen is missing/u, /For example/u],
  [["--listen", "::1", "--upstream", "x"], /needs brackets/u, /\[::1\]:50051/u],
  [["--listen", "5", "--upstream", "127.0.0.1:5"], /are both 127\.0\.0\.1:5/u, /give --listen another one/u],
  [["--listen", "0", "--upstream", "x", "--max-size", "big"], /is no size/u, /--max-size 500mb/u],
  [["--listen", "0", "--upstream", "x", "--nonsense"], /Unknown option '--nonsense'/u, /--help/u],
  [["--listen", "203.0.113.9:1", "--upstream", "x"], /no address of this machine/u, /127\.0\.0\.1/u],
  [["open", "/no/such/file"], /does not exist/u, /lists the sessions/u],
  [["tail"], /No session is kept yet/u, /inspector demo/u],
  [["export", "x", "--format", "csv", "--no-redact"], /csv is not known/u, /ndjson/u],
  [["export", "x"], /holds every key/u, /--no-redact/u],
  [["tail", "/x", "--filter", "kind:"], /--filter: /u, /tail --help/u],
  [["host"], /folder is missing/u, /inspector host \.\/my-app/u],
  [["host", "/no/such/app"], /is not a folder/u, /host\.json/u],
])("inspector %j says what is wrong and what to do, and fails", async (args, message, hint) => {
  const { code, stdout, stderr } = await run(...args);
  const [first = "", ...rest] = stderr.trimEnd().split("\n");
  expect(first).toMatch(/^inspector: /u);
  expect(first).toMatch(message);
  expect(rest.join("\n")).toMatch(hint);
  expect(stderr).not.toMatch(/^\s+at /mu);
  expect(code).toBe(1);
  expect(stdout).toBe("");
});

test("a file that is no session is not opened, recorded into, or changed", async () => {
  const text = file("notes.txt", "no session at all, but long enough to look like a file of some sort");
  for (const args of [
    ["open", text],
    ["export", text, "--no-redact"],
    ["--listen", "0", "--upstream", "127.0.0.1:1", "--session", text],
  ]) {
    const { code, stderr } = await run(...args);
    expect(code).toBe(1);
    expect(stderr).toMatch(/notes\.txt is not a session/u);
  }
  expect(statSync(text).size).toBe(67);
});

test("a port that is taken is named, whichever it is", async () => {
  const other = createServer().listen(0, "127.0.0.1");
  await once(other, "listening");
  const { port } = other.address() as AddressInfo;
  const listen = await run("--listen", String(port), "--upstream", "127.0.0.1:1");
  expect(listen.stderr).toMatch(new RegExp(`127\\.0\\.0\\.1:${port} is taken by another program\\n .*--listen`, "u"));
  const ui = await run("--listen", "0", "--upstream", "127.0.0.1:1", "--ui", String(port));
  expect(ui.stderr).toMatch(new RegExp(`--ui 127\\.0\\.0\\.1:${port} is taken`, "u"));
  expect([listen.code, ui.code]).toEqual([1, 1]);
  other.close();
});

test("every command has its help", async () => {
  for (const command of ["demo", "host", "open", "tail", "export", "replay"]) {
    const { code, stdout } = await run(command, "--help");
    expect(code).toBe(0);
    expect(stdout).toMatch(new RegExp(`^inspector ${command}`, "u"));
  }
  expect((await run("--help")).stdout).toMatch(/--listen \[HOST:\]PORT/u);
  expect((await run("--version")).stdout).toMatch(/^\d+\.\d+\.\d+\n$/u);
});

test("a recording is readable by its owner only, and can be gone on with", async () => {
  const session = join(state.path, "mine.inspector");
  const args = ["--listen", "0", "--upstream", "127.0.0.1:1", "--session", session];
  const first = await startInspector(args, state.path);
  expect(await first.stop()).toBe(0);
  expect(statSync(session).mode & 0o777).toBe(0o600);
  expect(statSync(join(state.path, "inspector")).mode & 0o777).toBe(0o700);
  const again = await startInspector(args, state.path);
  const second = await run(...args);
  expect(second.stderr).toMatch(/is being recorded into by another inspector\n .*--session/u);
  expect(second.code).toBe(1);
  expect(await again.stop()).toBe(0);
  expect((await run("tail", session, "--no-follow")).code).toBe(0);
});
