import { randomUUID } from "node:crypto";
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { capturedPacket, captureHeader } from "@inspector/hub/export/packets";
import { loadRecording, type RecordedChunk } from "@inspector/testkit";
import { afterAll, describe, expect, test, vi } from "vitest";
import { writeSession } from "../../../../packages/hub/testing/recorded-session.ts";
import { CAPTURED_AT, CAPTURED_PORT, type Packet, packetsOf, pcapOf } from "../../testing/capture-file.ts";
import { eventsIn, invocationsIn, messagesIn, streamsIn } from "../../testing/import-facts.ts";
import { openInput } from "./open-input.ts";

const folder = mkdtempSync(join(tmpdir(), "captures-"));
vi.stubEnv("TMPDIR", folder);
afterAll(() => {
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true, force: true });
});

const NAME = "node/legacy-function-json";
const { chunks } = loadRecording(NAME);

function recordedFile(name: string): string {
  const file = join(folder, `${name.replace("/", "-")}.inspector`);
  const writing = writeSession(file);
  writing.addRecording(name);
  writing.close();
  return file;
}

const recorded = recordedFile(NAME);

async function opened(capture: Uint8Array, options = {}) {
  const file = join(folder, `${randomUUID()}.pcap`);
  writeFileSync(file, capture);
  return await openInput(file, options);
}

async function expectSame(capture: Uint8Array, original = recorded): Promise<void> {
  const { session } = await opened(capture);
  expect(messagesIn(session)).toEqual(messagesIn(original));
  expect(invocationsIn(session)).toEqual(invocationsIn(original));
}

function pcapng(packets: readonly Packet[]): Buffer {
  return Buffer.concat([captureHeader("test"), ...packets.map(({ at, bytes }) => capturedPacket(at, bytes))]);
}

describe("a capture of a recorded conversation holds the same messages as the recording", () => {
  test.each([NAME, "dotnet/dotnet-cancel", "kestrel/kestrel-dotnet-error-end", "node/crash-mid-invocation"])(
    "of %s, with the same streams and ends",
    async (name) => {
      const original = name === NAME ? recorded : recordedFile(name);
      const { session } = await opened(pcapOf(packetsOf(loadRecording(name).chunks), { isNanos: true }));
      expect(messagesIn(session).length).toBeGreaterThan(5);
      expect(messagesIn(session)).toEqual(messagesIn(original));
      expect(streamsIn(session)).toEqual(streamsIn(original));
      expect(invocationsIn(session)).toEqual(invocationsIn(original));
    },
  );

  test("at the times of the capture", async () => {
    const { session } = await opened(pcapOf(packetsOf(chunks), { isNanos: true }));
    const { openForReading } = await import("@inspector/hub/sqlite");
    const [imported, original] = [session, recorded].map((file) => {
      const database = openForReading(file);
      const started = database.prepare("SELECT value FROM session WHERE key = 'started_at'").get();
      const times = database.prepare("SELECT at FROM message ORDER BY seq").all();
      database.close();
      return { started: Number(started?.["value"]), times: times.map(({ at }) => Number(at)) };
    });
    const first = chunks[0]?.at ?? 0;
    const began = Number(CAPTURED_AT / 1_000_000n) + Math.floor(first / 1e6);
    expect(imported?.started).toBe(began);
    const skipped = Math.floor(first / 1e6) * 1e6;
    expect(imported?.times).toEqual(original?.times.map((at) => at - skipped));
  });

  const packets = packetsOf(chunks, { segmentBytes: 500 });

  test.each<[string, () => Buffer]>([
    ["with microseconds", () => pcapOf(packets)],
    ["of the other byte order", () => pcapOf(packets, { isBigEndian: true })],
    ["as pcapng", () => pcapng(packets)],
    ["of Ethernet", () => pcapOf(packets, { link: 1, header: [...Array(12).fill(2), 8, 0] })],
    [
      "of Ethernet with a VLAN tag",
      () => pcapOf(packets, { link: 1, header: [...Array(12).fill(2), 0x81, 0, 0, 7, 8, 0] }),
    ],
    ["of any device", () => pcapOf(packets, { link: 113, header: [...Array(14).fill(0), 8, 0] })],
    ["of any device, in its newer form", () => pcapOf(packets, { link: 276, header: [8, 0, ...Array(18).fill(0)] })],
    ["of a BSD loopback", () => pcapOf(packets, { link: 0, header: [2, 0, 0, 0] })],
    ["each packet twice", () => pcapOf(packets.flatMap((one) => [one, one]))],
    ["with neighbours of a direction swapped", () => pcapOf(swapped(packets))],
    ["with sequence numbers that begin anew", () => pcapOf(packetsOf(chunks, { firstSequence: 0xffff_fff0 }))],
    ["in large packets", () => pcapOf(packetsOf(chunks, { segmentBytes: 60_000 }))],
    ["byte by byte", () => pcapOf(packetsOf(chunks.slice(0, 40), { segmentBytes: 1 }).concat(restOf(40)))],
    ["without the handshake", () => pcapOf(packets.filter(({ bytes }) => ((bytes[33] ?? 0) & 2) === 0))],
    ["among other traffic", () => pcapOf([...packetsOf(otherTraffic), ...packets])],
  ])("%s", async (_, capture) => {
    await expectSame(capture());
  });

  /** What follows behind some chunks, as packets of the whole conversation are. */
  function restOf(count: number): Packet[] {
    const whole = packetsOf(chunks);
    return whole.slice(packetsOf(chunks.slice(0, count)).length);
  }
});

