import type { Job } from "./load/job.ts";
import type { Options } from "./options.ts";

export const TARGET_NAMES = ["direct", "haproxy", "nginx", "nginx-tuned", "grpc-js", "inspector"] as const;
export type TargetName = (typeof TARGET_NAMES)[number];

export type Workload = {
  readonly name: "small" | "sustained" | "latency" | "large" | "huge" | "connections";
  readonly title: string;
  readonly rounds: number;
  readonly targets: readonly TargetName[];
  readonly job: (target: TargetName) => Omit<Job, "port">;
  /** Runs before, unmeasured. */
  readonly warmUp?: Omit<Job, "port">;
};

const MIB = 1024 * 1024;
const SMALL_BYTES = 300;

/** grpc-js is so much slower that a thirtieth of the round trips takes as long. */
const GRPC_JS_SHARE = 30;

export function createWorkloads({ isQuick, framing }: Options): Workload[] {
  const few = isQuick ? 10 : 1;
  const rounds = isQuick ? 1 : 3;
  const trips = (full: number) => (target: TargetName) =>
    Math.ceil(full / few / (target === "grpc-js" ? GRPC_JS_SHARE : 1));
  const small = { size: SMALL_BYTES, framing };
  return [
    {
      name: "small",
      title: "300-byte messages, 256 in flight",
      rounds: isQuick ? 3 : 5,
      targets: TARGET_NAMES,
      job: (target) => ({
        ...small,
        inFlight: 256,
        connections: 1,
        roundTrips: trips(isQuick ? 10_000_000 : 3_000_000)(target),
      }),
    },
    {
      name: "sustained",
      title: "the same without a pause: a minute for the inspector, a quarter of one for the others",
      rounds: 1,
      targets: ["haproxy", "nginx", "nginx-tuned", "inspector"],
      job: (target) => ({
        ...small,
        inFlight: 256,
        connections: 1,
        seconds: (target === "inspector" ? 60 : 15) / (isQuick ? 6 : 1),
      }),
    },
    {
      name: "latency",
      title: "300-byte messages, one at a time",
      rounds,
      targets: TARGET_NAMES,
      job: () => ({ ...small, inFlight: 1, connections: 1, roundTrips: 20_000 / (isQuick ? 4 : 1) }),
    },
    {
      name: "large",
      title: "1 MiB messages, 4 in flight",
      rounds,
      targets: TARGET_NAMES,
      job: (target) => ({
        size: MIB,
        framing,
        inFlight: 4,
        connections: 1,
        roundTrips: Math.ceil(2000 / few / (target === "grpc-js" ? 4 : 1)),
      }),
    },
    {
      name: "huge",
      title: "one 256 MiB message",
      rounds: 1,
      targets: ["direct", "haproxy", "nginx", "nginx-tuned", "inspector"],
      // Memory is told against that of a process which has worked, not of one that has only just started.
      warmUp: { ...small, inFlight: 256, connections: 1, roundTrips: 20_000 },
      job: () => ({ size: 256 * MIB, framing, inFlight: 1, connections: 1, roundTrips: 1 }),
    },
    {
      name: "connections",
      title: "300-byte messages over 100 connections, 16 in flight on each",
      rounds,
      targets: TARGET_NAMES,
      job: (target) => ({ ...small, inFlight: 16, connections: 100, roundTrips: trips(1_000_000)(target) }),
    },
  ];
}
