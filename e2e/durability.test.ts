/** What a recording survives: its hub killed, its relay killed, its disk full, its journal removed. */
import { createHash } from "node:crypto";
import { once } from "node:events";
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { create, encodeMessage, StreamingMessageSchema } from "@inspector/proto";
import { afterEach, beforeEach, expect, test } from "vitest";
import { eventually } from "./eventually.ts";
import { connectRawWorker, startRawHost } from "./grpc-pair.ts";
import { askHub } from "./hub-api.ts";
import { type Exported, exportSession, startInspector, temporaryFolder } from "./inspector-process.ts";

let state: ReturnType<typeof temporaryFolder>;

beforeEach(() => {
  state = temporaryFolder();
});

afterEach(() => state.remove());

function log(n: number, size: number): Buffer {
  const message = `${n} `.padEnd(size, "x");
  return Buffer.from(
    encodeMessage(create(StreamingMessageSchema, { content: { case: "rpcLog", value: { message } } })),
  );
}

const sizes = (n: number): number => (n % 2_000 === 0 ? 300_000 : 40 + ((n * 37) % 600));

function hashes(messages: readonly Uint8Array[]): string[] {
  return messages.map((bytes) => createHash("sha256").update(bytes).digest("hex"));
}

function recorded(exported: readonly Exported[], from: "host" | "worker"): string[] {
  return hashes(exported.filter((one) => one.from === from).map(({ bytes }) => Buffer.from(bytes, "base64")));
}

test.skipIf(process.platform !== "linux")(
  "a hub killed 8 times under load: host and worker notice nothing, every message is in the session once and in order",
  async () => {
    const host = await startRawHost((call) => {
      call.on("data", (bytes: Buffer) => call.write(bytes));
      call.on("end", () => call.end());
    });
    const inspector = await startInspector(["--listen", "0", "--upstream", `127.0.0.1:${host.port}`], state.path);
    const worker = connectRawWorker(inspector.listen);
    const sent: Buffer[] = [];
    const answered: Buffer[] = [];
    worker.call.on("data", (bytes: Buffer) => answered.push(bytes));
    let isDone = false;
    const load = (async () => {
      while (!isDone) {
        for (let n = 0; n < 40; n++) {
          const bytes = log(sent.length, sizes(sent.length));
          sent.push(bytes);
          if (!worker.call.write(bytes)) {
            await once(worker.call, "drain");
          }
        }
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
    })();
    const seen = new Set<number>();
    for (let kills = 0; kills < 8; ) {
      const pid = inspector.hubPid();
      if (pid !== undefined && !seen.has(pid)) {
        // Now early in its life, now in the middle of its work: one that never becomes ready is waited for longer each time.
        if (kills % 2 === 1) {
          await eventually(() => askHub(inspector, "GET", "/api/session").catch(() => undefined));
        }
        await new Promise((resolve) => setTimeout(resolve, (kills * 53) % 400));
        seen.add(pid);
        process.kill(pid, "SIGKILL");
        kills += 1;
      }
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    isDone = true;
    await load;
    worker.call.end();
    expect(await worker.status).toMatchObject({ code: 0 });
    worker.close();
    // Of the hubs that were killed none may have lived long enough to begin an index of texts.
    await expect.poll(() => existsSync(`${inspector.session}-text`), { timeout: 60_000 }).toBe(true);
    expect(await inspector.stop()).toBe(0);
    host.close();
    expect(hashes(answered)).toEqual(hashes(sent));
    const exported = await exportSession(inspector.session, state.path);
    expect(exported.length).toBe(2 * sent.length);
    expect(recorded(exported, "worker")).toEqual(hashes(sent));
    expect(recorded(exported, "host")).toEqual(hashes(answered));
    expect(exported.map(({ seq }) => seq)).toEqual(exported.map((_, index) => index + 1));
    expect(readdirSync(join(state.path, "inspector", "journals"))).toEqual([]);
    const left = readdirSync(join(state.path, "inspector", "sessions")).map((name) =>
      name.replace(/^.*\.inspector/u, ""),
    );
    expect(left.sort()).toEqual(["", "-text"]);
  },
  300_000,
);

test.each([
  ["the hub lives on and finishes by itself", false],
  ["the hub is killed with it, and the next start recovers", true],
])(
  "a relay killed under load: every message the other side received is in the session (%s)",
  async (_, isHubKilled) => {
    const received: Buffer[] = [];
    const host = await startRawHost((call) => {
      call.on("data", (bytes: Buffer) => {
        received.push(bytes);
        call.write(bytes);
      });
      call.on("error", () => {});
    });
    const args = ["--listen", "0", "--upstream", `127.0.0.1:${host.port}`];
    const inspector = await startInspector(args, state.path);
    const worker = connectRawWorker(inspector.listen);
    const answered: Buffer[] = [];
    worker.call.on("data", (bytes: Buffer) => answered.push(bytes));
    let isOver = false;
    void worker.status.then(() => {
      isOver = true;
    });
    const hub = inspector.hubPid();
    for (let n = 0; !isOver; n++) {
      if (!worker.call.write(log(n, sizes(n)))) {
        await Promise.race([once(worker.call, "drain"), worker.status]);
      }
      if (n === 6_000) {
        if (isHubKilled && hub !== undefined) {
          process.kill(hub, "SIGKILL");
        }
        inspector.process.kill("SIGKILL");
      }
      if (n % 100 === 0) {
        await new Promise((resolve) => setTimeout(resolve, 1));
      }
    }
    expect((await worker.status).code).not.toBe(0);
    worker.close();

    const next = await startInspector(args, state.path);
    await expect.poll(() => readdirSync(join(state.path, "inspector", "journals")).length, { timeout: 60_000 }).toBe(1);
    expect(await next.stop()).toBe(0);
    host.close();
    const exported = await exportSession(inspector.session, state.path);
    const whole = exported.filter(({ kind }) => kind === "rpc_log");
    // What was on its way when the relay died may be in the journal without having arrived.
    expect(recorded(whole, "worker").slice(0, received.length)).toEqual(hashes(received));
    expect(recorded(whole, "host").slice(0, answered.length)).toEqual(hashes(answered));
    expect(received.length).toBeGreaterThan(1_000);
  },
  300_000,
);
