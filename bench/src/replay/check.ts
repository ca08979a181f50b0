/** What replays that flow cost the host's own invocations, and what it costs to be ready for them. */
import { setTimeout as sleep } from "node:timers/promises";
import type { LoadGenerator } from "../load-generator.ts";
import type { Options } from "../options.ts";
import { hasProc, processorSeconds } from "../processes.ts";
import { startInspector } from "../targets/inspector.ts";
import { createHub, type Hub } from "./hub.ts";
import { type Host, startHost, startWorker, type Worker } from "./peers.ts";

export const REPLAYS_PER_SECOND = 50;
export const REPLAYED_CHARACTERS = 3000;
const OWN_CHARACTERS = 500;
const PIPELINED = 64;
/** Replays flow for so long before a turn is timed. */
const SETTLE_MS = 200;

/** Turns of the host's invocations: one without replays, then in turn one with them and one without. */
export type Turn = {
  readonly tripsPerSecond: number;
  /** Milliseconds; 0 in turns that are pipelined. */
  readonly p50: number;
  readonly p99: number;
  /** Replays that the worker answered each second, and the share of the turn in which it did. */
  readonly replaysPerSecond: number;
  readonly workerShare: number;
  /** Processor time while it lasted: the relay's microseconds an invocation, and how many cores the hub had; 0 where unknown. */
  readonly relayMicros: number;
  readonly hubCores: number;
};

export type ArmedRun = {
  readonly tripsPerSecond: number;
  /** Microseconds of the relay's processor time for each round trip; 0 where it cannot be known. */
  readonly processorMicros: number;
};

/** A round: once with the capture of HTTP, twice without it. */
export type ArmedRound = { readonly armed: ArmedRun; readonly unarmed: readonly [ArmedRun, ArmedRun] };

export type ReplayCheck = {
  readonly oneAtATime: readonly Turn[];
  readonly pipelined: readonly Turn[];
  readonly armed: readonly ArmedRound[];
};

type Stage = {
  readonly options: Options;
  readonly load: LoadGenerator;
  readonly echo: number;
  readonly folder: string;
};

export async function checkReplay(stage: Stage): Promise<ReplayCheck> {
  return { ...(await checkFlow(stage)), armed: await checkArmed(stage) };
}

async function checkFlow({ options, folder }: Stage): Promise<Omit<ReplayCheck, "armed">> {
  const host = await startHost();
  const worker = startWorker();
  const inspector = await startInspector(options.command, host.port, folder);
  try {
    await worker.connect(inspector.port);
    const hub = createHub(inspector.recorder);
    const seconds = options.isQuick ? 0.6 : 3;
    const pairs = options.isQuick ? 2 : 5;
    const own = { characters: OWN_CHARACTERS, seconds };
    await begin(host);
    for (const inFlight of [1, PIPELINED]) {
      await host.run({ ...own, inFlight });
    }
    const takeTurns = (inFlight: number) =>
      turns(pairs, { inspector, hub, worker, run: () => host.run({ ...own, inFlight }) });
    return { oneAtATime: await takeTurns(1), pipelined: await takeTurns(PIPELINED) };
  } finally {
    await inspector.stop();
    await worker.stop();
    await host.stop();
  }
}

/** The invocation that is replayed is the first one; the worker may not have connected yet. */
async function begin(host: Host): Promise<void> {
  for (let tries = 0; ; tries += 1) {
    try {
      await host.run({ inFlight: 1, characters: REPLAYED_CHARACTERS });
      return;
    } catch (error) {
      if (tries > 50) {
        throw error;
      }
      await sleep(SETTLE_MS);
    }
  }
}

type Measured = {
  readonly inspector: Awaited<ReturnType<typeof startInspector>>;
  readonly hub: Hub;
  readonly worker: Worker;
  readonly run: () => ReturnType<Host["run"]>;
};

async function turns(pairs: number, measured: Measured): Promise<Turn[]> {
  const done: Turn[] = [];
  for (let n = 0; n < pairs * 2 + 1; n += 1) {
    // What one turn left to record must not slow the next one down.
    await measured.hub.caughtUp();
    done.push(n % 2 === 0 ? await turn(measured) : await turnWithReplays(measured));
  }
  return done;
}

async function turnWithReplays(measured: Measured): Promise<Turn> {
  const { hub } = measured;
  const invocation = await hub.firstInvocation();
  const run = await hub.start(invocation, { perSecond: REPLAYS_PER_SECOND, times: 10_000 });
  await sleep(SETTLE_MS);
  const result = await turn(measured);
  await hub.end(run);
  return result;
}

async function turn({ inspector, worker, run }: Measured): Promise<Turn> {
  const hubPids = hasProc ? [inspector.recorder.pid] : [];
  const before = await worker.replayed();
  const relayBefore = processorSeconds(inspector.pids);
  const hubBefore = processorSeconds(hubPids);
  const began = performance.now();
  const { tripsPerSecond, roundTrips, p50, p99 } = await run();
  const milliseconds = performance.now() - began;
  const relay = processorSeconds(inspector.pids) - relayBefore;
  const hub = processorSeconds(hubPids) - hubBefore;
  const after = await worker.replayed();
  return {
    tripsPerSecond,
    p50,
    p99,
    replaysPerSecond: ((after.replays - before.replays) * 1000) / milliseconds,
    workerShare: (after.milliseconds - before.milliseconds) / milliseconds,
    relayMicros: (relay * 1e6) / roundTrips,
    hubCores: (hub * 1000) / milliseconds,
  };
}

/** The capture of HTTP looks at each message of a worker, for the one with its address; without it none is looked at. */
async function checkArmed(stage: Stage): Promise<ArmedRound[]> {
  const rounds: ArmedRound[] = [];
  for (let n = 0; n < (stage.options.isQuick ? 1 : 5); n += 1) {
    const first = await armedRun(stage, ["--no-http-capture"]);
    const armed = await armedRun(stage, []);
    rounds.push({ armed, unarmed: [first, await armedRun(stage, ["--no-http-capture"])] });
  }
  return rounds;
}

async function armedRun({ options, load, echo, folder }: Stage, more: readonly string[]): Promise<ArmedRun> {
  const inspector = await startInspector(options.command, echo, folder, more);
  try {
    const before = processorSeconds(inspector.pids);
    const { roundTrips, allRoundTrips, seconds } = await load.run({
      port: inspector.port,
      size: 300,
      inFlight: 256,
      connections: 1,
      framing: options.framing,
      roundTrips: options.isQuick ? 300_000 : 1_500_000,
    });
    const processor = processorSeconds(inspector.pids) - before;
    return { tripsPerSecond: roundTrips / seconds, processorMicros: (processor * 1e6) / allRoundTrips };
  } finally {
    await inspector.stop();
  }
}
