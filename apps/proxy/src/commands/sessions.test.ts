import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openForReading, openForWriting } from "@inspector/hub/sqlite";
import { openStateFolder, type StateFolder } from "@inspector/hub/state-folder";
import { KIND } from "@inspector/proto";
import { thisProcess } from "@inspector/relay/process-identity";
import { inTransaction, numberOf } from "@inspector/session/database";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { writeSession } from "../../../../packages/hub/testing/recorded-session.ts";
import { compareSessions, formatComparison } from "../sessions/compare.ts";
import type { ComparedMessage } from "../sessions/compared-calls.ts";
import { sessionsToPrune } from "../sessions/prune.ts";
import { sessions } from "./sessions.ts";

let root: string;
let state: StateFolder;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "sessions-"));
  vi.stubEnv("XDG_STATE_HOME", root);
  state = openStateFolder();
});

afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(root, { recursive: true, force: true });
});

const DAY_MS = 86_400_000;

function keep(name: string, daysOld: number, recording = "node/cancel"): string {
  const file = join(state.sessions, `${name}.inspector`);
  const writing = writeSession(file);
  writing.addRecording(recording);
  writing.close();
  const at = (Date.now() - daysOld * DAY_MS) / 1000;
  utimesSync(file, at, at);
  return file;
}

async function printed(...args: readonly string[]): Promise<string> {
  let text = "";
  const writing = vi.spyOn(process.stdout, "write").mockImplementation((chunk) => {
    text += String(chunk);
    return true;
  });
  try {
    expect(await sessions(args)).toBe(0);
  } finally {
    writing.mockRestore();
  }
  return text;
}

describe("sessions that are kept", () => {
  test("go by age and by size, with what stands beside them, and never while they are recorded", async () => {
    const [old, live, young] = [keep("old", 40), keep("live", 50), keep("young", 1)];
    writeFileSync(`${old}-text`, "index");
    mkdirSync(join(state.journals, "j1"));
    const description = { session: live, control: join(root, "nobody.sock"), startedAt: 1, process: thisProcess() };
    writeFileSync(join(state.journals, "j1", "journal.json"), JSON.stringify(description));
    expect(await printed("prune", "--older-than", "30d", "--dry-run")).toMatch(/old\n1 sessions would be deleted/u);
    expect(existsSync(old)).toBe(true);
    expect(await printed("prune", "--older-than", "30d")).toMatch(/1 sessions deleted/u);
    expect(readdirSync(state.sessions).sort()).toEqual(["live.inspector", "young.inspector"]);
    expect(await printed("prune", "--max-size", "1gb")).toMatch(/^0 sessions deleted/u);
    expect(existsSync(young)).toBe(true);
    writeFileSync(`${young}-text`, "");
    truncateSync(`${young}-text`, 20 * 1024 * 1024);
    expect(await printed("prune", "--max-size", "20mb")).toMatch(/^ +2\d(?:\.\d)? MB {2}young\n1 sessions deleted/u);
  });

  test.each([
    [["prune"], /Nothing says which/u],
    [["prune", "--older-than", "soon"], /is no age/u],
    [["prune", "--older-than", "30"], /is no age/u],
    [["forget"], /no command sessions "forget"/u],
    [["compare"], /no two sessions/u],
    [["compare", "--call", "0"], /no number of a call/u],
    [["label", "/no/such/file", "--title", "x"], /cannot be opened|does not exist|no such file/iu],
  ])("are asked for in vain by %j", async (args, reason) => {
    await expect(sessions(args)).rejects.toThrow(reason);
  });

  test("have titles and notes, which are listed, taken away again, and change nothing else", async () => {
    const file = keep("a", 0);
    const before = contentOf(file);
    expect(await printed("label", "a", "--title", "Slow\nstart", "--note", "since the update")).toContain(
      "since the update",
    );
    expect(await printed("list")).toContain("Slow");
    expect((await printed("list")).trim().split("\n")).toHaveLength(1);
    expect(JSON.parse(await printed("list", "--json"))).toMatchObject([
      { title: "Slow\nstart", note: "since the update" },
    ]);
    expect(contentOf(file)).toEqual(before);
    expect(await printed("label", "a", "--clear")).toContain("title: -");
    expect(readdirSync(state.sessions)).toEqual(["a.inspector"]);
  });

  test("of an older version keep it when they are labelled", async () => {
    const file = keep("older", 0);
    const fixture = new URL("../../../../packages/session/fixtures/v3.inspector.gz", import.meta.url);
    const { gunzipSync } = await import("node:zlib");
    const { readFileSync } = await import("node:fs");
    writeFileSync(file, gunzipSync(readFileSync(fixture)));
    await printed("label", "older", "--title", "old one");
    const database = openForReading(file);
    expect(database.prepare("PRAGMA user_version").get()).toEqual({ user_version: 3 });
    database.close();
  });

  test("are compared: the two newest, or those that are named", async () => {
    keep("yesterday", 1, "node/legacy-function-json");
    copyFileSync(keep("today", 0, "node/cancel"), join(root, "elsewhere.inspector"));
    const text = await printed("compare");
    expect(text.split("\n")[0]).toMatch(/yesterday +today/u);
    expect(text).toMatch(/^HttpHello +\d+ calls?.* gone$/mu);
    const compared = JSON.parse(await printed("compare", "yesterday", join(root, "elsewhere.inspector"), "--json"));
    expect(compared).toMatchObject({
      functions: expect.arrayContaining([{ name: "HttpHello", before: expect.anything() }]),
      call: 1,
    });
    expect(compared.calls).toContainEqual({
      name: "HttpHello",
      before: {
        name: "HttpHello",
        messages: expect.arrayContaining([expect.objectContaining({ from: "host", kind: "invocation_request" })]),
        count: expect.any(Number),
      },
    });
    expect(JSON.parse(await printed("compare", "--call", "99", "--json"))).toMatchObject({ call: 99, calls: [] });
    expect(await printed("compare", "today", join(root, "elsewhere.inspector"))).not.toMatch(
      /new|gone|times as|call 1/u,
    );
  });
});

