/** Replays and holds in a stream between two gRPC stacks, of which neither notices anything but what the worker is sent. */
import type { HoldRule, Holds, ReplayRun } from "@inspector/contract/intervention";
import { DatabaseSync } from "@photostructure/sqlite";
import { afterEach, expect, test } from "vitest";
import { describeWith } from "./byte-equality.ts";
import { messageOf, messageOfSize } from "./event-messages.ts";
import { eventually } from "./eventually.ts";
import { askHub } from "./hub-api.ts";
import { type InspectorProcess, startInspector, temporaryFolder } from "./inspector-process.ts";
import { expectDelivered, expectSameReports, type Pairing, type Reports, runDirectly, sentBy } from "./pairing.ts";
import { startHost, startWorker } from "./peers/peer.ts";
import type { Call, HostStep, Report, Script, Send, WorkerStep } from "./peers/script.ts";
import { prepare, STACKS } from "./peers/toolchains.ts";
import { EVENT_STREAM } from "./traffic.ts";

/** Around frames, and more in a round than a window of 64 KiB. */
const SIZES = [0, 1, 40, 1000, 16_379, 16_384, 5, 70_000, 300, 20_000];
const HELD_ROUNDS = 4;
/** Larger than a window: whoever sent it must get credit for it all the same. */
const DROPPED_LENGTH = 300_000;
const REPLAYED_ROUNDS = 20;
const REPLAYS_A_ROUND = 2;
/** One that shows that replays get through, and one that comes after the rules of holds. */
const FIRST_REPLAYS = 2;
const REPLAYS = REPLAYED_ROUNDS * REPLAYS_A_ROUND;

const SUCCESS = { status: "Success" };
const FUNCTION = { name: "hello", directory: "/app", scriptFile: "index.js", entryPoint: "run" };

function request(invocationId: string, length = 20_000): Send {
  const inputData = [{ name: "in", data: { string: "x".repeat(length) } }];
  return messageOf({ requestId: "r", invocationRequest: { invocationId, functionId: "f-1", inputData } });
}

function response(invocationId: string): Send {
  return messageOf({ requestId: "r", invocationResponse: { invocationId, result: SUCCESS } });
}

function log(invocationId: string, length: number): Send {
  return messageOf({ requestId: "r", rpcLog: { invocationId, message: "x".repeat(length) } });
}

/** Those of which the worker's logs are held: the hub waits for the request of one that it does not know. */
const known = [...Array(HELD_ROUNDS).keys()].flatMap((round) => [`worker-${round}`, `drop-worker-${round}`]);

/** A worker's start, and invocations of which one is answered; the worker answers each of these groups once. */
const fromHost = [
  [messageOf({ requestId: "init", workerInitRequest: { hostVersion: "4.1" } })],
  [messageOf({ requestId: "load", functionLoadRequest: { functionId: "f-1", metadata: FUNCTION } })],
  [...known.map((invocationId) => request(invocationId, 10)), request("recorded")],
];
const toHost = [
  messageOf({ requestId: "init", workerInitResponse: { workerVersion: "1.0", result: SUCCESS } }),
  messageOf({ requestId: "load", functionLoadResponse: { functionId: "f-1", result: SUCCESS } }),
  response("recorded"),
];

const sizes = SIZES.map((size) => messageOfSize(size));

/** The last two of a round: the first is held, the second belongs to the same invocation. */
function heldOfWorker(round: number): Send[] {
  const invocationId = `worker-${round}`;
  return [log(invocationId, 10), response(invocationId)];
}

function heldOfHost(round: number): Send[] {
  const invocationId = `host-${round}`;
  return [request(invocationId), messageOf({ requestId: "r", invocationCancel: { invocationId } })];
}

/**
 * The sides take turns with many messages, so that whatever waits keeps all that follows back, whose order can be told then.
 * @param isDisturbed whether the worker waits in between for messages that are not the host's, and both sides send some
 * that are to be dropped
 */
