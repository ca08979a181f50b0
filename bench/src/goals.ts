/** The figures that the inspector has to reach. */

import { judgeDemo } from "./demo-check.ts";
import { atLeast, atMost, type Goal } from "./goal.ts";
import { BURST_MESSAGES, type Load, PACED_MESSAGES } from "./hub-check.ts";
import type { Run } from "./measure.ts";
import { judgeReplay } from "./replay/report.ts";
import { figure, type Results, ratio } from "./results.ts";
import type { TargetName, Workload } from "./workloads.ts";

const MIB = 1024 * 1024;

export function judge(results: Results): Goal[] {
  const of = (name: Workload["name"]) => results.workloads.find((one) => one.name === name);
  const speed = (name: Workload["name"], target: TargetName): number | undefined =>
    ratio(figure(of(name), "inspector", tripsPerSecond), figure(of(name), target, tripsPerSecond));
  const huge = of("huge");
  const relay = figure(huge, "inspector", (run) => run.extraBytes);
  const recorder = figure(huge, "inspector", (run) => run.recorder?.extraBytes);
  const p99 = figure(of("latency"), "inspector", (run) => run.p99);
  const latency = ratio(
    figure(of("latency"), "inspector", (run) => run.p50),
    figure(of("latency"), "nginx", (run) => run.p50),
  );
  return [
    atLeast("small messages, round trips/s to nginx's", 1.3, speed("small", "nginx")),
    atLeast("small messages, to HAProxy's", 0.9, speed("small", "haproxy")),
    atLeast("small messages, to the grpc-js pass-through's", 30, speed("small", "grpc-js")),
    atLeast("for a minute, to nginx's", 1.15, speed("sustained", "nginx")),
    atLeast("for a minute, to HAProxy's", 0.85, speed("sustained", "haproxy")),
    atLeast("100 connections, to nginx's", 1, speed("connections", "nginx")),
    atLeast("1 MiB messages, to nginx's", 1.3, speed("large", "nginx")),
    atMost("one at a time, p50 to nginx's", 1.2, latency),
    atMost("one at a time, p99, µs", 250, p99 === undefined ? p99 : p99 * 1000),
    atMost("a 256 MiB message, more memory in the relay, MiB", 32, relay === undefined ? relay : relay / MIB),
    atMost("a 256 MiB message, more memory in the hub, MiB", 64, recorder === undefined ? recorder : recorder / MIB),
    ...judgeHub(results),
    ...judgeReplay(results.replay),
    ...judgeDemo(results.demo),
  ];
}

function judgeHub({ hub }: Results): Goal[] {
  if (hub === undefined) {
    return [];
  }
  const { paced, burst } = hub;
  // Up to a second behind is what batches and the looking itself make; more would be growing.
  const isKeepingUp = paced.rate > PACED_MESSAGES * 0.98 && paced.behind < PACED_MESSAGES && paced.catchUp.lost === 0;
  return [
    {
      title: "the hub keeps up",
      wanted: `${whole(PACED_MESSAGES)} messages/s`,
      measured: `${whole(paced.rate)} messages/s, ${saidOf(paced)}`,
      isReached: isKeepingUp,
    },
    {
      title: "the hub catches up",
      wanted: `after ${whole(BURST_MESSAGES)} messages`,
      measured: `in ${burst.seconds.toFixed(2)} s, ${saidOf(burst)}`,
      isReached: burst.catchUp.lost === 0,
    },
    atLeast("the hub catches up, messages/s", 250_000, BURST_MESSAGES / (burst.seconds + burst.catchUp.seconds)),
  ];
}

function saidOf({ behind, catchUp }: Load): string {
  return `${whole(behind)} behind, caught up in ${catchUp.seconds.toFixed(1)} s, ${whole(catchUp.lost)} lost`;
}

function tripsPerSecond(run: Run): number {
  return run.tripsPerSecond;
}

function whole(value: number): string {
  return Math.round(value).toLocaleString("en-US");
}
