/** Where host and worker keep shared memory maps on Linux, and where links to them wait to be copied. */
import { readdirSync, rmSync } from "node:fs";
import { basename, join } from "node:path";

/** Below each root. Host: SharedMemoryConstants.cs; Python worker: shared_memory_constants.py. */
const MAPS = "AzureFunctions";
const SETTING = "FUNCTIONS_UNIX_SHARED_MEMORY_DIRECTORIES";
const DEFAULT_ROOT = "/dev/shm";
const OURS = "inspector-";

/** A folder with maps, and the one for links beside it, on the same file system. */
export type MapFolder = { readonly maps: string; readonly links: string };

/**
 * @param recording name of the journal, which no other relay has
 * @returns none on Windows, where maps have no files
 */
export function mapFolders(recording: string, env: NodeJS.ProcessEnv = process.env): MapFolder[] {
  if (process.platform === "win32") {
    return [];
  }
  const roots = (env[SETTING] ?? DEFAULT_ROOT).split(",").map((root) => root.trim());
  return roots
    .filter((root) => root !== "")
    .map((root) => ({ maps: join(root, MAPS), links: join(root, `${OURS}${recording}`) }));
}

/** @param name a map's, from a message: whatever it is, the path is one within the folder */
export function mapFile({ maps }: MapFolder, name: string): string | undefined {
  const escaped = encodeURIComponent(name);
  return /^\.{0,2}$/u.test(escaped) ? undefined : join(maps, escaped);
}

/** Takes links up to a number away, of which nothing is to be copied any more. */
export function removeLinksUpTo(folders: readonly string[], number: number): void {
  for (const folder of folders.filter(isOurs)) {
    for (const name of listed(folder)) {
      if (Number(name) <= number) {
        rmSync(join(folder, name), { force: true });
      }
    }
  }
}

function listed(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return []; // Nothing was linked yet.
  }
}

function isOurs(folder: string): boolean {
  return basename(folder).startsWith(OURS);
}

/** Takes folders of links away, once all of them are copied. */
export function removeLinks(folders: readonly string[]): void {
  for (const folder of folders.filter(isOurs)) {
    rmSync(folder, { recursive: true, force: true });
  }
}
