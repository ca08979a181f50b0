/** What is imported is hostile input: damaged in any way it becomes a session that opens, or it is refused. */
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { InspectorError } from "@inspector/contract/inspector-error";
import { capturedPacket, captureHeader } from "@inspector/hub/export/packets";
import { loadRecording } from "@inspector/testkit";
import fc from "fast-check";
import { afterAll, expect, test, vi } from "vitest";
import { binaryLogOf } from "../../testing/binary-log-file.ts";
import { packetsOf, pcapOf } from "../../testing/capture-file.ts";
import { invocationsIn, messagesIn, streamsIn } from "../../testing/import-facts.ts";
import { zipOf } from "../../testing/zip-file.ts";
import { openInput } from "./open-input.ts";

/** Written out, so that a run that fails can be repeated. */
const RUNS = { numRuns: 25, seed: 20_261_129 };

const folder = mkdtempSync(join(tmpdir(), "import-fuzz-"));
vi.stubEnv("TMPDIR", folder);
afterAll(() => {
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true, force: true });
});

const { chunks, messages } = loadRecording("node/cancel");
const packets = packetsOf(chunks.slice(0, 30));
const few = messages.slice(0, 12);
const service = '"service":"AzureFunctionsRpcMessages.FunctionRpc","method":"EventStream"';
const lines = few.map(({ at, from, bytes }, seq) =>
  JSON.stringify({ seq, at, stream: 1, from, size: bytes.length, bytes: Buffer.from(bytes).toString("base64") }),
);
const calls = few.map(({ from, bytes }) => {
  const message = {
    message_origin: from === "host" ? "server" : "client",
    raw_message: Buffer.from(bytes).toString("base64"),
  };
  return `{${service},"messages":[${JSON.stringify(message)}],"metadata":{"x":["y"]}}`;
});

const whole: Readonly<Record<string, Buffer>> = {
  pcap: pcapOf(packets),
  pcapng: Buffer.concat([captureHeader("test"), ...packets.map(({ at, bytes }) => capturedPacket(at, bytes))]),
  "binary log of Go": binaryLogOf(few),
  "binary log of Java": binaryLogOf(few, { lengths: "varint" }),
  lines: Buffer.from(lines.map((line) => `${line}\n`).join("")),
  "dump of grpc-dump": Buffer.from(calls.map((line) => `${line}\n`).join("")),
};

async function openDamaged(bytes: Uint8Array): Promise<void> {
  const before = readdirSync(folder).length;
  const file = join(folder, "damaged");
  writeFileSync(file, bytes);
  try {
    const { session, remarks } = await openInput(file);
    if (remarks.length > 0) {
      expect(messagesIn(session).length).toBeGreaterThan(0);
      streamsIn(session);
      invocationsIn(session);
    }
    if (session !== file) {
      rmSync(join(session, ".."), { recursive: true });
    }
  } catch (error) {
    expect(error).toBeInstanceOf(InspectorError);
    expect(readdirSync(folder).length).toBeLessThanOrEqual(before + 1);
  }
}

const share = fc.double({ min: 0, max: 1, noNaN: true });

test.each(Object.entries(whole))("%s: what is cut, or has bytes changed", async (_, bytes) => {
  expect(bytes.length).toBeGreaterThan(1000);
  // Most lengths stand in the beginning of something, so many flips are there.
  const flip = fc.tuple(
    fc.oneof(
      share,
      share.map((at) => at / 50),
    ),
    fc.constantFrom(0, 1, 0x7f, 0x80, 0xff, 0x22, 0x7b),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(flip, { maxLength: 6 }), fc.option(share), async (flips, length) => {
      const damaged = Buffer.from(bytes.subarray(0, Math.floor(bytes.length * (length ?? 1))));
      for (const [at, value] of flips) {
        damaged[Math.floor(damaged.length * at)] = value;
      }
      await openDamaged(damaged);
    }),
    RUNS,
  );
});

test("an archive that is cut, or has any bytes changed", async () => {
  const archive = zipOf([{ path: "session.pcap", content: whole["pcap"] ?? "" }]);
  const packed = gzipSync(whole["pcap"] ?? "");
  await fc.assert(
    fc.asyncProperty(fc.boolean(), share, fc.nat(255), fc.option(share), async (isZip, at, value, length) => {
      const bytes = isZip ? archive : packed;
      const damaged = Buffer.from(bytes.subarray(0, Math.floor(bytes.length * (length ?? 1))));
      damaged[damaged.length - 1 - Math.floor(damaged.length * at * at)] = value;
      await openDamaged(damaged);
    }),
    RUNS,
  );
});

const TOO_LONG = Buffer.alloc(33 * 1024 * 1024, "a");

test.each<[string, () => Uint8Array, RegExp]>([
  ["a line that never ends", () => Buffer.concat([Buffer.from(`${lines[0]}\n{"seq":1,"at":`), TOO_LONG]), /32 MiB/u],
  [
    "a block of pcapng that claims 4 GB",
    () => Buffer.concat([whole["pcapng"] ?? TOO_LONG, Buffer.from([6, 0, 0, 0, 0xfc, 0xff, 0xff, 0xff, 0, 0, 0, 0])]),
    /a block of 4294967292 bytes/u,
  ],
  [
    "a call with nesting without end",
    () => Buffer.from(`${calls[0]}\n{${service},"messages":${"[".repeat(200_000)}\n`),
    /line 2 is no JSON object/u,
  ],
  [
    "names that every object has",
    () =>
      Buffer.from(`${calls[0]}\n{${service},"__proto__":{"messages":1},"constructor":1,"messages":{"length":9e9}}\n`),
    /^$/u,
  ],
  [
    "a status with half a pair of surrogates",
    () => Buffer.from(`${calls[0]}\n{${service},"messages":[],"error":{"code":"Internal","message":"\\ud800"}}\n`),
    /^$/u,
  ],
])("%s is read up to there", async (_, content, reason) => {
  const file = join(folder, "hostile");
  writeFileSync(file, content());
  const { session, remarks } = await openInput(file);
  expect(messagesIn(session).length).toBeGreaterThan(0);
  expect(remarks[1]?.startsWith("its lines") === true ? "" : (remarks[1] ?? "")).toMatch(reason);
});
