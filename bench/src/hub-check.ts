/** Whether the hub keeps up with a steady stream of messages, and what it does after a burst. */
import { type CatchUp, catchUp, type LagSample, watchLag } from "./lag.ts";
import type { LoadGenerator } from "./load-generator.ts";
import type { Options } from "./options.ts";
import type { Target } from "./targets/target.ts";

export const PACED_MESSAGES = 100_000;
export const BURST_MESSAGES = 1_000_000;
const SIZE = 300;
const RECORDED_BYTES = SIZE + 5;

export type HubCheck = {
  readonly paced: {
    readonly seconds: number;
    /** Messages each second that crossed. */
    readonly rate: number;
    /** Most messages behind in the second half. */
    readonly mostBehind: number;
    readonly catchUp: CatchUp;
    readonly samples: readonly LagSample[];
  };
  readonly burst: { readonly seconds: number; readonly mostBehind: number; readonly catchUp: CatchUp };
};

/** A round trip is two messages: one of each side. */
export async function checkHub(load: LoadGenerator, target: Target, options: Options): Promise<HubCheck> {
  const { recorder, port } = target;
  if (recorder === undefined) throw new Error("this target records nothing");
  const common = { port, size: SIZE, connections: 1, framing: options.framing };
  const seconds = options.isQuick ? 5 : 20;
  const rate = PACED_MESSAGES / 2;

  const pacedLag = watchLag(recorder);
  const paced = await load.run({ ...common, inFlight: rate, rate, roundTrips: rate * seconds });
  await pacedLag.stop();
  let expected = paced.allRoundTrips * 2;
  const afterPace = await catchUp(recorder, expected);

  const burstLag = watchLag(recorder);
  const burst = await load.run({ ...common, inFlight: 256, roundTrips: BURST_MESSAGES / 2 });
  await burstLag.stop();
  expected += burst.allRoundTrips * 2;
  const afterBurst = await catchUp(recorder, expected);

  const half = pacedLag.samples.slice(Math.floor(pacedLag.samples.length / 2));
  return {
    paced: {
      seconds: paced.seconds,
      rate: (paced.roundTrips * 2) / paced.seconds,
      mostBehind: mostBehind(half),
      catchUp: afterPace,
      samples: pacedLag.samples,
    },
    burst: { seconds: burst.seconds, mostBehind: mostBehind(burstLag.samples), catchUp: afterBurst },
  };
}

function mostBehind(samples: readonly LagSample[]): number {
  return Math.round(Math.max(0, ...samples.map(({ behind }) => behind)) / RECORDED_BYTES);
}
