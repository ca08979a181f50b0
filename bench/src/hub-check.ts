/** Whether the hub keeps up with a steady stream of messages, and what it does after a burst. */
import { type CatchUp, catchUp } from "./lag.ts";
import type { Job } from "./load/job.ts";
import type { LoadGenerator } from "./load-generator.ts";
import type { Options } from "./options.ts";
import type { Target } from "./targets/target.ts";

export const PACED_MESSAGES = 100_000;
export const BURST_MESSAGES = 1_000_000;

export type Load = {
  readonly seconds: number;
  /** Messages each second that crossed. */
  readonly rate: number;
  /** Messages that had crossed and were not in the session when the load ended. */
  readonly behind: number;
  readonly catchUp: CatchUp;
};

export type HubCheck = { readonly paced: Load; readonly burst: Load };

/** A round trip is two messages: one of each side. */
export async function checkHub(load: LoadGenerator, target: Target, options: Options): Promise<HubCheck> {
  const { recorder, port } = target;
  if (recorder === undefined) {
    throw new Error("this target records nothing");
  }
  let expected = 0;
  const run = async (job: Pick<Job, "inFlight" | "roundTrips" | "rate">): Promise<Load> => {
    const { seconds, roundTrips, allRoundTrips } = await load.run({
      ...job,
      port,
      size: 300,
      connections: 1,
      framing: options.framing,
    });
    expected += allRoundTrips * 2;
    const behind = expected - (await recorder.state()).recorded;
    return { seconds, rate: (roundTrips * 2) / seconds, behind, catchUp: await catchUp(recorder, expected) };
  };
  const rate = PACED_MESSAGES / 2;
  return {
    paced: await run({ inFlight: rate, rate, roundTrips: rate * (options.isQuick ? 5 : 20) }),
    burst: await run({ inFlight: 256, roundTrips: BURST_MESSAGES / 2 }),
  };
}
