/** What people type wrong, and what the command says then. */
import { execFile, execFileSync } from "node:child_process";
import { once } from "node:events";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { type AddressInfo, createServer } from "node:net";
import { dirname, join } from "node:path";
import { afterAll, describe, expect, test, vi } from "vitest";
import { COMMAND, startInspector, temporaryFolder } from "./inspector-process.ts";

const state = temporaryFolder();
afterAll(() => state.remove());

type Ran = { readonly code: number; readonly stdout: string; readonly stderr: string };

const run = (...args: string[]): Promise<Ran> => runIn(state.path, ...args);

function runIn(stateFolder: string, ...args: string[]): Promise<Ran> {
  return new Promise((resolve) => {
    const env = { ...process.env, XDG_STATE_HOME: stateFolder };
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

/** An app with these files. */
function app(name: string, files: Readonly<Record<string, string>>): string {
  mkdirSync(join(state.path, name));
  for (const [path, content] of Object.entries(files)) {
    file(join(name, path), content);
  }
  return join(state.path, name);
}

const pythonApp = app("python-app", { "function_app.py": "", "host.json": "{}" });
const brokenApp = app("broken-app", { "local.settings.json": '{"Values": {\n"KEY": "s3cret"\n"B": 1}}' });

test.each([
  [["frobnicate"], /no command "frobnicate"/u, /Commands are run, env, demo, host/u],
  [["--listen", "50051"], /--upstream is missing/u, /inspector demo/u],
  [["--upstream", "localhost"], /--listen is missing/u, /For example/u],
  [["--listen", "::1", "--upstream", "x"], /needs brackets/u, /\[::1\]:50051/u],
  [["--listen", "5", "--upstream", "127.0.0.1:5"], /are both 127\.0\.0\.1:5/u, /give --listen another one/u],
  [["--listen", "0", "--upstream", "x", "--max-size", "big"], /is no size/u, /--max-size 500mb/u],
  [["--listen", "0", "--upstream", "x", "--nonsense"], /Unknown option '--nonsense'/u, /--help/u],
  [["--listen", "203.0.113.9:1", "--upstream", "x"], /no address of this machine/u, /127\.0\.0\.1/u],
  [["open", "/no/such/file"], /does not exist/u, /lists the sessions/u],
  [["tail"], /No session is kept yet/u, /inspector demo/u],
  [["export", "x", "--format", "csv"], /csv is not known/u, /Formats are inspector, html, ndjson, .*, pcapng/u],
  [["export", "x", "--policy", "none"], /--policy none is not known/u, /--no-redact/u],
  [["tail", "/x", "--filter", "kind:"], /--filter: /u, /tail --help/u],
  [["constructor"], /no command "constructor"/u, /Commands are run, env, demo, host/u],
  [["__proto__", "--help"], /no command "__proto__"/u, /Commands are run, env, demo, host/u],
  [["help", "toString"], /no command "toString"/u, /Commands are run, env, demo, host/u],
  [["--listen", "1", "--listen", "2", "--upstream", "x"], /'--listen' was given twice/u, /--help/u],
  [["tail", "x", "-n", "1", "--lines", "2"], /'--lines' was given twice/u, /tail --help/u],
  [["--listen", "0", "--upstream", "x", "--session", ""], /'--session' has no value/u, /--help/u],
  [["--listen", "0", "--upstream", "x", "--session"], /'--session <value>' argument missing/u, /--help/u],
  [["--listen", "0", "--upstream", "http://x:1"], /a host and a port are enough/u, /HOST:PORT/u],
  [["--listen", "0", "--upstream", "x", "--max-size", "5constructor"], /is no size/u, /--max-size 500mb/u],
  [["--listen", "0", "--upstream", "x", "--allow-origin", "x.example"], /is no origin/u, /https:\/\/name/u],
  [["tail", "-n", "abc"], /--lines "abc" is no count/u, /--lines 10/u],
  [["tail", "-n", "1e3"], /is no count/u, /--lines 10/u],
  [["tail", "a", "b"], /Unexpected argument 'b'/u, /tail --help/u],
  [["open", "a", "b"], /Unexpected argument 'b'/u, /open --help/u],
  [["demo", "a"], /Unexpected argument 'a'/u, /demo --help/u],
  [["host", "a", "--processes", "many"], /--processes many is no number from 1 to 10/u, /--processes 2/u],
  [["export", "--output"], /'--output <value>' argument missing/u, /export --help/u],
  [["replay", "--app"], /'--app <value>' argument missing/u, /replay --help/u],
  [["env", "a/b"], /"a\/b" is no name of a language/u, /inspector env node python/u],
  [["env", "--format", "yaml"], /--format yaml is not known/u, /sh, powershell, json, env-file/u],
  [["--attach", "--listen", "5"], /Unknown option '--listen'/u, /--help/u],
  [["run"], /stands behind --, and is missing/u, /inspector run -- func start/u],
  [["run", "func", "start"], /stands behind --, and is missing/u, /inspector run -- func start/u],
  [["run", "--headless", "--"], /stands behind --/u, /inspector run -- func start/u],
  [["run", "--listen", "5", "--", "true"], /Unknown option '--listen'/u, /run --help/u],
  [["host"], /folder is missing/u, /inspector host \.\/my-app/u],
  [["host", "/no/such/app"], /is not a folder/u, /host\.json/u],
  [
    ["host", pythonApp],
    /This is a Python app .*: name its worker with --worker DIR/u,
    /worker\.config\.json of python/u,
  ],
  [
    ["host", brokenApp],
    /local\.settings\.json .* line 3, column 1: a comma or \} is missing before this$/u,
    /Correct the file/u,
  ],
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
  const session = join(state.path, "never-recorded.inspector");
  const ui = await run("--listen", "0", "--upstream", "127.0.0.1:1", "--ui", String(port), "--session", session);
  expect(ui.stderr).toMatch(new RegExp(`--ui 127\\.0\\.0\\.1:${port} is taken`, "u"));
  // Nothing was recorded: no file is left that is no session.
  expect(readdirSync(state.path).filter((name) => name.startsWith("never-recorded"))).toEqual([]);
  expect([listen.code, ui.code]).toEqual([1, 1]);
  other.close();
});

test("every command has its help", async () => {
  for (const command of ["run", "env", "demo", "host", "open", "tail", "export", "replay", "check"]) {
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

/** A session of this folder, with nothing in it but that it began. */
async function keptSession(name: string): Promise<string> {
  const session = join(state.path, name);
  const recording = await startInspector(
    ["--listen", "0", "--upstream", "127.0.0.1:1", "--session", session],
    state.path,
  );
  expect(await recording.stop()).toBe(0);
  return session;
}

describe("an export", () => {
  test("never takes the place of the session that it reads, nor of another file unless it is told to", async () => {
    const session = await keptSession("source.inspector");
    const before = readFileSync(session);
    const link = join(state.path, "link-to-source");
    symlinkSync(session, link);
    const notes = file("kept-notes.txt", "of before");
    for (const [output, more, message] of [
      [session, ["--force"], /belongs to the session that is being read/u],
      [link, ["--force"], /belongs to the session that is being read/u],
      [`${session}-wal`, [], /belongs to the session that is being read/u],
      [notes, [], /kept-notes\.txt exists already\n {2}.*--force/u],
      [state.path, [], /it is a folder/u],
      [join(state.path, "no/such/folder"), [], /cannot be written: ENOENT/u],
    ] as const) {
      const { code, stdout, stderr } = await run("export", session, "--no-redact", "--output", output, ...more);
      expect(stderr).toMatch(message);
      expect(stderr).not.toMatch(/^\s+at /mu);
      expect([code, stdout]).toEqual([1, ""]);
    }
    expect(readFileSync(session)).toEqual(before);
    expect(readFileSync(notes, "utf8")).toBe("of before");
    chmodSync(notes, 0o644);
    expect((await run("export", session, "--no-redact", "--output", notes, "--force")).code).toBe(0);
    expect(readFileSync(notes, "utf8")).toBe("");
    expect(statSync(notes).mode & 0o777).toBe(0o600);
    expect(readdirSync(state.path).filter((name) => name.endsWith(".part"))).toEqual([]);
  });

  test("goes into a device as it is", async () => {
    const session = await keptSession("to-null.inspector");
    expect((await run("export", session, "--no-redact", "--output", "/dev/null")).code).toBe(0);
    expect(statSync("/dev/null").isCharacterDevice()).toBe(true);
  });
});

test("what the system refuses is said without a trace", async () => {
  const blocked = file("no-folder", "a file where the state folder would be");
  for (const args of [["open"], ["demo"], ["--listen", "0", "--upstream", "127.0.0.1:1"], ["tail"]]) {
    const { code, stderr } = await runIn(blocked, ...args);
    expect(stderr).toMatch(
      /^inspector: The folder for sessions, .*no-folder\/inspector, cannot be used: ENOTDIR.*\n {2}.*XDG_STATE_HOME/u,
    );
    expect(stderr).not.toMatch(/^\s+at /mu);
    expect(code).toBe(1);
  }
});

test("a link that leads nowhere, a folder and a pipe among the sessions are passed over", async () => {
  const own = join(state.path, "crowded");
  const sessions = join(own, "inspector/sessions");
  mkdirSync(sessions, { recursive: true });
  symlinkSync(join(own, "nowhere"), join(sessions, "dangling.inspector"));
  mkdirSync(join(sessions, "folder.inspector"));
  execFileSync("mkfifo", [join(sessions, "pipe.inspector")]);
  expect(await runIn(own, "open")).toMatchObject({
    code: 0,
    stdout: "No sessions are kept yet. `inspector demo` records one.\n",
  });
  const tail = await runIn(own, "tail");
  expect(tail.stderr).toMatch(/No session is kept yet/u);
  const dangling = await runIn(own, "tail", join(sessions, "dangling.inspector"));
  expect(dangling.stderr).toMatch(/dangling\.inspector does not exist/u);
});

test("what a terminal would obey comes out as signs, in errors and lists too", async () => {
  const nasty = "\u001b[2J\u009b31m\u202etxt";
  const seen = [];
  for (const args of [
    [nasty],
    ["tail", nasty],
    ["open", join(state.path, nasty)],
    ["tail", "--filter", `nokey:${nasty}(`],
    ["--listen", nasty, "--upstream", "x"],
    ["--listen", "0", "--upstream", "x", `--${nasty}`],
    ["replay", "--format", nasty],
    ["host", join(state.path, nasty)],
  ]) {
    const { code, stdout, stderr } = await run(...args);
    expect(code, JSON.stringify(args)).toBe(1);
    seen.push(stdout + stderr);
  }
  const listed = join(state.path, "listed");
  mkdirSync(join(listed, "inspector/sessions"), { recursive: true });
  writeFileSync(join(listed, "inspector/sessions", `${nasty}\nb.inspector`), "x");
  const { stdout } = await runIn(listed, "open");
  expect(stdout).toContain("␛[2J<U+009B>31m<U+202E>txt␊b.inspector\n");
  for (const text of [...seen, stdout]) {
    expect(text).not.toMatch(/[^\P{Cc}\n]|\p{Bidi_Control}/u);
    expect(text).toMatch(/␛\[2J|\\u001b\[2J/u);
  }
});

test("--open starts the browser without the token, by a file that only its owner can read", async () => {
  const seen = join(state.path, "seen");
  const browser = join(state.path, "browser.sh");
  writeFileSync(browser, `#!/bin/sh\nprintf '%s\\n' "$@" > ${seen}.part && mv ${seen}.part ${seen}\n`, { mode: 0o755 });
  const args = ["--listen", "0", "--upstream", "127.0.0.1:1", "--open"];
  const inspector = await startInspector(args, state.path, { BROWSER: browser });
  await vi.waitUntil(() => existsSync(seen), { timeout: 60_000 });
  const link = readFileSync(seen, "utf8")
    .trim()
    .replace(/^file:\/\//u, "");
  const token = new URL(inspector.ui).searchParams.get("token") ?? "";
  expect(link).not.toContain(token);
  expect(readFileSync(link, "utf8")).toContain(`content="0; url=${inspector.ui}"`);
  expect(statSync(link).mode & 0o777).toBe(0o600);
  expect(statSync(dirname(link)).mode & 0o777).toBe(0o700);
  expect(await inspector.stop()).toBe(0);
  expect(existsSync(dirname(link))).toBe(false);
});
