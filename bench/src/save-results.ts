import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

/** Leaves the figures of a run in bench/results, under its date. Returns the file's path. */
export function saveResults(
  results: { readonly environment: Readonly<Record<string, string>> },
  prefix: string = "",
): string {
  // From the bundle in bench/dist.
  const folder = fileURLToPath(new URL("../results/", import.meta.url));
  mkdirSync(folder, { recursive: true });
  const file = join(folder, `${prefix}${results.environment["date"]?.replaceAll(":", "-")}.json`);
  writeFileSync(file, `${JSON.stringify(results, undefined, 2)}\n`);
  return file;
}
