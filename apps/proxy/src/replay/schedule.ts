import { setTimeout as sleep } from "node:timers/promises";
import type { RecordedCall } from "./recorded-calls.ts";

/** "order": each after the answer of the one before. "recorded": as far apart as they began. */
export type Timing = "order" | "recorded";

/** Runs something for every invocation; the results are in the order of the invocations. */
export async function runAll<Result>(
  calls: readonly RecordedCall[],
  timing: Timing,
  run: (call: RecordedCall) => Promise<Result>,
  onProgress: (done: number) => void,
): Promise<Result[]> {
  let done = 0;
  const counted = async (call: RecordedCall): Promise<Result> => {
    const result = await run(call);
    done += 1;
    onProgress(done);
    return result;
  };
  if (timing === "order") {
    const results: Result[] = [];
    for (const call of calls) {
      results.push(await counted(call));
    }
    return results;
  }
  const first = calls[0]?.row.startedAt ?? 0;
  const startedAt = performance.now();
  return await Promise.all(
    calls.map(async (call) => {
      const offset = ((call.row.startedAt ?? first) - first) / 1e6;
      await sleep(Math.max(offset - (performance.now() - startedAt), 0));
      return await counted(call);
    }),
  );
}
