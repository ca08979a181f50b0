// What a shim costs: starts of a small worker with it and without it take turns, below one `inspector run`.
// Run with --rounds N (30 unless said otherwise); --json prints the figures alone.
import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";

const COMMAND = fileURLToPath(new URL("../apps/proxy/bin/inspector.js", import.meta.url));
const SHIM = "languageWorkers__node__defaultExecutablePath";
/** What the shim may cost; see bench/README.md. */
const GOALS = { added: 80, memory: 45 };

const { values } = parseArgs({ options: { rounds: { type: "string" }, json: { type: "boolean" } } });
const rounds = Number(values.rounds ?? 30);

if (process.env[SHIM] === undefined) {
  startBelowRun();
} else {
  await measure(process.env[SHIM]);
}

function startBelowRun() {
  const state = mkdtempSync(join(tmpdir(), "inspector-bench-"));
  const self = [process.execPath, fileURLToPath(import.meta.url), ...process.argv.slice(2)];
  const run = spawn(process.execPath, [COMMAND, "run", "--headless", "--", ...self], {
    stdio: ["ignore", "inherit", "inherit"],
    env: { ...process.env, XDG_STATE_HOME: state },
  });
  run.once("exit", (code) => {
    rmSync(state, { recursive: true, force: true });
    process.exitCode = code ?? 1;
  });
}

/** @param {string} shim */
async function measure(shim) {
  const folder = mkdtempSync(join(tmpdir(), "inspector-worker-"));
  const worker = join(folder, "worker.js");
  writeFileSync(worker, 'process.stdout.write("up"); setInterval(() => {}, 1000);');
  const id = () =>
    `8d3cc6d1-27a3-4f0f-9f5e-${Math.floor(Math.random() * 2 ** 48)
      .toString(16)
      .padStart(12, "0")}`;
  const args = () => [worker, "--functions-uri", "http://127.0.0.1:9/", "--functions-worker-id", id()];
  const direct = [];
  const shimmed = [];
  const memory = [];
  // The first of each warms the file cache.
  for (let round = -1; round < rounds; round++) {
    const without = await timeOf(process.execPath, args());
    const within = await timeOf(shim, args());
    if (round >= 0) {
      direct.push(without.ms);
      shimmed.push(within.ms);
      memory.push(within.rss);
    }
  }
  rmSync(folder, { recursive: true, force: true });
  const added = shimmed.map((ms, n) => ms - (direct[n] ?? 0));
  const figures = {
    rounds,
    direct: spread(direct),
    shim: spread(shimmed),
    added: spread(added),
    memory: spread(memory),
    goals: GOALS,
  };
  console.log(values.json ? JSON.stringify(figures) : table(figures));
  process.exitCode = figures.added.median <= GOALS.added && figures.memory.median <= GOALS.memory ? 0 : 1;
}

/** Milliseconds from the start to the worker's first words, and the memory of what was started, in MiB. */
async function timeOf(file, args) {
  const begun = performance.now();
  const child = spawn(file, args, { stdio: ["ignore", "pipe", "inherit"] });
  await new Promise((resolve) => child.stdout.once("data", resolve));
  const ms = performance.now() - begun;
  const rss = memoryOf(child.pid);
  child.kill("SIGTERM");
  await new Promise((resolve) => child.once("exit", resolve));
  return { ms, rss };
}

function memoryOf(pid) {
  try {
    return Number(/VmRSS:\s+(\d+)/u.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1]) / 1024;
  } catch {
    return Number.NaN;
  }
}

function spread(numbers) {
  const sorted = [...numbers].sort((a, b) => a - b);
  const at = (part) => Math.round((sorted[Math.floor((sorted.length - 1) * part)] ?? 0) * 10) / 10;
  return { min: at(0), median: at(0.5), p90: at(0.9) };
}

function table({ direct, shim, added, memory }) {
  const row = (name, { min, median, p90 }, unit) =>
    `${name.padEnd(22)} ${[min, median, p90].map((one) => `${one} ${unit}`.padStart(11)).join("")}`;
  return [
    `${rounds} starts of each            min     median        p90`,
    row("direct start", direct, "ms"),
    row("through the shim", shim, "ms"),
    row("added", added, "ms"),
    row("memory of the shim", memory, "MiB"),
    `goals: at most ${GOALS.added} ms added and ${GOALS.memory} MiB, by the median`,
  ].join("\n");
}
