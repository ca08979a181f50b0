/** Whoever connects to a relay's control socket and says what no hub says: the relay goes on. */
import { once } from "node:events";
import { readdirSync, readFileSync } from "node:fs";
import { connect, type Socket } from "node:net";
import { join } from "node:path";
import fc from "fast-check";
import { afterEach, expect, test } from "vitest";
import { type EchoScene, startEchoScene } from "./echo-scene.ts";
import { exportSession } from "./inspector-process.ts";

const LINES = 3_000;

let scene: EchoScene | undefined;
afterEach(async () => {
  await scene?.end();
});

const at = { connection: 1, stream: 1 };
/** One of each order, which are taken apart and put together wrongly. */
const ORDERS = [
  { order: "replay", at, invocationId: "i", mark: { run: 1, n: 1, isEdited: false }, message: "KgA=" },
  { order: "replay", at, invocationId: "i", mark: { run: 1, n: 1, isEdited: false }, message: "KgA=", more: true },
  { order: "give-up", at, invocationId: "i" },
  { order: "inject", at, direction: "to-worker", message: "KgA=", maps: ["m"] },
  { order: "hold", rule: 1, at, direction: "to-host", kinds: [2], functionIds: ["f"], ask: true, limitMs: 1_000 },
  { order: "unhold", rule: 1, spent: true },
  { order: "release", held: 1, action: "replace", rule: 1, message: "KgA=" },
  { hello: "ingest", pid: 1 },
  { pong: 1 },
] as const;

const strange = fc.oneof(
  fc.jsonValue(),
  fc.constantFrom(-1, 1e308, 2 ** 53, 0.5, "", "__proto__", "\ud800", null, [], {}, { connection: 1, stream: 3 }),
);

/** Orders for streams that do not exist, with parts left out, exchanged or added: nothing that a hub could mean. */
const wrongOrder = fc
  .tuple(fc.constantFrom(...ORDERS), fc.array(fc.tuple(fc.nat(6), strange), { minLength: 1, maxLength: 3 }))
  .map(([order, changes]) => {
    const entries = Object.entries(order);
    for (const [place, value] of changes) {
      const entry = entries[place % entries.length];
      if (entry !== undefined) {
        entry[1] = value as never;
      }
    }
    // A stream that a test's worker never opens, so that what is well-formed by chance touches nothing.
    const changed = Object.fromEntries(entries);
    return JSON.stringify(
      "at" in changed
        ? { ...changed, at: changed["at"] === at ? { connection: 9, stream: 9 } : changed["at"] }
        : changed,
    );
  });

const line = fc.oneof(
  { weight: 6, arbitrary: wrongOrder },
  { weight: 1, arbitrary: fc.json() },
  { weight: 1, arbitrary: fc.string({ unit: "binary", maxLength: 80 }) },
  { weight: 1, arbitrary: wrongOrder.map((text) => text.slice(0, text.length / 2)) },
);

test("lines that are no orders, or orders for nothing, cost a relay nothing but their reading", async () => {
  scene = await startEchoScene();
  const { inspector, state } = scene;
  const worker = scene.connect();
  await worker.roundTrips(20);
  const control = controlSocket(state.path);
  const seed = Math.floor(Math.random() * 2 ** 31);
  const lines = fc.sample(line, { numRuns: LINES, seed });
  const stranger = await dial(control);
  for (const [i, text] of lines.entries()) {
    // One that was hung up on comes again.
    if (stranger.socket.destroyed) {
      Object.assign(stranger, await dial(control));
    }
    stranger.socket.write(`${text}\n`);
    if (i % 100 === 0) {
      await worker.roundTrips(1);
    }
  }
  stranger.socket.write(Buffer.alloc(40 * 1024 * 1024, "x"));
  await worker.roundTrips(50);
  stranger.socket.destroy();
  await worker.roundTrips(20);
  expect(inspector.stderr(), `seed ${seed}`).not.toMatch(/^\s+at .+:\d+:\d+/mu);
  worker.call.end();
  expect(await worker.status, `seed ${seed}`).toMatchObject({ code: 0 });
  expect(await inspector.stop()).toBe(0);
  const exported = await exportSession(inspector.session, state.path);
  expect(exported.length, `seed ${seed}`).toBe(2 * (20 + LINES / 100 + 50 + 20));
});

function controlSocket(state: string): string {
  const journals = join(state, "inspector", "journals");
  const [name = ""] = readdirSync(journals);
  const { control } = JSON.parse(readFileSync(join(journals, name, "journal.json"), "utf8"));
  return String(control);
}

/** Says hello as the desk of a process that is none of the command's. */
async function dial(path: string): Promise<{ socket: Socket }> {
  const socket = connect(path);
  socket.on("error", () => {});
  socket.resume();
  await once(socket, "connect");
  socket.write(`${JSON.stringify({ hello: "desk", pid: 0 })}\n`);
  return { socket };
}
