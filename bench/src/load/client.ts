/** The load generator's process: takes a {@link Job}, answers with a {@link JobAnswer}, and waits for the next. */
import { createBlocks } from "./blocks.ts";
import { Call, STREAM } from "./call.ts";
import type { Job, JobAnswer, JobResult } from "./job.ts";
import { createMessage } from "./message.ts";

/** Nothing coming back for so long is a failure. */
const STALLED_MS = 30_000;
const TICK_MS = 1;

function run(job: Job): Promise<JobResult> {
  const total = job.roundTrips ?? Number.POSITIVE_INFINITY;
  const warmUp = job.roundTrips === undefined ? undefined : Math.floor(job.roundTrips / 20);
  const times = job.inFlight === 1 && job.connections === 1 && job.roundTrips ? new Float64Array(total) : undefined;
  const message = createMessage(job.size);
  const blocks = createBlocks(message, job.framing, STREAM);
  const calls: Call[] = [];
  const eachSecond: number[] = [];
  let open = 0;
  let closed = 0;
  let answered = 0;
  let answeredBefore = 0;
  let startedAt = 0;
  let beganAt = 0;
  let timedFrom = 0;
  let lastAt = 0;
  let endedAt = 0;

  return new Promise((resolve, reject) => {
    const clock = setInterval(everySecond, 1000);
    const pace = setInterval(() => job.rate !== undefined && beganAt > 0 && allow(job.rate), TICK_MS);
    let secondsBefore = 0;
    let stalledSince = performance.now();

    function everySecond(): void {
      const now = performance.now();
      if (answered > secondsBefore) {
        stalledSince = now;
      }
      if (beganAt > 0 && endedAt === 0) {
        eachSecond.push(answered - secondsBefore);
      }
      secondsBefore = answered;
      if (now - stalledSince > STALLED_MS) {
        fail(new Error(`nothing came back for ${STALLED_MS / 1000} s`));
      }
    }

    function fail(error: Error): void {
      clearInterval(clock);
      clearInterval(pace);
      for (const call of calls) {
        call.destroy();
      }
      reject(error);
    }

    function begin(): void {
      beganAt = performance.now();
      startedAt = beganAt;
      lastAt = beganAt;
      for (const [i, call] of calls.entries()) {
        const share = Math.floor(total / job.connections) + (i < total % job.connections ? 1 : 0);
        if (job.rate === undefined) {
          call.quota = total === Number.POSITIVE_INFINITY ? total : share;
        }
        call.pump();
      }
    }

    function allow(rate: number): void {
      const due = Math.min(Math.floor(((performance.now() - beganAt) / 1000) * rate), total);
      for (const call of calls) {
        call.quota = Math.floor(due / job.connections);
        call.pump();
      }
    }

    function onAnswered(count: number): void {
      answered += count;
      if (endedAt > 0) {
        return;
      }
      const now = times !== undefined || job.seconds !== undefined ? performance.now() : 0;
      if (times !== undefined) {
        times[answered - 1] = now - lastAt;
      }
      lastAt = now;
      if (timedFrom === 0 && isWarm(now)) {
        startedAt = performance.now();
        timedFrom = answered;
      }
      if (isOver(now)) {
        finish();
      }
    }

    function isWarm(now: number): boolean {
      return warmUp === undefined ? now - beganAt > 1000 : warmUp > 0 && answered >= warmUp;
    }

    function isOver(now: number): boolean {
      return job.seconds === undefined ? answered >= total : now - beganAt > job.seconds * 1000;
    }

    function finish(): void {
      endedAt = performance.now();
      answeredBefore = answered;
      for (const call of calls) {
        call.quota = 0;
      }
      endWhenAllIsBack();
    }

    function endWhenAllIsBack(): void {
      if (calls.some((call) => call.isBusy)) {
        setTimeout(endWhenAllIsBack, 5);
      } else {
        for (const call of calls) {
          call.end();
        }
      }
    }

    function onClosed(): void {
      closed += 1;
      if (closed < job.connections) {
        return;
      }
      clearInterval(clock);
      clearInterval(pace);
      resolve({
        ok: true,
        seconds: (endedAt - startedAt) / 1000,
        roundTrips: answeredBefore - timedFrom,
        allRoundTrips: answered,
        eachSecond,
        ...(times !== undefined && percentiles(times.subarray(timedFrom))),
      });
    }

    const onOpen = (): void => {
      open += 1;
      if (open === job.connections) {
        begin();
      }
    };
    for (let i = 0; i < job.connections; i++) {
      const { port, inFlight } = job;
      calls.push(new Call({ port, message, blocks, inFlight, onAnswered, onOpen, onClosed, onError: fail }));
    }
  });
}

function percentiles(times: Float64Array): { p50: number; p99: number } {
  const sorted = times.slice().sort();
  const at = (share: number): number => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
  return { p50: at(0.5), p99: at(0.99) };
}

async function answer(job: Job): Promise<JobAnswer> {
  try {
    return await run(job);
  } catch (error) {
    return { ok: false, reason: error instanceof Error ? error.message : String(error) };
  }
}

process.on("message", (job: Job) => void answer(job).then((said) => process.send?.(said)));
process.on("disconnect", () => process.exit());
