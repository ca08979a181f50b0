/** A capture that tcpdump made of what crossed a real relay, beside what the relay recorded of it. */
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { createJournal } from "@inspector/relay/journal";
import { createRelay } from "@inspector/relay/relay";
import { loadRecording, type RecordedChunk } from "@inspector/testkit";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { ingestAll } from "../../../../packages/hub/testing/ingest-all.ts";
import { invocationsIn, messagesIn } from "../../testing/import-facts.ts";
import { openInput } from "./open-input.ts";

const canCapture =
  process.platform === "linux" && process.getuid?.() === 0 && spawnSync("tcpdump", ["--version"]).status === 0;
const PATIENCE_MS = 60_000;

let folder: string;
let capture: string;
let tcpdump: ChildProcess | undefined;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "tcpdump-"));
  capture = join(folder, "capture.pcap");
});

afterEach(() => {
  tcpdump?.kill("SIGKILL");
  rmSync(folder, { recursive: true, force: true });
});

/** What it says is read to its end: a tcpdump that nobody hears ends by the signal of a broken pipe. */
async function startCapture(port: number): Promise<void> {
  // Room (in KiB) for all of it, should tcpdump wait for the processor.
  const args = ["-i", "lo", "-U", "-B", "32768", "-Z", "root", "-w", capture, `tcp port ${port}`];
  const started = spawn("tcpdump", args, { stdio: ["ignore", "ignore", "pipe"] });
  tcpdump = started;
  let said = "";
  await new Promise<void>((resolve, reject) => {
    started.stderr.setEncoding("utf8").on("data", (text: string) => {
      said += text;
      if (said.includes("listening on")) {
        resolve();
      }
    });
    started.once("exit", () => reject(new Error(`tcpdump ended: ${said}`)));
  });
}

/** Waits until the capture has what was sent last, and ends it. */
async function endCapture(last: Uint8Array): Promise<void> {
  await expect
    .poll(() => existsSync(capture) && readFileSync(capture).includes(Buffer.from(last)), { timeout: PATIENCE_MS })
    .toBe(true);
  const ended = tcpdump && once(tcpdump, "exit");
  tcpdump?.kill("SIGINT");
  await ended;
}

/** Says what was said in a recording, each thing once the one before has arrived at the other end. */
async function play(chunks: readonly RecordedChunk[], worker: Socket, host: Socket): Promise<void> {
  const received = { worker: 0, host: 0 };
  worker.on("data", ({ length }) => {
    received.worker += length;
  });
  host.on("data", ({ length }) => {
    received.host += length;
  });
  const sent = { worker: 0, host: 0 };
  for (const { from, bytes } of chunks) {
    if (bytes !== undefined) {
      (from === "host" ? host : worker).write(bytes);
      const to = from === "host" ? "worker" : "host";
      sent[to] += bytes.length;
      while (received[to] < sent[to]) {
        await wait(1);
      }
    }
  }
}

describe.skipIf(!canCapture)("a capture of tcpdump", () => {
  test("becomes the same messages as the relay recorded", { timeout: 2 * PATIENCE_MS }, async () => {
    const { chunks } = loadRecording("node/legacy-function-json");
    const server = createServer();
    const hosts = once(server, "connection");
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    const upstream = { host: "127.0.0.1", port: (server.address() as AddressInfo).port };
    const journals = join(folder, "journals");
    const directory = join(journals, "j1");
    mkdirSync(directory, { recursive: true });
    const recorded = join(folder, "recorded.inspector");
    const description = { session: recorded, control: join(directory, "nobody.sock"), startedAt: Date.now() };
    writeFileSync(join(directory, "journal.json"), JSON.stringify(description));
    const relay = await createRelay({
      listen: { host: "127.0.0.1", port: 0 },
      upstream,
      openJournal: (_, positions) => {
        const journal = createJournal({ directory, positions });
        journal.event({ type: "relay-started", startedAt: Date.now(), listen: "", upstream: "" });
        return journal;
      },
    });
    await startCapture(relay.address.port);
    const worker = connect(relay.address.port, "127.0.0.1");
    // Who speaks first: a relay dials the host for a worker that is silent only after a while.
    const [host] = (await hosts) as [Socket];
    await play(chunks, worker, host);
    const last = chunks.findLast(({ bytes }) => bytes !== undefined)?.bytes ?? expect.fail("no bytes");
    await endCapture(last);
    worker.destroy();
    await relay.close();
    host.destroy();
    server.close();
    ingestAll({ journals } as Parameters<typeof ingestAll>[0], recorded);

    const { session, remarks } = await openInput(capture);
    expect(remarks).toEqual([`${messagesIn(recorded).length} messages of a capture`]);
    expect(messagesIn(recorded).length).toBeGreaterThan(30);
    expect(messagesIn(session)).toEqual(messagesIn(recorded));
    expect(invocationsIn(session)).toEqual(invocationsIn(recorded));
  });
});
