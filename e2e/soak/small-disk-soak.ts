/** A soak on a disk that is full for a while: traffic goes on, and what is recorded is in order. */
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { temporaryFolder } from "../inspector-process.ts";
import { readSession } from "../session-file.ts";
import { makeDisk } from "../small-disk.ts";
import { judgeDelays, judgeLeftovers, judgePeers, judgeWords } from "./judge.ts";
import { compareSome } from "./recorded.ts";
import { Resources } from "./resources.ts";
import { MESSAGES_PER_INVOCATION } from "./said.ts";
import { begin, end, factsOf, type Outcome, type SoakOptions, settle, stop, untilStarted } from "./soak.ts";
import { Waits } from "./waits.ts";

const DISK_MIB = 600;
/** Leaves room for some seconds of recording. */
const BALLAST_BYTES = 520 * 1024 * 1024;

export async function soakOnSmallDisk({ seed, rate, durationMs }: SoakOptions): Promise<Outcome> {
  const disk = makeDisk(DISK_MIB);
  const temporary = temporaryFolder();
  const folder = join(disk.path, "state");
  mkdirSync(folder);
  const scene = await begin(seed, { path: folder, remove: () => {} }, temporary.path);
  const resources = new Resources(scene.inspector, folder);
  const waits = new Waits(scene.inspector.process.pid ?? 0);
  try {
    await untilStarted(scene);
    await scene.host.order({ do: "pace", perSecond: rate / MESSAGES_PER_INVOCATION });
    const ballast = join(disk.path, "ballast");
    writeFileSync(ballast, Buffer.alloc(BALLAST_BYTES));
    await sleep(durationMs * 0.6);
    rmSync(ballast);
    await sleep(durationMs * 0.4);
    const sides = await settle(scene);
    const stopped = await stop(scene.inspector, resources);
    const recorded = await compareSome(scene.inspector.session, folder);
    const gaps = readSession(scene.inspector.session).events.filter(({ type }) => type === "gap").length;
    return {
      faults: [
        ...judgePeers(sides, rate * (durationMs / 1000)),
        ...judgeDelays(sides, waits.stalls),
        ...judgeWords(scene.inspector.stderr()),
        ...stopped.faults,
        ...judgeLeftovers(scene, resources.hubs, temporary.path),
        ...recorded.faults,
      ],
      facts: [...factsOf(sides, recorded.messages, resources, undefined, stopped.ms), ["gaps", String(gaps)]],
      log: scene.inspector.stderr().split("\n"),
    };
  } finally {
    resources.end();
    waits.end();
    await end(scene);
    temporary.remove();
    disk.remove();
  }
}
