/** One run of a soak with everything that may happen to a hub. */
import { setTimeout as sleep } from "node:timers/promises";
import { type InspectorProcess, startInspector, type TemporaryFolder, temporaryFolder } from "../inspector-process.ts";
import { BUDGETS } from "./budgets.ts";
import { Chaos } from "./chaos.ts";
import { createDice } from "./dice.ts";
import { judgeDelays, judgeLeftovers, judgePeers, judgeResources, judgeWords } from "./judge.ts";
import type { PeerFacts } from "./peer-process.ts";
import { type Peer, startPeer } from "./peers.ts";
import { compareAll } from "./recorded.ts";
import { Resources } from "./resources.ts";
import { MESSAGES_PER_INVOCATION } from "./said.ts";
import { Waits } from "./waits.ts";

export type SoakOptions = { readonly seed: number; readonly rate: number; readonly durationMs: number };

export type Outcome = {
  readonly faults: readonly string[];
  readonly facts: readonly (readonly [name: string, value: string])[];
  /** What was done, and what the command said. */
  readonly log: readonly string[];
};

const WORKERS = 4;
/** What is under way when the pace ends has arrived within this, also where a rule held it. */
const SETTLE_MS = BUDGETS.heldMs + 20_000;
const LOOK_MS = 100;

export type Scene = {
  readonly state: TemporaryFolder;
  readonly inspector: InspectorProcess;
  readonly host: Peer;
  readonly worker: Peer;
};

export async function soak({ seed, rate, durationMs }: SoakOptions): Promise<Outcome> {
  const temporary = temporaryFolder();
  const scene = await begin(seed, temporaryFolder(), temporary.path);
  const resources = new Resources(scene.inspector, scene.state.path);
  const waits = new Waits(scene.inspector.process.pid ?? 0);
  const chaos = new Chaos(createDice(seed), scene.inspector);
  try {
    await untilStarted(scene);
    const descriptors = resources.relayDescriptors;
    await scene.host.order({ do: "pace", perSecond: rate / MESSAGES_PER_INVOCATION });
    await chaos.run(durationMs);
    const sides = await settle(scene);
    const descriptorsLeft = resources.relayDescriptors - descriptors;
    const stopped = await stop(scene.inspector, resources);
    const recorded = await compareAll(scene.inspector.session, scene.state.path, {
      host: sides.host.streams,
      worker: sides.worker.streams,
    });
    return {
      faults: [
        ...judgePeers(sides, rate * (durationMs / 1000)),
        ...judgeDelays(sides, waits.stalls),
        ...judgeWords(scene.inspector.stderr()),
        ...judgeResources(resources.peaks, { bytes: recorded.bytes, descriptorsLeft }),
        ...stopped.faults,
        ...judgeLeftovers(scene, resources.hubs, temporary.path),
        ...recorded.faults,
      ],
      facts: factsOf(sides, recorded.messages, resources, chaos, stopped.ms),
      log: [...chaos.log, ...scene.inspector.stderr().split("\n")],
    };
  } finally {
    chaos.end();
    waits.end();
    resources.end();
    await end(scene);
    temporary.remove();
  }
}

/** Starts the command and the processes of its peers, whose streams are open then. */
export async function begin(seed: number, state: TemporaryFolder, temporary: string): Promise<Scene> {
  const [host, worker] = await Promise.all([
    startPeer(new URL("./host.js", import.meta.url).pathname, seed),
    startPeer(new URL("./worker.js", import.meta.url).pathname, seed),
  ]);
  const upstream = `127.0.0.1:${host.said}`;
  const inspector = await startInspector(["--listen", "0", "--upstream", upstream], state.path, { TMPDIR: temporary });
  return { state, inspector, host, worker };
}

/** Opens the workers' streams and waits until each has been told of its functions. */
export async function untilStarted({ host, worker, inspector }: Scene): Promise<void> {
  await worker.order({ do: "connect", address: inspector.listen, workers: WORKERS });
  await until(async () => (await host.facts()).streams.length === WORKERS, SETTLE_MS);
}

