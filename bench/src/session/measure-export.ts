/** What redaction costs: a session is exported by the built command as it is, and redacted. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { memoryOf, processorSeconds, start } from "../processes.ts";

/** From `bench/dist`, where this runs. */
const COMMAND = fileURLToPath(new URL("../../apps/proxy/bin/inspector.js", import.meta.url));
const LOOK_MS = 100;

type Cost = { readonly seconds: number; readonly processor: number; readonly peak: number };

export async function measureExport(file: string): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "inspector-bench-"));
  try {
    const plain = await exportOnce(file, join(folder, "plain.inspector"), ["--no-redact"]);
    report("as it is", plain);
    const redacted = await exportOnce(file, join(folder, "redacted.inspector"), []);
    report("redacted", redacted);
    const times = (redacted.processor / plain.processor).toFixed(2);
    process.stdout.write(`redacted takes ${times} times the processor time\n`);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Processor time and peak are those at the last look: the process ends within the next. */
async function exportOnce(file: string, output: string, options: readonly string[]): Promise<Cost> {
  const began = performance.now();
  const args = [COMMAND, "export", file, "--format", "inspector", "--output", output, ...options];
  const child = start(process.execPath, args, { stdio: "ignore" });
  const pid = child.pid ?? 0;
  let [processor, peak] = [0, 0];
  const looking = setInterval(() => {
    processor = Math.max(processor, processorSeconds([pid]));
    peak = Math.max(peak, memoryOf(pid).peak);
  }, LOOK_MS);
  const code = await new Promise((resolve) => child.once("exit", resolve));
  clearInterval(looking);
  if (code !== 0) {
    throw new Error(`the export ended with ${code}`);
  }
  return { seconds: (performance.now() - began) / 1000, processor, peak };
}

function report(what: string, { seconds, processor, peak }: Cost): void {
  const parts = [
    `${seconds.toFixed(1)} s`,
    `${processor.toFixed(1)} s of processor time`,
    `${(peak / 1024 / 1024).toFixed(0)} MiB at most`,
  ];
  process.stdout.write(`${what.padEnd(10)} ${parts.join(", ")}\n`);
}
