/** The session file is taken away under a running recording: everything that was forwarded is in a session in the end. */
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { gunzipSync } from "node:zlib";
import { create, encodeMessage, StreamingMessageSchema } from "@inspector/proto";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { connectRawWorker, type RawHost, type RawWorker, startRawHost } from "./grpc-pair.ts";
import {
  type Exported,
  exportSession,
  type InspectorProcess,
  startInspector,
  type TemporaryFolder,
  temporaryFolder,
} from "./inspector-process.ts";

const OTHER_SESSION = fileURLToPath(new URL("../packages/session/fixtures/v7.inspector.gz", import.meta.url));

/** Of a session. */
const PAGE_BYTES = 16_384;

let state: TemporaryFolder;
let host: RawHost;
let inspector: InspectorProcess;
let worker: RawWorker;
let answered = 0;
let sent = 0;
let session: string;

beforeEach(async () => {
  answered = 0;
  sent = 0;
  state = temporaryFolder();
  host = await startRawHost((call) => {
    call.on("data", (bytes: Buffer) => call.write(bytes));
    call.on("error", () => {});
    call.on("end", () => call.end());
  });
  session = join(state.path, "recordings", "one.inspector");
  const args = ["--listen", "0", "--upstream", `127.0.0.1:${host.port}`, "--session", session];
  inspector = await startInspector(args, state.path);
  worker = connectRawWorker(inspector.listen);
  worker.call.on("data", () => {
    answered += 1;
  });
});

afterEach(async () => {
  worker.close();
  await inspector.stop();
  host.close();
  state.remove();
});

/** Sends numbered logs and waits until all have come back. */
async function roundTrips(count: number): Promise<void> {
  for (let n = 0; n < count; n += 1) {
    const message = `${sent} `.padEnd(200, "x");
    sent += 1;
    const log = create(StreamingMessageSchema, { content: { case: "rpcLog", value: { message } } });
    worker.call.write(Buffer.from(encodeMessage(log)));
  }
  await expect.poll(() => answered, { interval: 5, timeout: 60_000 }).toBe(sent);
}

/** Waits until the terminal says what was done about the file. */
async function told(): Promise<string> {
  await expect.poll(() => inspector.stderr(), { interval: 20, timeout: 60_000 }).toContain("and recording goes on");
  return inspector.stderr();
}

async function finish(): Promise<void> {
  worker.call.end();
  expect(await worker.status).toMatchObject({ code: 0 });
  expect(await inspector.stop()).toBe(0);
  expect(inspector.stderr().split("and recording goes on")).toHaveLength(2);
  expect(readdirSync(join(state.path, "inspector", "journals"))).toEqual([]);
}

function numbers(exported: readonly Exported[], from: "host" | "worker"): number[] {
  return exported
    .filter((one) => one.from === from && one.kind === "rpc_log")
    .map(({ message }) => Number.parseInt(String(Object(message).rpcLog.message), 10));
}

async function expectEverything(file: string): Promise<void> {
  const exported = await exportSession(file, state.path);
  const all = Array.from({ length: sent }, (_, n) => n);
  expect(numbers(exported, "worker")).toEqual(all);
  expect(numbers(exported, "host")).toEqual(all);
}

/** Changes files as if at once: the hub, which looks several times a second, finds them as they are afterwards. */
function atOnce(change: () => void): void {
  const hub = inspector.signalHub("SIGSTOP");
  try {
    change();
  } finally {
    process.kill(hub, "SIGCONT");
  }
}

function removeSession(): void {
  for (const suffix of ["", "-wal", "-shm"]) {
    rmSync(`${session}${suffix}`, { force: true });
  }
}

async function askSession(): Promise<string> {
  const { origin, searchParams } = new URL(inspector.ui);
  const headers = { authorization: `Bearer ${searchParams.get("token")}` };
  return await (await fetch(`${origin}/api/session`, { headers })).text();
}

/** Waits until all is in the file: a hub that has just begun a new one has it open then, and can bring it back. */
async function recorded(): Promise<void> {
  const last = async (): Promise<unknown> => JSON.parse(await askSession()).last;
  await expect.poll(last, { interval: 20, timeout: 60_000 }).toBe(2 * sent);
}

describe("everything is in a new file of the same name", () => {
  const aside = () => join(state.path, "aside.inspector");
  const losses: readonly (readonly [how: string, lose: () => void])[] = [
    ["was deleted", removeSession],
    ["was deleted, and its log was not", () => rmSync(session)],
    ["was deleted with its folder", () => rmSync(dirname(session), { recursive: true })],
    ["was moved", () => renameSync(session, aside())],
  ];

  test.each(losses)("when it %s", async (_, lose) => {
    await roundTrips(300);
    atOnce(lose);
    await roundTrips(300);
    expect(await told()).toContain(`${session}, and recording goes on there`);
    await roundTrips(300);
    await finish();
    await expectEverything(session);
  });

  test("also when that is done twice", async () => {
    for (let n = 0; n < 2; n += 1) {
      await roundTrips(100);
      await recorded();
      atOnce(removeSession);
      await expect.poll(() => existsSync(session), { timeout: 60_000 }).toBe(true);
    }
    await roundTrips(100);
    worker.call.end();
    await worker.status;
    expect(await inspector.stop()).toBe(0);
    await expectEverything(session);
  });
});