function contentOf(file: string): unknown {
  const database = openForReading(file);
  const rows = database.prepare("SELECT * FROM message").all();
  database.close();
  return rows;
}

describe("which sessions are to go", () => {
  const session = (name: string, modifiedAt: number, bytes: number, isLive = false) => {
    return { name, modifiedAt, bytes, isLive, startedAt: modifiedAt, messages: 1 };
  };
  const all = [session("c", 30, 10), session("a", 10, 10), session("b", 20, 10), session("live", 5, 100, true)];
  const names = (rule: Parameters<typeof sessionsToPrune>[1]) => sessionsToPrune(all, rule, 40).map(({ name }) => name);

  test("is told by age", () => {
    expect(names({ olderThan: 15 })).toEqual(["a", "b"]);
  });

  test("is told by size, the oldest first, and what is recorded counts", () => {
    expect(names({ maxBytes: 125 })).toEqual(["a"]);
    expect(names({ maxBytes: 1 })).toEqual(["a", "b", "c"]);
    expect(names({ maxBytes: 130 })).toEqual([]);
  });
});

test("a comparison tells what is new, what is gone, what fails now, and what takes longer", () => {
  const one = (name: string, failures: number, p50: number) => ({ name, calls: 5, failures, lost: 0, p50, p95: p50 });
  // Both have it, and nobody called it: of that there is no row.
  const idle = { name: "Idle", calls: 0, failures: 0, lost: 0 };
  const request = { from: "host", kind: "invocation_request" };
  const log = (text: string) => ({ from: "worker", kind: "rpc_log", level: "Information", text });
  const answer = (status: string) => ({ from: "worker", kind: "invocation_response", status });
  const call = (...messages: ComparedMessage[]) => ({ name: "A", messages, count: messages.length });
  const before = {
    messages: 10,
    functions: [one("A", 0, 1e6), one("B", 1, 1e6), one("Gone", 0, 1e6), idle],
    startup: [{ name: "init", duration: 1e6 }],
    problems: [{ name: "late-log", count: 1 }],
    calls: [
      call(request, log("took 12 ms"), log("old way"), answer("Success")),
      { name: "Gone", messages: [request], count: 1 },
    ],
  };
  const after = {
    messages: 20,
    functions: [one("A", 2, 10e6), one("B", 0, 1.1e6), one("New", 0, 1e6), idle],
    startup: [{ name: "init", duration: 4e5 }],
    problems: [],
    calls: [call(request, log("took 7 ms"), answer("Failure"))],
  };
  expect(formatComparison(["x", "y"], compareSessions(before, after), 1).split("\n")).toEqual([
    expect.stringMatching(/^ +x +y$/u),
    expect.stringMatching(/^messages +10 +20$/u),
    expect.stringMatching(/^A +5 calls, p50 1.*5 calls, 2 failed, p50 10.*fails now, 10\.0 times as long$/u),
    expect.stringMatching(/^B .*fails no more$/u),
    expect.stringMatching(/^Gone .* - +gone$/u),
    expect.stringMatching(/^New +- +5 calls.* new$/u),
    expect.stringMatching(/^start-up: init .*2\.5 times as fast$/u),
    expect.stringMatching(/^problem: late-log +1 +0 +gone$/u),
    "",
    "A: messages of call 1",
    "  - worker rpc_log Information old way",
    "  - worker invocation_response Success",
    "  + worker invocation_response Failure",
    "",
  ]);
});