function script(isDisturbed: boolean): Script {
  const rounds = [...Array(HELD_ROUNDS + REPLAYED_ROUNDS).keys()].map((round) => {
    const isHeld = round < HELD_ROUNDS;
    const isDropped = isDisturbed && isHeld;
    return {
      worker: [...sizes, ...(isHeld ? heldOfWorker(round) : [])],
      toDropOfWorker: isDropped ? [log(`drop-worker-${round}`, DROPPED_LENGTH)] : [],
      host: [...sizes, ...(isHeld ? heldOfHost(round) : [])],
      toDropOfHost: isDropped ? [request(`drop-host-${round}`, DROPPED_LENGTH)] : [],
      replays: isDisturbed && !isHeld ? REPLAYS_A_ROUND : 0,
    };
  });
  const worker: WorkerStep[] = [
    messageOf({ startStream: { workerId: "w-1" } }),
    ...toHost.flatMap((send, n): WorkerStep[] => [{ do: "receive", count: fromHost[n]?.length ?? 0 }, send]),
    { do: "receive", count: isDisturbed ? FIRST_REPLAYS : 0 },
    ...rounds.flatMap((round): WorkerStep[] => [
      ...round.toDropOfWorker,
      ...round.worker,
      { do: "receive", count: round.host.length + round.replays },
    ]),
    { do: "half-close" },
  ];
  const host: HostStep[] = [
    ...fromHost.flatMap((group): HostStep[] => [{ do: "receive", count: 1 }, ...group]),
    { do: "receive", count: 1 },
    ...rounds.flatMap((round): HostStep[] => [
      { do: "receive", count: round.worker.length },
      ...round.toDropOfHost,
      ...round.host,
    ]),
    { do: "await-end" },
  ];
  const call = { name: "intervened", path: EVENT_STREAM, channel: "main", metadata: [], worker, host };
  return { parallel: false, calls: [call] };
}

const cleanUps: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).reverse()) {
    await cleanUp();
  }
});

/** Plays the script through the inspector while `intervene` does what it does. */
async function runIntervened(
  { worker, host }: Pairing,
  played: Script,
  intervene: (inspector: InspectorProcess) => Promise<void>,
): Promise<Reports> {
  const state = temporaryFolder();
  cleanUps.push(state.remove);
  const serving = await startHost(host, played);
  cleanUps.push(serving.kill);
  const upstream = `127.0.0.1:${serving.port}`;
  const inspector = await startInspector(["--listen", "0", "--upstream", upstream, "--no-open"], state.path);
  cleanUps.push(async () => {
    await inspector.stop();
  });
  const calling = startWorker(worker, played, inspector.listen);
  cleanUps.push(calling.kill);
  await intervene(inspector);
  await calling.done();
  await Promise.all(played.calls.map(({ name }) => serving.reported(name)));
  await serving.stop();
  return { worker: byCall(calling.reports()), host: byCall(serving.reports()) };
}

function byCall(reports: readonly Report[]): Reports["worker"] {
  return new Map(reports.map((report) => [report.call, report]));
}

type Source = { readonly stream: number; readonly source: { readonly seq: number } };

/** The invocation that is replayed, once the session has it and its answer. */
function recordedIn(session: string): Source | undefined {
  const database = new DatabaseSync(session, { readOnly: true });
  try {
    const row = database
      .prepare(
        "SELECT stream, started_seq FROM invocation WHERE answered_seq IS NOT NULL AND invocation_id = 'recorded'",
      )
      .get();
    return row && { stream: Number(row["stream"]), source: { seq: Number(row["started_seq"]) } };
  } finally {
    database.close();
  }
}

type Action = "release" | "replace" | "drop";

/** Waits until a message is held and so many of its invocation wait behind it. What replaces it is the same again. */
async function letGo(inspector: InspectorProcess, invocationId: string, action: Action, queued: number): Promise<void> {
  const { id, message } = await eventually(async () => {
    const holds = await askHub<Holds>(inspector, "GET", "/api/holds");
    return holds.held.find((one) => one.invocationId === invocationId && one.queued === queued);
  });
  await askHub(inspector, "POST", `/api/holds/${id}/release`, { action, ...(action === "replace" && { message }) });
}