test("another file in its place stays as it is, and everything is in a new one beside it", async () => {
  await roundTrips(300);
  atOnce(() => {
    removeSession();
    writeFileSync(session, "somebody else's");
  });
  await roundTrips(300);
  const beside = session.replace(/\.inspector$/u, "-2.inspector");
  expect(await told()).toContain(beside);
  await roundTrips(300);
  await finish();
  await expectEverything(beside);
});

test("a copy of itself in its place stays as it is, too: what is recorded would not come into it", async () => {
  await roundTrips(300);
  await recorded();
  atOnce(() => {
    copyFileSync(session, `${session}.copy`);
    removeSession();
    renameSync(`${session}.copy`, session);
  });
  await roundTrips(300);
  const beside = session.replace(/\.inspector$/u, "-2.inspector");
  expect(await told()).toContain(beside);
  await roundTrips(300);
  await finish();
  await expectEverything(beside);
});

describe("everything that the journal still has is in a new one beside it", () => {
  const overwriting: readonly (readonly [how: string, bytes: () => Buffer])[] = [
    ["was emptied", () => Buffer.alloc(0)],
    ["was overwritten by text", () => Buffer.from("somebody else's\n".repeat(5000))],
    ["was overwritten by another session", () => gunzipSync(readFileSync(OTHER_SESSION))],
  ];

  test.each(overwriting)("when it %s, which stays as it is", async (_, bytes) => {
    await roundTrips(300);
    atOnce(() => writeFileSync(session, bytes()));
    await roundTrips(300);
    const beside = session.replace(/\.inspector$/u, "-2.inspector");
    expect(await told()).toContain(`${beside}, and recording goes on there`);
    await roundTrips(300);
    await finish();
    await expectEverything(beside);
    expect(readFileSync(session).equals(bytes())).toBe(true);
    expect(readdirSync(dirname(session)).sort()).toEqual(["one-2.inspector", "one.inspector"]);
  });
});

test("a file of which parts are destroyed is let go once they are needed", async () => {
  await roundTrips(300);
  const hub = inspector.signalHub("SIGSTOP");
  // What the file and its log have behind the first pages of the file: those say that it is the session.
  const bytes = readFileSync(session);
  writeFileSync(session, bytes.fill(0xff, 4 * PAGE_BYTES));
  writeFileSync(`${session}-wal`, Buffer.alloc(PAGE_BYTES, 0xff));
  process.kill(hub, "SIGKILL");
  await roundTrips(300);
  const beside = session.replace(/\.inspector$/u, "-2.inspector");
  expect(await told()).toContain(
    `was damaged while it was being recorded; what the journal still has comes into ${beside}`,
  );
  await finish();
  await expectEverything(beside);
});

test("where it cannot be written again, the journal is kept until it can", async () => {
  await roundTrips(300);
  const folder = dirname(session);
  atOnce(() => {
    rmSync(folder, { recursive: true });
    writeFileSync(folder, "a file where the folder was");
  });
  await roundTrips(300);
  await expect.poll(askSession, { interval: 100, timeout: 60_000 }).toContain("cannot be written again");
  expect(readdirSync(join(state.path, "inspector", "journals"))).toHaveLength(1);
  atOnce(() => {
    rmSync(folder);
    mkdirSync(folder);
  });
  await told();
  await roundTrips(300);
  await finish();
  await expectEverything(session);
});

test("a hub that begins while it cannot be written says why, and goes on once it can", async () => {
  await roundTrips(300);
  const folder = dirname(session);
  const hub = inspector.signalHub("SIGSTOP");
  rmSync(folder, { recursive: true });
  writeFileSync(folder, "a file where the folder was");
  process.kill(hub, "SIGKILL");
  await roundTrips(300);
  await expect.poll(askSession, { interval: 100, timeout: 60_000 }).toContain("file already exists, mkdir");
  expect(inspector.stderr()).toContain("recording does not work right now: EEXIST");
  rmSync(folder);
  mkdirSync(folder);
  await roundTrips(300);
  await recorded();
  worker.call.end();
  expect(await worker.status).toMatchObject({ code: 0 });
  expect(await inspector.stop()).toBe(0);
  await expectEverything(session);
});

test("a log that is taken away costs nothing", async () => {
  await roundTrips(300);
  rmSync(`${session}-wal`);
  await roundTrips(300);
  expect(await told()).toContain("write-ahead log");
  await roundTrips(300);
  await finish();
  await expectEverything(session);
  expect(readdirSync(dirname(session))).toEqual(["one.inspector"]);
});