describe("calls with messages by the thousand", () => {
  const log = (text: string) => ({ from: "worker", kind: "rpc_log", level: "Information", text });
  const answer = { from: "worker", kind: "invocation_response", status: "Success" };
  const of = (messages: readonly ComparedMessage[], count = messages.length) => ({
    messages: count,
    functions: [],
    startup: [],
    problems: [],
    calls: [{ name: "A", messages, count }],
  });
  const logs = Array.from({ length: 900 }, (_, n) => log(n % 2 === 0 ? "in" : "out"));

  test("differ by what only one has, wherever that stands", () => {
    const text = formatComparison(
      ["x", "y"],
      compareSessions(of([...logs, answer]), of([log("first"), ...logs, log("one more"), answer])),
      1,
    );
    expect(text.split("\n").filter((line) => /^ {2}[-+]/u.test(line))).toEqual([
      "  + worker rpc_log Information first",
      "  + worker rpc_log Information one more",
    ]);
  });

  test("say so where not all of them are compared", () => {
    const text = formatComparison(["x", "y"], compareSessions(of([...logs, answer]), of(logs, 6000)), 1);
    expect(text).toContain("compared are the first 900 of 6000");
  });

  test("are read from a session with all of them", async () => {
    const file = keep("chatty", 0, "node/legacy-function-json");
    const database = openForWriting(file);
    const columns = database.prepare("SELECT name FROM pragma_table_info('message') WHERE name <> 'seq'").all();
    const names = columns.map(({ name }) => `"${name}"`).join(", ");
    const [log] = database.prepare("SELECT seq FROM message WHERE kind = ? AND invocation > 0").all(KIND.rpcLog);
    const more = database.prepare(`INSERT INTO message (seq, ${names}) SELECT ?, ${names} FROM message WHERE seq = ?`);
    inTransaction(database, () => {
      for (let n = 1; n <= 300; n += 1) {
        more.run(10_000 + n, numberOf(log?.["seq"]));
      }
    });
    database.close();
    const { calls } = JSON.parse(await printed("compare", file, file, "--json"));
    const counts = calls.map(({ before }: { before: { messages: unknown[] } }) => before.messages.length);
    expect(Math.max(...counts)).toBeGreaterThan(300);
  });
});
