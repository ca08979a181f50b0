/** Where the journal or the session cannot be written: traffic goes on, the gap is counted, recording resumes. */
import { appendFileSync, existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { SessionInfo } from "@inspector/contract/page";
import { create, encodeMessage, StreamingMessageSchema } from "@inspector/proto";
import { afterEach, beforeEach, expect, test } from "vitest";
import { connectRawWorker, type RawHost, type RawWorker, startRawHost } from "./grpc-pair.ts";
import {
  type Exported,
  exportSession,
  type InspectorProcess,
  startInspector,
  temporaryFolder,
} from "./inspector-process.ts";
import { canMakeDisks, makeDisk } from "./small-disk.ts";

let host: RawHost;
let worker: RawWorker | undefined;
let inspector: InspectorProcess | undefined;
let answered = 0;

beforeEach(async () => {
  answered = 0;
  host = await startRawHost((call) => {
    call.on("data", (bytes: Buffer) => call.write(bytes));
    call.on("error", () => {});
    call.on("end", () => call.end());
  });
});

afterEach(async () => {
  worker?.close();
  await inspector?.stop();
  host.close();
});

async function start(state: string): Promise<void> {
  inspector = await startInspector(["--listen", "0", "--upstream", `127.0.0.1:${host.port}`], state);
  worker = connectRawWorker(inspector.listen);
  worker.call.on("data", () => {
    answered += 1;
  });
}

async function sessionInfo(): Promise<SessionInfo> {
  const { origin, searchParams } = new URL(inspector?.ui ?? "");
  const headers = { authorization: `Bearer ${searchParams.get("token")}` };
  return (await (await fetch(`${origin}/api/session`, { headers })).json()) as SessionInfo;
}

let sent = 0;

/** Sends numbered logs one at a time and waits for each to come back. */
async function roundTrips(count: number, bytes: number): Promise<void> {
  for (let n = 0; n < count; n++) {
    const message = `${sent++} `.padEnd(bytes, "x");
    const before = answered;
    worker?.call.write(
      Buffer.from(encodeMessage(create(StreamingMessageSchema, { content: { case: "rpcLog", value: { message } } }))),
    );
    await expect.poll(() => answered, { interval: 1, timeout: 60_000 }).toBe(before + 1);
  }
}

/** Numbers of the logs that a side's recorded messages carry. */
function numbers(exported: readonly Exported[], from: "host" | "worker"): number[] {
  return exported
    .filter((one) => one.from === from && one.kind === "rpc_log" && one.message !== null)
    .map(({ bytes }) =>
      Number.parseInt(
        Buffer.from(bytes, "base64")
          .toString("latin1")
          .replace(/^[^0-9]*/u, ""),
        10,
      ),
    );
}

test("the journal's folder is removed under a running relay: the stream and the recording go on", async () => {
  const state = temporaryFolder();
  await start(state.path);
  await roundTrips(20, 100);
  rmSync(join(state.path, "inspector", "journals"), { recursive: true });
  await roundTrips(20, 100);
  await new Promise((resolve) => setTimeout(resolve, 1_500));
  await roundTrips(20, 100);
  worker?.call.end();
  expect(await worker?.status).toMatchObject({ code: 0 });
  expect(await inspector?.stop()).toBe(0);
  const exported = await exportSession(inspector?.session ?? "", state.path);
  expect(numbers(exported, "worker").at(-1)).toBe(sent - 1);
  expect(numbers(exported, "host")).toEqual(numbers(exported, "worker"));
  state.remove();
});

test.skipIf(!canMakeDisks())(
  "a full disk: traffic goes on, the gap is counted and said, and the same stream is recorded again when there is room",
  async () => {
    const small = makeDisk(230);
    const disk = small.path;
    try {
      const ballast = join(disk, "ballast");
      writeFileSync(ballast, Buffer.alloc(160 * 1024 * 1024, 1));
      mkdirSync(join(disk, "state"));
      await start(join(disk, "state"));
      await roundTrips(10, 100);
      let info = await sessionInfo();
      while (info.recordingFault === undefined && sent < 3_000) {
        await roundTrips(20, 100_000);
        info = await sessionInfo();
      }
      expect(info.recordingFault).toMatch(/full|space/u);
      await roundTrips(300, 100_000);
      rmSync(ballast);
      await expect
        .poll(async () => (await sessionInfo()).gaps.count, { timeout: 60_000, interval: 200 })
        .toBeGreaterThan(0);
      await expect
        .poll(async () => (await sessionInfo()).recordingFault, { timeout: 60_000, interval: 200 })
        .toBeUndefined();
      await roundTrips(50, 1_000);
      const last = sent - 1;
      worker?.call.end();
      expect(await worker?.status).toMatchObject({ code: 0 });
      expect((await sessionInfo()).gaps.bytes).toBeGreaterThan(0);
      expect(await inspector?.stop()).toBe(0);
      const exported = await exportSession(inspector?.session ?? "", join(disk, "state"));
      for (const side of ["worker", "host"] as const) {
        const found = numbers(exported, side);
        expect(found.slice(0, 10)).toEqual(Array.from({ length: 10 }, (_, n) => (found[0] ?? 0) + n));
        expect(found.slice(-45)).toEqual(Array.from({ length: 45 }, (_, n) => last - 44 + n));
        expect(new Set(found).size).toBe(found.length);
      }
    } finally {
      await inspector?.stop();
      small.remove();
    }
  },
  300_000,
);

test.skipIf(!canMakeDisks())(
  "stopped while the disk is full, it does not wait: the journal is kept, and the next start brings it in",
  async () => {
    const small = makeDisk(220);
    try {
      // Room for two segments of the journal, and for less of the session than they hold; once this is gone, for the session and its log
      // beside two journals, however much was written before the fault was seen.
      const ballast = join(small.path, "ballast");
      writeFileSync(ballast, Buffer.alloc(172 * 1024 * 1024, 1));
      const state = join(small.path, "state");
      mkdirSync(state);
      await start(state);
      while ((await sessionInfo()).recordingFault === undefined) {
        await roundTrips(20, 100_000);
      }
      fill(join(small.path, "rest"));
      const hub = inspector?.hubPid() ?? 0;
      expect(await inspector?.stop()).toBe(1);
      // Whoever reaps it then may take a moment.
      await expect.poll(() => existsSync(`/proc/${hub}`), { timeout: 60_000 }).toBe(false);
      const said = inspector?.stderr() ?? "";
      expect(said.match(/recording does not work right now/gu)).toHaveLength(1);
      expect(said).toMatch(/is not in .* yet .*The journal is kept/u);
      expect(readdirSync(join(state, "inspector", "journals"))).toHaveLength(1);
      const { session } = inspector ?? { session: "" };
      rmSync(ballast);
      rmSync(join(small.path, "rest"));
      inspector = await startInspector(["--listen", "0", "--upstream", `127.0.0.1:${host.port}`], state);
      await expect.poll(() => inspector?.stderr(), { timeout: 60_000 }).toContain("recovered a recording");
      expect(numbers(await exportSession(session, state), "worker").length).toBeGreaterThan(0);
    } finally {
      await inspector?.stop();
      small.remove();
    }
  },
  300_000,
);

/** Takes what room there is. */
function fill(file: string): void {
  for (const bytes of [1024 * 1024, 64 * 1024, 4096]) {
    try {
      for (;;) {
        appendFileSync(file, Buffer.alloc(bytes, 1));
      }
    } catch {}
  }
}
