/** What the hub's memory does while the demo runs on: after its first minute it neither grows nor is large. */
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { atMost, type Goal } from "./goal.ts";
import type { Options } from "./options.ts";
import { childrenOf, commandLineOf, firstLine, hasProc, memoryOf, start, stop } from "./processes.ts";
import { table } from "./table.ts";

const MIB = 1024 * 1024;
const MINUTE_MS = 60_000;

/** Resident bytes of the hub at the end of each minute. */
export type DemoCheck = { readonly eachMinute: readonly number[] };

export async function checkDemo({ command, minutes }: Options, parent: string): Promise<DemoCheck> {
  if (!hasProc) {
    throw new Error("memory is told by Linux only");
  }
  const folder = join(parent, "demo");
  mkdirSync(folder);
  const child = start(process.execPath, [command, "demo", "--no-open", "--json"], {
    env: { ...process.env, XDG_STATE_HOME: folder },
  });
  try {
    await firstLine(child);
    const eachMinute: number[] = [];
    while (eachMinute.length < minutes) {
      await sleep(MINUTE_MS);
      const hub = childrenOf(child.pid ?? 0).find((pid) => commandLineOf(pid).includes("hub.js"));
      if (hub === undefined) {
        throw new Error("the demo has no hub");
      }
      eachMinute.push(memoryOf(hub).resident);
    }
    return { eachMinute };
  } finally {
    await stop(child, "SIGINT");
  }
}

export function formatDemo({ eachMinute }: DemoCheck): string {
  const rows = eachMinute.map((bytes, i) => [`${i + 1}`, (bytes / MIB).toFixed(0)]);
  return `demo: the hub's memory\n${table([["minute", "MiB"], ...rows])}`;
}

export function judgeDemo(check: DemoCheck | undefined): Goal[] {
  if (check === undefined) {
    return [];
  }
  const { eachMinute } = check;
  const [first, last] = [eachMinute[0], eachMinute.at(-1)];
  const growth = first === undefined || last === undefined ? undefined : last / first;
  return [
    atMost("the hub's memory during the demo, MB", 150, Math.max(0, ...eachMinute) / 1e6),
    atMost("its memory at the end, to that after a minute", 1.1, growth),
  ];
}