export type PeerSides = Readonly<Record<"host" | "worker", PeerFacts>>;

/** No more invocations: waits until those under way are complete, and ends the streams as workers do. */
export async function settle({ host, worker }: Scene): Promise<PeerSides> {
  await host.order({ do: "pace", perSecond: 0 });
  const isComplete = async (): Promise<boolean> => (await host.facts()).streams.every((stream) => stream.isComplete);
  await until(isComplete, SETTLE_MS);
  await worker.order({ do: "end" });
  await until(async () => (await worker.facts()).streams.every(({ isOpen }) => !isOpen), SETTLE_MS);
  return { host: await host.facts(), worker: await worker.facts() };
}

/** What does not happen in time is found by who judges. */
async function until(isSo: () => Promise<boolean>, patienceMs: number): Promise<void> {
  for (const end = performance.now() + patienceMs; performance.now() < end && !(await isSo()); ) {
    await sleep(LOOK_MS);
  }
}

type Stopped = { readonly ms: number; readonly faults: readonly string[] };

/** Ends the command as Ctrl-C does. */
export async function stop(inspector: InspectorProcess, resources: Resources): Promise<Stopped> {
  const startedAt = performance.now();
  const code = await Promise.race([inspector.stop(), sleep(BUDGETS.stopMs, "too late" as const)]);
  resources.end();
  const ms = Math.round(performance.now() - startedAt);
  if (code === 0) {
    return { ms, faults: [] };
  }
  return {
    ms,
    faults: [code === "too late" ? `stop took longer than ${BUDGETS.stopMs} ms` : `stop exits with ${code}`],
  };
}

export async function end({ state, inspector, host, worker }: Scene): Promise<void> {
  inspector.process.kill("SIGKILL");
  await Promise.all([host.stop(), worker.stop()]);
  state.remove();
}

export function factsOf(
  { host, worker }: PeerSides,
  recorded: number,
  { peaks, hubs }: Resources,
  chaos: Chaos | undefined,
  stopMs: number,
): [string, string][] {
  const mib = (bytes: number): string => `${(bytes / 2 ** 20).toFixed(0)} MiB`;
  const streams = [...host.streams, ...worker.streams];
  const latest = (lane: string): number =>
    Math.max(0, ...streams.flatMap((one) => one.latest.filter((late) => late.lane === lane).map(({ us }) => us)));
  return [
    ["messages said", String(streams.reduce((sum, one) => sum + one.sent, 0))],
    ["messages recorded", String(recorded)],
    ["replays answered", String(worker.streams.reduce((sum, one) => sum + one.replays, 0))],
    ["latest passing message", `${(latest("p") / 1000).toFixed(0)} ms (at most ${BUDGETS.passMs})`],
    ["latest held message", `${(latest("h") / 1000).toFixed(0)} ms (at most ${BUDGETS.heldMs})`],
    ["hubs", String(hubs.size)],
    ["relay's memory", `${mib(peaks.relayBytes)} (at most ${mib(BUDGETS.relayBytes)})`],
    ["hub's memory", `${mib(peaks.hubBytes)} (at most ${mib(BUDGETS.hubBytes)})`],
    ["relay's descriptors", `${peaks.relayDescriptors} (at most ${BUDGETS.relayDescriptors})`],
    ["hub's descriptors", `${peaks.hubDescriptors} (at most ${BUDGETS.hubDescriptors})`],
    ["journals", `${mib(peaks.journalBytes)} (at most ${mib(BUDGETS.journalBytes)})`],
    ["session", mib(peaks.sessionBytes)],
    ["stopped within", `${stopMs} ms (at most ${BUDGETS.stopMs})`],
    ...[...(chaos?.counts ?? [])].map(([name, count]): [string, string] => [name, String(count)]),
  ];
}
