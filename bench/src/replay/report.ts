/** The table of the replay workload, and what has to be reached. */
import { atLeast, atMost, type Goal } from "../goal.ts";
import { median } from "../results.ts";
import { fixed, table } from "../table.ts";
import { type ArmedRound, type ArmedRun, REPLAYS_PER_SECOND, type ReplayCheck, type Turn } from "./check.ts";
import { armedRatios, type Ratios, turnRatios } from "./figures.ts";

const MICROS = 1000;

export function formatReplay(check: ReplayCheck): string {
  const { oneAtATime, pipelined, armed } = check;
  const flow = [
    ["", "without", "replays", "ratio", "two without"],
    turnRow("one at a time, p50 µs", oneAtATime, ({ p50 }) => p50 * MICROS),
    turnRow("one at a time, p99 µs", oneAtATime, ({ p99 }) => p99 * MICROS),
    turnRow("64 in flight, invocations/s", pipelined, ({ tripsPerSecond }) => tripsPerSecond),
    turnRow("  relay, CPU µs/invocation", pipelined, ({ relayMicros }) => relayMicros, 2),
    turnRow("  hub, cores", pipelined, ({ hubCores }) => hubCores, 2),
  ];
  const watch = [
    ["", "off", "on", "ratio", "two off"],
    armedRow("256 in flight, round trips/s", armed, ({ tripsPerSecond }) => tripsPerSecond),
    armedRow("relay, CPU µs/trip", armed, ({ processorMicros }) => processorMicros, 2),
  ];
  return [
    `replay: the host's own invocations while ${REPLAYS_PER_SECOND} replays of 3 KB a second flow`,
    ` (median of ${oneAtATime.length >> 1})\n`,
    table(flow),
    `  the worker answered ${said(oneAtATime)} and ${said(pipelined)}\n`,
    `replay: capture of HTTP, which makes the relay look at each message of a worker (median of ${armed.length})\n`,
    table(watch),
  ].join("");
}

export function judgeReplay(check: ReplayCheck | undefined): Goal[] {
  if (check === undefined) {
    return [];
  }
  const { oneAtATime, pipelined, armed } = check;
  return [
    atMost("one at a time while replays flow, p50 to that without", 1.1, turnRatios(oneAtATime, ({ p50 }) => p50).cost),
    atMost("one at a time while replays flow, p99 to that without", 1.3, turnRatios(oneAtATime, ({ p99 }) => p99).cost),
    atLeast(
      "64 in flight while replays flow, invocations/s to those without",
      0.9,
      turnRatios(pipelined, ({ tripsPerSecond }) => tripsPerSecond).cost,
    ),
    atLeast(
      "small messages with the capture of HTTP, round trips/s to those without",
      0.9,
      armedRatios(armed, ({ tripsPerSecond }) => tripsPerSecond).cost,
    ),
    {
      title: "replays that were asked for are sent",
      wanted: `${REPLAYS_PER_SECOND}/s`,
      measured: said(pipelined),
      isReached: [oneAtATime, pipelined].every((turns) => replaysPerSecond(turns) >= REPLAYS_PER_SECOND * 0.95),
    },
  ];
}

function turnRow(title: string, turns: readonly Turn[], read: (turn: Turn) => number, digits = 0): string[] {
  const without = median(turns.filter((_, n) => n % 2 === 0).map(read));
  const flowing = median(withReplays(turns).map(read));
  return [title, shown(without, digits), shown(flowing, digits), ...ratioCells(turnRatios(turns, read))];
}

function armedRow(title: string, rounds: readonly ArmedRound[], read: (run: ArmedRun) => number, digits = 0): string[] {
  const off = median(rounds.flatMap(({ unarmed }) => unarmed.map(read)));
  const on = median(rounds.map(({ armed }) => read(armed)));
  return [title, shown(off, digits), shown(on, digits), ...ratioCells(armedRatios(rounds, read))];
}

function shown(value: number | undefined, digits: number): string {
  return value === undefined || digits > 0 ? fixed(value, digits) : Math.round(value).toLocaleString("en-US");
}

function ratioCells({ cost, noise: [lowest, highest] }: Ratios): string[] {
  return [fixed(cost, 2), `${fixed(lowest, 2)}…${fixed(highest, 2)}`];
}

function said(turns: readonly Turn[]): string {
  const share = median(withReplays(turns).map(({ workerShare }) => workerShare));
  return `${replaysPerSecond(turns).toFixed(0)} replays/s (${fixed((share ?? 0) * 100, 2)} % of its time)`;
}

function replaysPerSecond(turns: readonly Turn[]): number {
  return median(withReplays(turns).map((turn) => turn.replaysPerSecond)) ?? 0;
}

function withReplays(turns: readonly Turn[]): readonly Turn[] {
  return turns.filter((_, n) => n % 2 === 1);
}
