/** How fast the hub's writer takes messages that are made already: `node session.mjs write FILE`. */
import { rmSync } from "node:fs";
import { createSessionFile, writeBatch } from "./generate.ts";
import { type Sent, traffic } from "./traffic.ts";

const BATCH = 10_000;
const BATCHES = 40;

/** @returns messages a second of processor time */
export function measureWriting(file: string): number {
  const made = [...traffic(BATCH * BATCHES, 5000)];
  const batches = Array.from({ length: BATCHES }, (_, n): Sent[] => made.slice(n * BATCH, (n + 1) * BATCH));
  const session = createSessionFile(file);
  const began = process.cpuUsage();
  for (const batch of batches) {
    writeBatch(session, batch);
  }
  const { user, system } = process.cpuUsage(began);
  session.database.close();
  for (const path of [file, `${file}-wal`, `${file}-shm`]) {
    rmSync(path, { force: true });
  }
  return (BATCH * BATCHES * 1e6) / (user + system);
}
