/** The tests that every pairing of stacks must pass. */
import { describe, expect, test } from "vitest";
import { everyKind } from "./event-messages.ts";
import {
  callsOf,
  expectDelivered,
  expectRecorded,
  expectSameReports,
  type Pairing,
  type Recorded,
  runDirectly,
  runRecorded,
  streamOf,
} from "./pairing.ts";
import type { Pairs, Script } from "./peers/script.ts";
import { prepare, type Stack, type Toolchain } from "./peers/toolchains.ts";
import { type Compression, compressed, conversation, goingAway, HOSTS_FIRST, large, workersAtOnce } from "./traffic.ts";

/** What a stack can compress, as worker and as host. grpc-js compresses nothing as a server. */
const COMPRESSIONS: Readonly<Record<Stack, { worker: readonly Compression[]; host: readonly Compression[] }>> = {
  node: { worker: ["gzip", "deflate"], host: [] },
  python: { worker: ["gzip", "deflate"], host: ["gzip", "deflate"] },
  go: { worker: ["gzip"], host: ["gzip"] },
  java: { worker: ["gzip"], host: ["gzip"] },
};

/** A stack that decodes no more than it encodes cannot be sent the rest. */
const DECODES: Readonly<Record<Stack, readonly Compression[]>> = {
  node: ["gzip", "deflate"],
  python: ["gzip", "deflate"],
  go: ["gzip"],
  java: ["gzip"],
};

/** The pairings of a stack: with grpc-js on either side, and with itself. */
export function pairingsOf(stack: Stack): readonly { readonly worker: Stack; readonly host: Stack }[] {
  const all = [
    { worker: stack, host: "node" },
    { worker: "node", host: stack },
    { worker: stack, host: stack },
  ] as const;
  return stack === "node" ? all.slice(0, 1) : all;
}

export async function describePairings(stack: Stack): Promise<void> {
  const toolchains = { [stack]: await prepare(stack), node: await prepare("node") };
  for (const { worker, host } of pairingsOf(stack)) {
    const pairing = { worker: toolchains[worker], host: toolchains[host] };
    describePairing(pairing, `a ${worker} worker and a ${host} host`);
  }
}

/** Skips, saying why, where a stack is not there. */
export function describeWith(
  toolchains: readonly (Toolchain | undefined)[],
  title: string,
  tests: (toolchains: readonly Toolchain[]) => void,
): void {
  const missing = toolchains.find((one) => one?.missing !== undefined)?.missing;
  const present = toolchains.filter((one) => one !== undefined);
  if (missing === undefined) {
    describe(title, () => tests(present));
  } else {
    describe.skip(`${title} (skipped: ${missing})`, () => test("runs", () => {}));
  }
}

function describePairing(
  { worker, host }: { worker: Toolchain | undefined; host: Toolchain | undefined },
  title: string,
): void {
  describeWith([worker, host], title, ([worker, host]) => {
    if (worker === undefined || host === undefined) {
      return;
    }
    const pairing: Pairing = { worker, host };
    const scripts = scriptsFor(pairing);
    test("say the same through the inspector as without it, and the session has every byte of it", async () => {
      const direct = await runDirectly(pairing, scripts);
      expectDelivered(direct, scripts);
      const { recorded, ...reports } = await runRecorded(pairing, scripts);
      expectDelivered(reports, scripts);
      expectSameReports(reports, direct);
      expectRecorded(recorded, scripts);
      expectKinds(recorded);
      expectEnds(recorded, worker.stack);
      expectCompressed(recorded, scripts);
    });
  });
}

/** Two runs of the worker: many at once, and one call after another until the host goes away. */
function scriptsFor({ worker, host }: Pairing): readonly Script[] {
  const encodings = COMPRESSIONS[worker.stack].worker.filter((encoding) => DECODES[host.stack].includes(encoding));
  const inTurn = [
    conversation,
    ...(worker.stack !== host.stack || worker.stack === "node" ? [large] : []),
    ...encodings.map((encoding) => compressed(encoding, compressesBack(host, encoding))),
    goingAway,
  ];
  return [workersAtOnce(10), { parallel: false, calls: callsOf(inTurn) }];
}

function compressesBack(host: Toolchain, encoding: Compression): boolean {
  return COMPRESSIONS[host.stack].host.includes(encoding);
}

function callNamed(name: string) {
  const found = conversation.calls.find((call) => call.name === name);
  if (found === undefined) {
    throw new Error(`no call ${name}`);
  }
  return found;
}

function expectKinds(recorded: Recorded): void {
  const stream = streamOf(recorded, callNamed("kinds"));
  for (const side of ["worker", "host"]) {
    const kinds = recorded.messages.filter((one) => one.stream === stream.id && one.from === side);
    const said = side === "host" ? [HOSTS_FIRST, ...everyKind] : everyKind;
    expect(kinds.map(({ kind }) => kind)).toEqual(said.map(({ kind }) => kind));
  }
}

/** How the calls ended, and the metadata, stand in the session as both sides had them. */
function expectEnds(recorded: Recorded, worker: Stack): void {
  for (const call of conversation.calls) {
    const { end, headers } = streamOf(recorded, call);
    const told = call.host?.find((step) => step.do === "status");
    if (told !== undefined) {
      expect(end).toMatchObject({ grpcStatus: told.code, ...(told.message !== "" && { grpcMessage: told.message }) });
      for (const key of smallKeys(told.metadata)) {
        expect(headers.trailers).toHaveProperty(key);
      }
    }
    for (const key of smallKeys(call.metadata)) {
      expect(headers.worker).toHaveProperty(key);
    }
  }
  expect(streamOf(recorded, callNamed("unknown method")).end).toMatchObject({ grpcStatus: 12 });
  // grpc-js half-closes a call before it resets it, so its host may have ended the call by then.
  const ends = [
    { by: "worker", how: "reset", code: 8 },
    ...(worker === "node" ? [{ by: "worker", how: "end", grpcStatus: 0 }] : []),
  ];
  expect(ends).toContainEqual(streamOf(recorded, callNamed("cancelled")).end);
}

/** Of headers that are larger than a session keeps, it keeps the others. */
function smallKeys(metadata: Pairs): string[] {
  return metadata.filter(([, value]) => value.length < 16_000).map(([key]) => key);
}

/** Messages that crossed compressed are kept compressed, and are read all the same. */
function expectCompressed(recorded: Recorded, scripts: readonly Script[]): void {
  for (const call of callsOf(scripts)) {
    const { id } = streamOf(recorded, call);
    for (const side of ["worker", "host"] as const) {
      const messages = recorded.messages.filter((one) => one.stream === id && one.from === side);
      const isCompressed = messages.some(({ seq }) => recorded.compressed.has(seq));
      const encoding = side === "worker" ? call.workerCompression : call.hostCompression;
      expect(isCompressed, `${call.name}: compressed by the ${side}`).toBe(encoding !== undefined);
    }
  }
}
