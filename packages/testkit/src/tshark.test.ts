import { execFile, spawnSync } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { createConversation } from "@inspector/wire/conversation";
import { FrameWalker } from "@inspector/wire/frame-walker";
import type { Side } from "@inspector/wire/frames";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import {
  data,
  frame,
  goaway,
  grpcMessage,
  headers,
  preface,
  resetStream,
  settings,
  settingsAck,
} from "./http2-writer.ts";
import { encodePcap, HOST_PORT, workerPort } from "./pcap.ts";
import { loadRecording, recordingNames } from "./recordings.ts";
import { createTranscript } from "./transcript.ts";

const hasTshark = spawnSync("tshark", ["--version"]).status === 0;

type Chunk = {
  readonly at: number;
  readonly conn: number;
  readonly from: Side;
  readonly bytes: Uint8Array | undefined;
};

/** What a decoder says of one side of one connection. */
type Findings = { frames: number; messages: string[]; headers: string[] };

const REQUEST = [
  [":method", "POST"],
  [":scheme", "http"],
  [":path", "/some.Service/Call"],
  ["content-type", "application/grpc"],
] as const;
const RESPONSE = [
  [":status", "200"],
  ["content-type", "application/grpc"],
] as const;

/** Forms that no recording has: padding, priority, CONTINUATION, several calls at once, a compressed flag. */
const rareForms: readonly Chunk[] = (
  [
    ["worker", preface, settings(), headers(1, REQUEST, { padding: 9, priority: true, fragmentBytes: 11 })],
    ["host", settings([5, 65_536]), settingsAck()],
    [
      "worker",
      settingsAck(),
      headers(3, REQUEST),
      data(1, grpcMessage(Buffer.alloc(100, "a")).subarray(0, 50), { padding: 20 }),
    ],
    [
      "worker",
      data(3, grpcMessage(Buffer.alloc(60_000, "b"))),
      data(1, grpcMessage(Buffer.alloc(100, "a")).subarray(50)),
    ],
    [
      "host",
      headers(1, RESPONSE, { fragmentBytes: 3 }),
      data(1, Buffer.concat([1, 2, 3].map((n) => grpcMessage(Buffer.alloc(n))))),
    ],
    ["host", frame(6, 0, 0, new Uint8Array(8)), headers(1, [["grpc-status", "0"]], { endStream: true }), goaway(3, 0)],
    ["worker", data(1, new Uint8Array(0), { endStream: true, padding: 0 }), resetStream(3, 8)],
  ] satisfies [Side, ...Uint8Array[]][]
).map(([from, ...frames], at) => ({ at, conn: 1, from, bytes: Buffer.concat(frames) }));

/** All conversations, each connection with a number of its own. */
const sources = ["forms that are rare", ...recordingNames].map((name, i) => {
  const chunks = i === 0 ? rareForms : loadRecording(name).chunks;
  return { name, chunks: chunks.map((chunk): Chunk => ({ ...chunk, conn: i * 10 + chunk.conn })) };
});

describe.skipIf(!hasTshark)("tshark finds the same frames, headers and messages in", () => {
  let folder = "";
  let found = new Map<string, Findings>();

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "capture-"));
    const file = join(folder, "all.pcap");
    await writeFile(file, encodePcap(sources.flatMap(({ chunks }) => chunks)));
    found = await readWithTshark(file);
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  test.each(sources)("$name", ({ chunks }) => {
    const ours = readWithConversation(chunks);
    expect(ours.size).toBeGreaterThan(0);
    for (const [key, findings] of ours) {
      expect({ key, ...found.get(key) }).toEqual({ key, ...findings });
    }
  });
});

/** By connection and side, as `findingsOf` names them. */
function readWithConversation(chunks: readonly Chunk[]): Map<string, Findings> {
  const all = new Map<string, Findings>();
  for (const conn of new Set(chunks.map((chunk) => chunk.conn))) {
    const { events, entries } = createTranscript();
    const conversation = createConversation(events);
    const walkers = { host: new FrameWalker("host"), worker: new FrameWalker("worker") };
    for (const { bytes, from } of chunks.filter((chunk) => chunk.conn === conn && chunk.bytes !== undefined)) {
      conversation.push(from, bytes ?? new Uint8Array(0));
      walkers[from].walk(bytes ?? new Uint8Array(0), 0, bytes?.length ?? 0);
    }
    for (const side of ["host", "worker"] as const) {
      findingsOf(all, conn, side).frames = walkers[side].frames;
    }
    for (const entry of entries) {
      if (entry.type === "message" && entry.last) {
        findingsOf(all, conn, entry.side).messages.push(`${entry.compressed ? 1 : 0} ${entry.length}`);
      }
      if (entry.type === "opened") {
        findingsOf(all, conn, "worker").headers.push(...entry.headers.map(format));
      }
      if (entry.type === "headers") {
        findingsOf(all, conn, entry.side).headers.push(...entry.headers.map(format));
      }
    }
  }
  return all;
}

async function readWithTshark(file: string): Promise<Map<string, Findings>> {
  const names = ["tcp.srcport", "tcp.dstport", "http2.type", "grpc.compressed_flag", "grpc.message_length"];
  const fields = [...names, "http2.header.name", "http2.header.value"].flatMap((name) => ["-e", name]);
  const options = ["-d", `tcp.port==${HOST_PORT},http2`, "-T", "fields", "-E", "aggregator=|", ...fields];
  const { stdout } = await promisify(execFile)("tshark", ["-r", file, ...options], { maxBuffer: 2 ** 28 });
  const all = new Map<string, Findings>();
  for (const line of stdout.split("\n").filter((it) => it !== "")) {
    const [from = "", to = "", types = "", flags = "", lengths = "", headerNames = "", headerValues = ""] =
      line.split("\t");
    const side = Number(from) === HOST_PORT ? "host" : "worker";
    const findings = findingsOf(all, Number(side === "host" ? to : from) - workerPort(0), side);
    findings.frames += listed(types).length;
    const flagList = listed(flags);
    findings.messages.push(...listed(lengths).map((length, i) => `${Number(flagList[i])} ${length}`));
    const values = headerValues.split("|");
    findings.headers.push(...listed(headerNames).map((name, i) => format([name, values[i] ?? ""])));
  }
  return all;
}

function findingsOf(all: Map<string, Findings>, conn: number, side: Side): Findings {
  const key = `${side} of connection ${conn}`;
  const findings = all.get(key) ?? { frames: 0, messages: [], headers: [] };
  all.set(key, findings);
  return findings;
}

function format([name, value]: readonly [string, string]): string {
  return `${name}: ${value}`;
}

function listed(values: string): string[] {
  return values === "" ? [] : values.split("|");
}