async function holdAndReplay(inspector: InspectorProcess): Promise<void> {
  const replayed = await eventually(() => recordedIn(inspector.session));
  const replay = async (times: number) =>
    await askHub<ReplayRun>(inspector, "POST", "/api/replays", { ...replayed, times, perSecond: 200 });
  const states = async (run: number): Promise<string[]> => {
    const { results } = await askHub<ReplayRun>(inspector, "GET", `/api/replays/${run}`);
    return results.map(({ state }) => state);
  };

  // The hub can know of the stream before it has reached the relay.
  await eventually(async () => {
    const { id } = await replay(1);
    const state = await eventually(async () => (await states(id)).find((one) => one !== "sending"));
    return state === "in-flight" ? id : undefined;
  });
  const { stream } = replayed;
  const rules = [
    await askHub<HoldRule>(inspector, "POST", "/api/holds/rules", { stream, from: "worker", kinds: ["rpc_log"] }),
    await askHub<HoldRule>(inspector, "POST", "/api/holds/rules", {
      stream,
      from: "host",
      kinds: ["invocation_request"],
    }),
  ];
  await replay(1);
  for (let round = 0; round < HELD_ROUNDS; round++) {
    const action = round % 2 === 0 ? "release" : "replace";
    for (const side of ["worker", "host"]) {
      await letGo(inspector, `drop-${side}-${round}`, "drop", 0);
      await letGo(inspector, `${side}-${round}`, action, 1);
    }
  }
  const { id } = await replay(REPLAYS);
  // Not one of them was answered, and the worker went only when it had them all.
  await eventually(async () => {
    const found = await states(id);
    return found.length === REPLAYS && found.every((state) => state === "lost") ? found : undefined;
  });
  for (const rule of rules) {
    await askHub(inspector, "DELETE", `/api/holds/rules/${rule.id}`);
  }
  expect(await askHub(inspector, "GET", "/api/holds")).toMatchObject({ rules: [], held: [] });
}

/** What the worker got, without what is not the host's; that comes back beside it. */
function withoutReplays(
  reports: Reports,
  call: Call,
): { readonly left: Reports; readonly replays: Report["messages"] } {
  const report = reports.worker.get(call.name);
  if (report === undefined) {
    throw new Error("the worker reported nothing");
  }
  const expected = sentBy(call, "host");
  const replays: Report["messages"][number][] = [];
  const messages = report.messages.filter((message) => {
    const isHosts = message[1] === expected[0]?.[1];
    if (isHosts) {
      expected.shift();
    } else {
      replays.push(message);
    }
    return isHosts;
  });
  return { left: { ...reports, worker: new Map([[call.name, { ...report, messages }]]) }, replays };
}

const toolchains = await Promise.all(STACKS.map((stack) => prepare(stack)));
const node = await prepare("node");

for (const toolchain of toolchains) {
  const pairings = [
    { worker: toolchain, host: node },
    ...(toolchain.stack === "node" ? [] : [{ worker: node, host: toolchain }]),
  ];
  for (const pairing of pairings) {
    const title = `a ${pairing.worker.stack} worker and a ${pairing.host.stack} host`;
    describeWith([pairing.worker, pairing.host], title, () => {
      test("say the same while messages are held and invocations replayed, of which only the worker hears", async () => {
        const undisturbed = script(false);
        const direct = await runDirectly(pairing, [undisturbed]);
        expectDelivered(direct, [undisturbed]);
        const reports = await runIntervened(pairing, script(true), holdAndReplay);
        for (const call of undisturbed.calls) {
          const { left, replays } = withoutReplays(reports, call);
          expectDelivered(left, [undisturbed]);
          expectSameReports(left, direct);
          expect(replays).toHaveLength(FIRST_REPLAYS + REPLAYS);
          // Each has an invocation id of its own, and nothing else of its own.
          expect(new Set(replays.map(([, sha256]) => sha256)).size).toBe(replays.length);
          expect(new Set(replays.map(([length]) => length)).size).toBe(1);
        }
      });
    });
  }
}
