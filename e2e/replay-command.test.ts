/** A recorded session becomes a test: its invocations go to a fresh worker, and answers are compared. */
import { execFile } from "node:child_process";
import { cpSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { DatabaseSync } from "@photostructure/sqlite";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { COMMAND, startInspector, temporaryFolder } from "./inspector-process.ts";

const MODULES = fileURLToPath(new URL("../node_modules", import.meta.url));
const APP = fileURLToPath(new URL("replay-app", import.meta.url));
const STREAM_APP = fileURLToPath(new URL("http-stream-app", import.meta.url));
const WORKER = fileURLToPath(new URL("../apps/proxy/dist/worker", import.meta.url));

const folder = temporaryFolder();
const session = join(folder.path, "recorded.inspector");

const streamed = join(folder.path, "streamed.inspector");

type Ran = { readonly code: number; readonly stdout: string; readonly stderr: string };

const replay = (...args: string[]): Promise<Ran> => replayOf(session, ...args);

function replayOf(file: string, ...args: string[]): Promise<Ran> {
  return new Promise((resolve) => {
    const env = { ...process.env, XDG_STATE_HOME: folder.path };
    const options = { env, maxBuffer: 64 * 1024 * 1024 };
    const child = execFile(process.execPath, [COMMAND, "replay", file, ...args], options, (_, stdout, stderr) => {
      resolve({ code: child.exitCode ?? -1, stdout, stderr });
    });
  });
}

/** A copy of the app, changed by `change`. */
function changedApp(name: string, change: (source: string) => string, app = APP): string {
  const path = join(folder.path, name);
  cpSync(app, path, { recursive: true });
  symlinkSync(MODULES, join(path, "node_modules"));
  const file = join(path, "src/functions.js");
  const source = readFileSync(file, "utf8");
  const changed = change(source);
  expect(changed).not.toBe(source);
  writeFileSync(file, changed);
  return path;
}

const GREETINGS = 700;
const ECHOES = 100;
const FAILURES = 100;
/** Each echo sends a letter, which is an invocation of its own. */
const TOTAL = GREETINGS + 2 * ECHOES + FAILURES;

const requests: Requests = [
  ...Array.from({ length: GREETINGS }, (_, n): [string] => [`greet?name=${n === 345 ? "Zo%C3%AB" : `guest-${n}`}`]),
  ...Array.from({ length: ECHOES }, (_, n): [string, RequestInit] => [
    "echo",
    { method: "POST", body: `{"n": ${n}, "id": 9007199254740993, "text": "${"ü".repeat(n)}"}` },
  ]),
  ...Array.from({ length: FAILURES }, (_, n): [string] => [`fail?what=${n}`]),
];

type Requests = readonly (readonly [path: string, init?: RequestInit])[];

/** Runs an app, sends it the requests, eight at a time, and waits until so many invocations are answered. */
async function record(file: string, app: string, sent: Requests, count: number, ...options: string[]): Promise<void> {
  const args = ["host", app, "--no-watch", "--http", "0", "--listen", "0", "--session", file, ...options];
  const inspector = await startInspector(args, folder.path);
  try {
    const waiting = sent.entries();
    const send = async (): Promise<void> => {
      for (const [, [path, init]] of waiting) {
        await (await fetch(`${inspector.http}/api/${path}`, init)).arrayBuffer();
      }
    };
    await Promise.all(Array.from({ length: 8 }, send));
    await answered(file, count);
  } finally {
    await inspector.stop();
  }
}

beforeAll(() => record(session, APP, requests, TOTAL));
afterAll(() => folder.remove());

async function answered(file: string, count: number): Promise<void> {
  const database = new DatabaseSync(file, { readOnly: true });
  const query = database.prepare("SELECT count(*) AS n FROM invocation WHERE answered_seq IS NOT NULL");
  try {
    await vi.waitUntil(() => query.get()?.["n"] === count, { timeout: 60_000 });
  } finally {
    database.close();
  }
}

describe("a session of 1 000 invocations", () => {
  test("is answered by a fresh worker as it was recorded", async () => {
    const { code, stdout, stderr } = await replay("--app", APP);
    expect(stderr).toBe("");
    expect(stdout).toBe(`${TOTAL} invocations: ${TOTAL} the same\n`);
    expect(code).toBe(0);
  });

  test("tells the one that a changed app answers otherwise, for build servers too", async () => {
    const app = changedApp("changed", (source) =>
      source.replace('word = "Hello"', 'word = name === "Zoë" ? "Hi" : "Hello"'),
    );
    const report = join(folder.path, "report.xml");
    const { code, stdout } = await replay("--app", app, "--format", "junit", "--output", report);
    const again = await replay("--app", app, "--filter", "fn:fail what=7", "--output", report);
    expect([again.code, again.stderr]).toEqual([
      1,
      expect.stringMatching(/report\.xml exists already\n {2}.*--force/u),
    ]);
    expect(stdout).toBe(`${TOTAL} invocations: ${TOTAL - 1} the same, 1 different\n`);
    expect(code).toBe(1);
    const suite = readElements(readFileSync(report, "utf8"));
    const cases = suite.filter(({ name }) => name === "testcase");
    const [failed, ...others] = cases.filter(({ children }) => children.includes("failure"));
    expect(cases).toHaveLength(TOTAL);
    expect(others).toEqual([]);
    expect(failed?.attributes).toMatchObject({
      classname: "greet",
      name: expect.stringMatching(/^GET \/api\/greet\?name=Zo%C3%AB /u),
    });
    expect(suite.find(({ name }) => name === "failure")).toMatchObject({
      attributes: { message: "returnValue.http.body.bytes.greeting" },
      text: expect.stringContaining('- "Hello, Zoë!"\n    + "Hi, Zoë!"'),
    });
    expect(suite[0]?.attributes).toMatchObject({ tests: String(TOTAL), failures: "1", errors: "0", skipped: "0" });
  });
});

describe("a part of a session", () => {
  test("is chosen by a filter or an id, and what may differ is left out", async () => {
    const app = changedApp("louder", (source) => source.replace('word = "Hello"', 'word = "HELLO"'));
    const chosen = ["--app", app, "--filter", "fn:greet guest-69"];
    const { code, stdout } = await replay(...chosen, "--format", "json");
    const report = JSON.parse(stdout);
    expect(report).toMatchObject({ total: 11, different: 11, same: 0 });
    expect(report.invocations[0].differences).toEqual([
      {
        kind: "changed",
        path: "returnValue.http.body.bytes.greeting",
        recorded: expect.stringMatching(/^"Hello, guest-69\d?!"$/u),
        replayed: expect.stringMatching(/^"HELLO, guest-69\d?!"$/u),
      },
    ]);
    expect(code).toBe(1);
    const ignoring = await replay(...chosen, "--ignore", "returnValue.http.body.*.greeting");
    expect([ignoring.code, ignoring.stdout]).toEqual([0, "11 invocations: 11 the same\n"]);
    const one = await replay("--app", app, "--invocation", report.invocations[0].invocationId);
    expect(one.stdout).toMatch(
      /^greet {2}GET .*\n {2}returnValue.*\n {4}- "Hello.*\n {4}\+ "HELLO.*\n\n1 invocation: /u,
    );
  });

  test("goes to any worker that a command starts, also as far apart as it was recorded", async () => {
    const worker = `"${process.execPath}" --stack-trace-limit=10 ${join(WORKER, "dist/worker.js")}`;
    const { code, stdout } = await replay(
      "--app",
      APP,
      "--worker",
      worker,
      "--timing",
      "recorded",
      "--filter",
      "fn:sort",
    );
    expect(stdout).toBe(`${ECHOES} invocations: ${ECHOES} the same\n`);
    expect(code).toBe(0);
  });

  test("without its function any more is unanswered, and a worker that ends says so", async () => {
    const without = changedApp("without", (source) => source.replace('app.http("fail"', 'app.http("succeed"'));
    const gone = await replay("--app", without, "--filter", "fn:fail what=7");
    expect(gone.stdout).toContain("no answer: This worker has no function fail.");
    expect(gone.code).toBe(1);
    const dying = changedApp("dying", (source) => source.replace('context.error("about to fail")', "process.exit(3)"));
    const dead = await replay("--app", dying, "--filter", "fn:fail what=7");
    expect(dead.stdout).toContain("no answer: the worker is gone: it exited with code 3");
    expect(dead.stdout).toContain("11 invocations: 0 the same, 11 without an answer");
    expect(dead.code).toBe(1);
  });
});

describe("HTTP requests that went to the worker's own server", () => {
  const binary = Uint8Array.from({ length: 256 }, (_, n) => n);
  const sent: Requests = [
    ["text?name=Ada"],
    ["text?name=Bob"],
    ["echo", { method: "POST", body: binary }],
    ["echo", { method: "PUT", body: '{"a": 1}' }],
  ];

  test("go there again, and what comes back over HTTP is a part of the answer", async () => {
    await record(streamed, STREAM_APP, sent, sent.length);
    const same = await replayOf(streamed, "--app", STREAM_APP);
    expect([same.stderr, same.stdout, same.code]).toEqual(["", "4 invocations: 4 the same\n", 0]);
    const app = changedApp("stream", (source) => source.replace("body: `hello", "body: `bye"), STREAM_APP);
    const { stdout, code } = await replayOf(streamed, "--app", app);
    expect(stdout).toContain('http.body\n    - "hello Bob"\n    + "bye Bob"');
    expect(stdout).toContain("4 invocations: 2 the same, 2 different");
    expect(code).toBe(1);
  });

  test("are not sent to a worker that takes none, whose answer nobody waits for", async () => {
    const app = changedApp("over-stream", (source) => source.replace("enableHttpStream: true", ""), STREAM_APP);
    const { stdout, code } = await replayOf(streamed, "--app", app);
    expect(stdout).toContain(
      "no answer: its HTTP request went to the worker's own server, and this worker declares none",
    );
    expect(stdout).toContain("4 invocations: 0 the same, 4 without an answer");
    expect(code).toBe(1);
  });

  test("are skipped where they were not recorded, which is no success", async () => {
    const file = join(folder.path, "unseen.inspector");
    await record(file, STREAM_APP, sent, sent.length, "--no-http-capture");
    const { stdout, stderr, code } = await replayOf(file, "--recorded-app");
    expect(stdout).toMatch(/^4 invocations: 0 the same, 4 skipped\n {2}4 skipped: its HTTP request went beside/u);
    expect(stderr).toMatch(/No invocation could be replayed/u);
    expect(code).toBe(1);
  });
});

describe("a worker that runs", () => {
  test("is sent recorded invocations beside those of its host, and its answers are compared", async () => {
    const app = changedApp("running", (source) =>
      source.replace('word = "Hello"', 'word = name === "guest-690" ? "Welcome" : "Hello"'),
    );
    const inspector = await startInspector(["host", app, "--no-watch", "--http", "0", "--listen", "0"], folder.path);
    try {
      await (await fetch(`${inspector.http}/api/greet?name=Eve`)).text();
      const kept = join(folder.path, "inspector/sessions/kept.inspector");
      cpSync(session, kept);
      const to = ["--to", inspector.listen];
      const same = await replayOf(kept, ...to, "--filter", "fn:fail what=7");
      expect([same.stderr, same.stdout, same.code]).toEqual(["", "11 invocations: 11 the same\n", 0]);
      const differing = await replayOf(kept, ...to, "--filter", "fn:greet guest-69");
      expect(differing.stdout).toContain('- "Hello, guest-690!"\n    + "Welcome, guest-690!"');
      expect(differing.stdout).toContain("11 invocations: 10 the same, 1 different");
      expect(differing.code).toBe(1);
      const port = inspector.listen.split(":").at(-1);
      const own = await replayOf(inspector.session, "--to", `localhost:${port}`);
      expect([own.stderr, own.stdout]).toEqual(["", "1 invocation: 1 the same\n"]);

      const elsewhere = await replay("--filter", "fn:fail what=7", ...to);
      expect([elsewhere.stderr, elsewhere.stdout]).toEqual(["", "11 invocations: 11 the same\n"]);
      expect(readdirSync(dirname(kept)).filter((name) => name.startsWith("replayed-"))).toEqual([]);
      const nobody = await replayOf(kept, "--to", "127.0.0.1:1");
      expect(nobody.stderr).toContain(`There is one on ${inspector.listen}.`);
      expect([elsewhere.code, nobody.code]).toEqual([0, 1]);
    } finally {
      await inspector.stop();
    }
  });
});

describe("an app that the session names", () => {
  test("runs on request only, and what runs is said before", async () => {
    const [refused, asked] = [
      await replay("--filter", "fn:fail what=7"),
      await replay("--recorded-app", "--filter", "fn:fail what=7"),
    ];
    expect([refused.code, refused.stdout]).toEqual([1, ""]);
    expect(refused.stderr).toContain(APP);
    expect(asked.stdout).toBe("11 invocations: 11 the same\n");
    expect(asked.stderr).toBe(
      `inspector: running the app in ${APP}, which ${session} names, with the worker ${WORKER}\n`,
    );
    expect(asked.code).toBe(0);
  });
});

test.each([
  [["--format", "yaml"], /yaml is not known/u, /text, json, junit/u],
  [["--to", "5", "--app", "."], /--to is for a worker that runs/u, /one or the other/u],
  [["--to", "5", "--recorded-app"], /--to is for a worker that runs/u, /one or the other/u],
  [["--app", ".", "--recorded-app"], /name two apps/u, /one or the other/u],
  [["--format", "constructor"], /constructor is not known/u, /text, json, junit/u],
  [[], /Its code will run/u, /--app DIR.*replay-app, with --recorded-app/u],
  [["--timing", "fast"], /fast is not known/u, /order/u],
  [["--ignore", "a..b"], /is not a path/u, /logs\[\*\]/u],
  [["--app", "/no/such/app"], /is not a folder/u, /function app/u],
  [["--app", APP, "--worker", "/no/such/folder/"], /is not a folder/u, /worker\.config\.json/u],
  [["--app", APP, "--worker", "no-such-program --x"], /could not be started/u, /no-such-program/u],
  [["--filter", "fn:nothing"], /No invocation of the session matches/u, /inspector tail/u],
  [["--invocation", "zzz"], /no invocation whose id begins with zzz$/mu, /shows the ids/u],
  [["--invocation", "0", "--filter", "fn:nothing"], /begins with 0 and matches the filter/u, /shows the ids/u],
  [["--filter", "is:replayed"], /No invocation of the session matches/u, /itself sent is left out/u],
  [["--output", "/no/such/folder/report"], /cannot be written/u, /--output/u],
  [["--output", session, "--force"], /belongs to the session that is being read/u, /another file/u],
  [["--output", APP], /it is a folder/u, /another file/u],
])("replay %j says what is wrong and what to do", async (args, message, hint) => {
  const { code, stderr } = await replay(...args);
  expect(stderr).toMatch(message);
  expect(stderr).toMatch(hint);
  expect(code).toBe(1);
});

type Element = { name: string; attributes: Record<string, string>; children: string[]; text: string };

/** Elements of a well-formed document without comments, in order; an error where it is not well-formed. */
function readElements(xml: string): Element[] {
  const plain = (text: string): string =>
    text.replace(/&(amp|lt|gt|quot|\w*);?/gu, (whole, name: string) => {
      const character = { amp: "&", lt: "<", gt: ">", quot: '"' }[name];
      if (character === undefined || !whole.endsWith(";")) {
        throw new Error(`no such entity: ${whole}`);
      }
      return character;
    });
  const found: Element[] = [];
  const open: Element[] = [];
  const token = /<\?xml[^>]*\?>|<(\/?)([\w-]+)((?:\s+[\w-]+="[^"<]*")*)(\/?)>|([^<]+)/uy;
  for (let at = 0; at < xml.length; at = token.lastIndex) {
    token.lastIndex = at;
    const match = token.exec(xml);
    if (match === null) {
      throw new Error(`not well-formed at ${at}: ${xml.slice(at, at + 60)}`);
    }
    const [, closing, name, attributes = "", empty, text] = match;
    const parent = open.at(-1);
    if (text !== undefined && parent !== undefined) {
      parent.text += plain(text);
    }
    if (name === undefined) {
      continue;
    }
    if (closing === "/") {
      if (open.pop()?.name !== name) {
        throw new Error(`</${name}> closes nothing`);
      }
      continue;
    }
    const pairs = [...attributes.matchAll(/([\w-]+)="([^"]*)"/gu)].map(([, key = "", value = ""]) => [
      key,
      plain(value),
    ]);
    const element = { name, attributes: Object.fromEntries(pairs), children: [], text: "" };
    parent?.children.push(name);
    found.push(element);
    if (empty !== "/") {
      open.push(element);
    }
  }
  if (open.length > 0) {
    throw new Error("an element is not closed");
  }
  return found;
}
