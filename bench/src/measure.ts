/** One run of one workload against one target. */

import { type CatchUp, catchUp } from "./lag.ts";
import type { Job } from "./load/job.ts";
import type { LoadGenerator } from "./load-generator.ts";
import { hasProc, memoryOf, processorSeconds, resetPeak } from "./processes.ts";
import type { Target } from "./targets/target.ts";

export type Run = {
  readonly tripsPerSecond: number;
  readonly seconds: number;
  /** Milliseconds. */
  readonly p50?: number;
  readonly p99?: number;
  /** Microseconds of processor time that forwarding one round trip took; 0 where it cannot be known. */
  readonly processorMicros: number;
  /** The most resident bytes of what forwards, and how much more that is than before the run. */
  readonly peakBytes: number;
  readonly extraBytes: number;
  readonly eachSecond: readonly number[];
  readonly recorder?: RecorderRun;
};

export type RecorderRun = {
  readonly peakBytes: number;
  readonly extraBytes: number;
  /** Messages that had crossed and were not in the session when the load ended. */
  readonly behind: number;
  /** Of the recorder, until it had caught up where that was waited for. */
  readonly processorSeconds: number;
  readonly catchUp?: CatchUp;
};

export type MeasureOptions = {
  /** Whether to wait until the recorder has everything. */
  readonly waitsForRecorder: boolean;
  readonly warmUp: Omit<Job, "port"> | undefined;
};

export async function measure(
  load: LoadGenerator,
  target: Target,
  job: Omit<Job, "port">,
  { waitsForRecorder, warmUp }: MeasureOptions,
): Promise<Run> {
  const { recorder, pids } = target;
  const before = warmUp === undefined ? 0 : await warm(load, target, warmUp);
  const memory = watchMemory(pids);
  const recorderPids = hasProc && recorder !== undefined ? [recorder.pid] : [];
  const recorderMemory = watchMemory(recorderPids);
  const recorderBefore = processorSeconds(recorderPids);
  const processorBefore = processorSeconds(pids);
  const result = await load.run({ ...job, port: target.port });
  const processor = processorSeconds(pids) - processorBefore;
  const expected = before + result.allRoundTrips * 2;
  const behind = expected - ((await recorder?.state())?.recorded ?? expected);
  const caughtUp = recorder !== undefined && waitsForRecorder ? await catchUp(recorder, expected) : undefined;
  return {
    tripsPerSecond: result.roundTrips / result.seconds,
    seconds: result.seconds,
    ...(result.p50 !== undefined && { p50: result.p50 }),
    ...(result.p99 !== undefined && { p99: result.p99 }),
    processorMicros: (processor * 1e6) / result.allRoundTrips,
    ...memory(),
    eachSecond: result.eachSecond,
    ...(recorder !== undefined && {
      recorder: {
        ...recorderMemory(),
        behind,
        processorSeconds: processorSeconds(recorderPids) - recorderBefore,
        ...(caughtUp !== undefined && { catchUp: caughtUp }),
      },
    }),
  };
}

/** @returns how many messages are recorded by it. */
async function warm(load: LoadGenerator, { port, recorder }: Target, job: Omit<Job, "port">): Promise<number> {
  const { allRoundTrips } = await load.run({ ...job, port });
  if (recorder !== undefined) {
    await catchUp(recorder, allRoundTrips * 2);
  }
  return allRoundTrips * 2;
}

/** Begins now; the function that it returns tells the peak since, over all the processes. */
function watchMemory(pids: readonly number[]): () => { peakBytes: number; extraBytes: number } {
  for (const pid of pids) {
    resetPeak(pid);
  }
  const before = pids.reduce((sum, pid) => sum + memoryOf(pid).resident, 0);
  return () => {
    const peakBytes = pids.reduce((sum, pid) => sum + memoryOf(pid).peak, 0);
    return { peakBytes, extraBytes: Math.max(peakBytes - before, 0) };
  };
}