/** Each two packets of one direction that stand side by side change places. */
function swapped(packets: readonly Packet[]): Packet[] {
  const result = [...packets];
  const port = (packet: Packet | undefined): number => Buffer.from(packet?.bytes ?? []).readUInt16BE(20);
  let count = 0;
  for (let at = 3; at + 1 < result.length; at += 1) {
    const [one, other] = [result[at], result[at + 1]];
    if (one !== undefined && other !== undefined && port(one) === port(other)) {
      result.splice(at, 2, other, one);
      count += 1;
      at += 1;
    }
  }
  expect(count).toBeGreaterThan(10);
  return result;
}

/** HTTP/1.1, on other connections. */
const otherTraffic: readonly RecordedChunk[] = [
  { at: 0, conn: 900, from: "worker", bytes: Buffer.from("GET / HTTP/1.1\r\n\r\n"), event: undefined, code: undefined },
  {
    at: 1,
    conn: 900,
    from: "host",
    bytes: Buffer.from("HTTP/1.1 204 No Content\r\n\r\n"),
    event: undefined,
    code: undefined,
  },
];

describe("a capture that lacks something", () => {
  test("is read on behind a packet that is missing within a message, which is cut off there", async () => {
    const packets = packetsOf(chunks, { segmentBytes: 200 });
    const large = Buffer.from(messagesIn(recorded).find(({ size }) => size === 977)?.bytes ?? "", "base64");
    const missing = packets.findIndex(({ bytes }) =>
      [400, 430, 460].some((at) => Buffer.from(bytes).includes(large.subarray(at, at + 20))),
    );
    expect(missing).toBeGreaterThan(0);
    const { session } = await opened(pcapOf(packets.filter((_, at) => at !== missing)));
    const [messages, whole] = [messagesIn(session), messagesIn(recorded)];
    expect(eventsIn(session)).toContainEqual({
      type: "gap",
      detail: { reason: "the capture lacks packets", bytes: 200 },
    });
    // What follows is found again, and nothing waits for what is missing.
    expect(messages.length).toBeGreaterThan(whole.length - 5);
    expect(messages.slice(0, 15)).toEqual(whole.slice(0, 15));
    expect(messages.filter(({ isTruncated }) => isTruncated)).toHaveLength(1);
    const bytes = new Set(whole.map((message) => message.bytes));
    expect(messages.every((message) => message.isTruncated || bytes.has(message.bytes))).toBe(true);
  });

  test("is read up to where it is cut off, and says so", async () => {
    const capture = pcapOf(packetsOf(chunks));
    const { session, remarks } = await opened(capture.subarray(0, capture.length - 100));
    expect(messagesIn(session).length).toBeGreaterThan(10);
    expect(remarks).toEqual([
      expect.stringMatching(/^\d+ messages of a capture$/u),
      expect.stringMatching(/^it is cut off/u),
    ]);
  });

  test("is read up to where it is damaged, and says so", async () => {
    const capture = Buffer.concat([pcapOf(packetsOf(chunks)), Buffer.alloc(64, 0xff)]);
    const { session, remarks } = await opened(capture);
    expect(messagesIn(session)).toEqual(messagesIn(recorded));
    expect(remarks[1]).toMatch(/^it has a packet of 4294967295 bytes: what stands before that was read$/u);
  });

  test.each<[string, () => Buffer, RegExp]>([
    ["no packet", () => pcapOf([]), /it has no HTTP\/2 connection without TLS/u],
    ["other traffic only", () => pcapOf(packetsOf(otherTraffic)), /it has no HTTP\/2 connection without TLS/u],
    [
      "the end of a conversation only",
      () => pcapOf(packetsOf(chunks).slice(20)),
      /no HTTP\/2 connection from its beginning; 1 connections began before/u,
    ],
    ["half a header", () => pcapOf([]).subarray(0, 10), /it is cut off/u],
  ])("is refused where it has %s, and leaves nothing behind", async (_, capture, reason) => {
    const before = readdirSync(folder).filter((name) => name.startsWith("inspector-open-"));
    await expect(opened(capture())).rejects.toThrow(reason);
    expect(readdirSync(folder).filter((name) => name.startsWith("inspector-open-"))).toEqual(before);
  });
});

describe("what is to be read of a capture", () => {
  test("may be one port", async () => {
    const capture = pcapOf(packetsOf(chunks));
    const { session } = await opened(capture, { port: CAPTURED_PORT });
    expect(messagesIn(session)).toEqual(messagesIn(recorded));
    await expect(opened(capture, { port: 1 })).rejects.toThrow(/no HTTP\/2 connection/u);
  });

  test("is kept where it is asked for", async () => {
    const kept = join(folder, "kept.inspector");
    expect(await opened(pcapOf(packetsOf(chunks)), { session: kept })).toMatchObject({ session: kept });
    expect(messagesIn(kept)).toEqual(messagesIn(recorded));
    await expect(openInput(kept, { session: join(folder, "again.inspector") })).rejects.toThrow(/nothing is made of/u);
  });
});
