import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";

export type Options = {
  /** Small runs for a first impression; the figures are noisy. */
  readonly isQuick: boolean;
  /** Workloads and targets to run; all where it is empty. `direct` always runs. */
  readonly only: readonly string[];
  readonly framing: "one" | "many";
  /** How long the demo runs. */
  readonly minutes: number;
  /** Script of the command under test. */
  readonly command: string;
};

export const HELP = `npm run bench -- [--quick] [--only NAME]... [--framing many|one] [--minutes N] [--command FILE]

  --quick         about a minute instead of ten; noisy
  --only NAME     a workload (small, sustained, latency, large, huge, connections, hub,
                  replay) or a target (haproxy, nginx, nginx-tuned, grpc-js, inspector);
                  may be given more than once; demo runs only where it is named
  --minutes N     how long demo goes on (20)
  --framing one   one message in each DATA frame, as grpc-js sends them, instead of as many as fit
  --command FILE  another build of the inspector, instead of this clone's
`;

/** @throws what node:util throws for options that do not exist. */
export function parseOptions(args: readonly string[]): Options | undefined {
  const { values } = parseArgs({
    args: [...args],
    options: {
      quick: { type: "boolean", default: false },
      only: { type: "string", multiple: true, default: [] },
      framing: { type: "string", default: "many" },
      minutes: { type: "string", default: "20" },
      command: { type: "string" },
      help: { type: "boolean", default: false },
    },
  });
  if (values.help) {
    return undefined;
  }
  return {
    isQuick: values.quick,
    only: values.only,
    minutes: Number(values.minutes),
    framing: values.framing === "one" ? "one" : "many",
    command: values.command ?? fileURLToPath(new URL("../../apps/proxy/bin/inspector.js", import.meta.url)),
  };
}
