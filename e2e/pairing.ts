/** Two stacks, without the inspector and with it, and what its session says of that. */
import { createHash } from "node:crypto";
import { gunzipSync, inflateSync } from "node:zlib";
import { expect } from "vitest";
import { type Exported, exportSession, startInspector, temporaryFolder } from "./inspector-process.ts";
import { type HostProcess, runWorker, startHost } from "./peers/peer.ts";
import { type Call, contentOf, type Report, type Script } from "./peers/script.ts";
import type { Toolchain } from "./peers/toolchains.ts";
import { readSession, type SessionFile, type SessionStream } from "./session-file.ts";
import { startTap, unlike } from "./tap.ts";

export type Pairing = { readonly worker: Toolchain; readonly host: Toolchain };

/** What both sides reported, by call; a host says nothing of a call it does not know. */
export type Reports = {
  readonly worker: ReadonlyMap<string, Report>;
  readonly host: ReadonlyMap<string, Report>;
};

export type Recorded = SessionFile & { readonly messages: readonly Exported[]; readonly stderr: string };

/** Plays scripts one after another, without anything in between. */
export async function runDirectly({ worker, host }: Pairing, scripts: readonly Script[]): Promise<Reports> {
  return await play(worker, await startHost(host, union(scripts)), scripts);
}

/** Bytes of each connection that are compared on both sides of the inspector: more than the start of a worker takes. */
const TAPPED_BYTES = 4 * 1024 * 1024;

/**
 * Plays scripts one after another through one inspector, and reads its session when all of it is there. What each side says
 * to the inspector is what the other side gets from it, frame by frame.
 */
export async function runRecorded(
  { worker, host }: Pairing,
  scripts: readonly Script[],
): Promise<Reports & { readonly recorded: Recorded }> {
  const state = temporaryFolder();
  const running = await startHost(host, union(scripts));
  const atHost = await startTap(running.port, TAPPED_BYTES);
  try {
    const inspector = await startInspector(["--listen", "0", "--upstream", atHost.address, "--no-open"], state.path);
    const atWorker = await startTap(Number(inspector.listen.split(":").at(-1)), TAPPED_BYTES);
    try {
      const reports = await play(worker, running, scripts, atWorker.address);
      expect(atWorker.connections.length).toBeGreaterThan(0);
      expect(unlike(atWorker, atHost)).toEqual([]);
      atWorker.close();
      expect(await inspector.stop()).toBe(0);
      const messages = await exportSession(inspector.session, state.path);
      return { ...reports, recorded: { ...readSession(inspector.session), messages, stderr: inspector.stderr() } };
    } finally {
      atWorker.close();
      inspector.process.kill("SIGKILL");
    }
  } finally {
    atHost.close();
    await running.kill();
    state.remove();
  }
}

async function play(
  worker: Toolchain,
  host: HostProcess,
  scripts: readonly Script[],
  address = `127.0.0.1:${host.port}`,
): Promise<Reports> {
  const reports = new Map<string, Report>();
  for (const script of scripts) {
    for (const [call, report] of await runWorker(worker, script, address)) {
      reports.set(call, report);
    }
  }
  const served = scripts.flatMap(({ calls }) => calls).filter((call) => call.host !== undefined);
  await Promise.all(served.map((call) => host.reported(call.name)));
  await host.stop();
  return { worker: reports, host: new Map(host.reports().map((report) => [report.call, report])) };
}

function union(scripts: readonly Script[]): Script {
  return { parallel: false, calls: scripts.flatMap(({ calls }) => calls) };
}

type Print = readonly [length: number, sha256: string];

function printOf(bytes: Uint8Array): Print {
  return [bytes.length, createHash("sha256").update(bytes).digest("hex")];
}

/** Lengths and hashes of what a side of a call sends by its script. */
export function sentBy(call: Call, side: "host" | "worker"): Print[] {
  return (call[side] ?? []).flatMap((step) => (step.do === "send" ? [printOf(contentOf(step))] : []));
}

export function callsOf(scripts: readonly Script[]): readonly Call[] {
  return scripts.flatMap(({ calls }) => calls);
}

/** Each side has received what the other was told to send: all of it, in order, nothing else. */
export function expectDelivered({ worker, host }: Reports, scripts: readonly Script[]): void {
  for (const call of callsOf(scripts)) {
    expect(worker.get(call.name)?.messages, `${call.name}: from the host`).toEqual(sentBy(call, "host"));
    if (call.host === undefined) {
      continue;
    }
    expect(host.get(call.name)?.messages, `${call.name}: from the worker`).toEqual(sentBy(call, "worker"));
  }
}

/** Metadata, trailers, statuses and messages are the same in two runs. */
export function expectSameReports(one: Reports, other: Reports): void {
  expect(comparable(one.worker)).toEqual(comparable(other.worker));
  expect(comparable(one.host)).toEqual(comparable(other.host));
}

/** grpc-js half-closes a call that it cancels, and which of the two its host hears of first is chance. */
function comparable(reports: ReadonlyMap<string, Report>): Record<string, unknown> {
  return Object.fromEntries([...reports].map(([name, { cancelled: _, ...rest }]) => [name, rest]));
}

/** The stream of a call: the name that is in its metadata is in the session too. */
export function streamOf(recorded: Recorded, call: Call): SessionStream {
  const found = recorded.streams.filter(({ headers }) => headers.worker["x-call"] === call.name);
  expect(found, `streams of ${call.name}`).toHaveLength(1);
  const [stream] = found;
  if (stream === undefined) {
    throw new Error(`no stream of ${call.name}`);
  }
  return stream;
}

/** The session has what the peers sent: per call and direction the same messages in the same order, and no others. */
export function expectRecorded(recorded: Recorded, scripts: readonly Script[]): void {
  const calls = callsOf(scripts);
  for (const call of calls) {
    const stream = streamOf(recorded, call);
    expect(stream.path).toBe(call.path);
    const encodings = { worker: stream.headers.worker["grpc-encoding"], host: stream.headers.host["grpc-encoding"] };
    for (const side of ["worker", "host"] as const) {
      const messages = recorded.messages.filter((one) => one.stream === stream.id && one.from === side);
      const prints = messages.map((one) => {
        const bytes = Buffer.from(one.bytes, "base64");
        expect(one.size).toBe(bytes.length);
        return printOf(recorded.compressed.has(one.seq) ? inflated(bytes, encodings[side]) : bytes);
      });
      expect(prints, `${call.name}: what the session has from the ${side}`).toEqual(sentBy(call, side));
    }
  }
  expect(recorded.streams).toHaveLength(calls.length);
  expect(recorded.truncated).toEqual(new Set());
  expect(recorded.messages.map(({ seq }) => seq)).toEqual(recorded.messages.map((_, index) => index + 1));
  expect(recorded.connections.every(({ protocol, isClosed }) => protocol === "http2" && isClosed)).toBe(true);
  expect(recorded.events.filter(({ type }) => type === "gap")).toEqual([]);
}

function inflated(bytes: Buffer, encoding: string | undefined): Buffer {
  if (encoding === "gzip") {
    return gunzipSync(bytes);
  }
  if (encoding === "deflate") {
    return inflateSync(bytes);
  }
  throw new Error(`compressed with ${encoding}`);
}
