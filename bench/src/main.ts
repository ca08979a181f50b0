/** Runs every workload against every target in turn, prints tables, and leaves the figures in bench/results. */
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { cpus, loadavg, tmpdir, totalmem } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { checkDemo, formatDemo } from "./demo-check.ts";
import { checkHub } from "./hub-check.ts";
import { type LoadGenerator, startLoadGenerator } from "./load-generator.ts";
import { measure } from "./measure.ts";
import { HELP, type Options, parseOptions } from "./options.ts";
import { firstLine, hasProc, start, stop } from "./processes.ts";
import { checkReplay } from "./replay/check.ts";
import { formatReplay } from "./replay/report.ts";
import { formatGoals, formatWorkload } from "./report.ts";
import type { Results, WorkloadResult } from "./results.ts";
import { saveResults } from "./save-results.ts";
import { startInspector } from "./targets/inspector.ts";
import { startDirect, startGrpcJs, startHaproxy, startNginx, startTunedNginx } from "./targets/proxies.ts";
import { NotInstalled, type StartTarget, type Target } from "./targets/target.ts";
import { createWorkloads, TARGET_NAMES, type TargetName, type Workload } from "./workloads.ts";

const PROXIES = {
  direct: startDirect,
  haproxy: startHaproxy,
  nginx: startNginx,
  "nginx-tuned": startTunedNginx,
  "grpc-js": startGrpcJs,
} as const;

/** What every run needs: the load generator, the echo server's port, and the proxies that stay for all of it. */
type Stage = {
  readonly options: Options;
  readonly load: LoadGenerator;
  readonly echo: number;
  readonly folder: string;
  readonly proxies: ReadonlyMap<TargetName, Target>;
};

const say = (text: string): void => void process.stdout.write(text);

async function main(): Promise<void> {
  const options = parseOptions(process.argv.slice(2));
  if (options === undefined) {
    return say(HELP);
  }
  if (!existsSync(options.command)) {
    throw new Error(`${options.command} is not there`);
  }
  const folder = mkdtempSync(join(tmpdir(), "inspector-bench-"));
  process.on("exit", () => rmSync(folder, { recursive: true, force: true, maxRetries: 3 }));
  const echo = start(process.execPath, [fileURLToPath(new URL("./echo.js", import.meta.url))]);
  const load = startLoadGenerator();
  const proxies = new Map<TargetName, Target>();
  const results: Results = { environment: environment(), workloads: [], skipped: {} };
  try {
    const port = Number(await firstLine(echo));
    const stage: Stage = { options, load, echo: port, folder, proxies };
    for (const name of wanted(options)) {
      if (name !== "inspector") {
        await startProxy(stage, proxies, name, PROXIES[name], results);
      }
    }
    announce(results);
    for (const workload of createWorkloads(options)) {
      if (!isWanted(options, workload.name)) {
        continue;
      }
      const result = await runWorkload(stage, workload);
      results.workloads.push(result);
      say(`\n${formatWorkload(result)}`);
    }
    if (isWanted(options, "hub")) {
      results.hub = await withInspector(stage, (one) => checkHub(load, one, options));
    }
    if (isWanted(options, "replay")) {
      results.replay = await checkReplay(stage);
      say(`\n${formatReplay(results.replay)}`);
    }
    if (options.only.includes("demo")) {
      results.demo = await checkDemo(options, folder);
      say(`\n${formatDemo(results.demo)}`);
    }
    say(`\n${formatGoals(results)}`);
    say(`\n${saveResults(results)}\n`);
  } finally {
    for (const proxy of proxies.values()) {
      await proxy.stop();
    }
    await load.stop();
    await stop(echo);
  }
}

/** Targets asked for: the direct connection always, since latency is told by what is added to it. */
function wanted({ only }: Options): TargetName[] {
  const named = TARGET_NAMES.filter((name) => only.includes(name));
  return named.length === 0 ? [...TARGET_NAMES] : ["direct", ...named.filter((name) => name !== "direct")];
}

function isWanted({ only }: Options, workload: string): boolean {
  const named = only.filter((name) => !TARGET_NAMES.some((target) => target === name));
  return named.length === 0 || named.includes(workload);
}

async function startProxy(
  { echo, folder }: Stage,
  proxies: Map<TargetName, Target>,
  name: TargetName,
  startTarget: StartTarget,
  results: Results,
): Promise<void> {
  try {
    proxies.set(name, await startTarget(echo, folder));
  } catch (error) {
    if (!(error instanceof NotInstalled)) {
      throw error;
    }
    results.skipped[name] = error.message;
  }
}

async function runWorkload(stage: Stage, workload: Workload): Promise<WorkloadResult> {
  const result: WorkloadResult = { name: workload.name, title: workload.title, runs: {}, failed: {} };
  const targets = wanted(stage.options).filter((name) => workload.targets.includes(name));
  for (let round = 0; round < workload.rounds; round++) {
    for (const name of targets) {
      if (result.failed[name] !== undefined) {
        continue;
      }
      const job = workload.job(name);
      try {
        const proxy = stage.proxies.get(name);
        // Its lag is the same in each round, so the hub is waited for in the first only.
        const run = (target: Target) =>
          measure(stage.load, target, job, {
            waitsForRecorder: round === 0 && !stage.options.isQuick,
            warmUp: workload.warmUp,
          });
        const done = name === "inspector" ? await withInspector(stage, run) : proxy && (await run(proxy));
        if (done !== undefined) {
          result.runs[name] = [...(result.runs[name] ?? []), done];
        }
      } catch (error) {
        result.failed[name] = error instanceof Error ? error.message : String(error);
      }
    }
  }
  return result;
}

/** A fresh recording for each run, gone at its end, so that a hub at work never slows the next target down. */
async function withInspector<Result>(stage: Stage, run: (target: Target) => Promise<Result>): Promise<Result> {
  const target = await startInspector(stage.options.command, stage.echo, stage.folder);
  try {
    return await run(target);
  } finally {
    await target.stop();
  }
}

function environment(): Record<string, string> {
  const [processor] = cpus();
  return {
    date: new Date().toISOString(),
    node: process.version,
    platform: `${process.platform} ${process.arch}`,
    processor: `${cpus().length} x ${processor?.model.trim() ?? "?"}`,
    memory: `${Math.round(totalmem() / 2 ** 30)} GiB`,
    load: loadavg()
      .map((value) => value.toFixed(1))
      .join(" "),
  };
}

function announce({ environment: facts, skipped }: Results): void {
  say(
    `${Object.entries(facts)
      .map(([name, value]) => `${name} ${value}`)
      .join(", ")}\n`,
  );
  for (const [name, reason] of Object.entries(skipped)) {
    say(`SKIPPED ${name}: ${reason}\n`);
  }
  if (!hasProc) {
    say("no /proc here: memory and processor time are not measured\n");
  }
}

try {
  await main();
} catch (error) {
  process.stderr.write(`bench: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
