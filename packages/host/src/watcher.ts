import { type FSWatcher, watch } from "node:fs";
import { readdir, stat } from "node:fs/promises";
import { basename, extname, join } from "node:path";

const IGNORED = new Set(["node_modules", ".git"]);
const CONFIGURATION_FILES = new Set(["host.json", "function.json", "local.settings.json", "package.json"]);
/** A save is several events, a build many: a restart waits until they have been over for this long, in ms. */
const DEBOUNCE = 300;

/** Whether a change of this file means that the app is another one: its configuration, or a script of its worker. */
export function isRestartCause(path: string, extensions: readonly string[]): boolean {
  return CONFIGURATION_FILES.has(basename(path)) || extensions.includes(extname(path));
}

export type AppWatcher = { close(): void };

/**
 * Watches an app's folder and all below it but node_modules and .git, and reports the last file that changed, once
 * things have been quiet for 300 ms.
 *
 * Each folder is watched by itself: a recursive watch cannot leave out node_modules, whose size exhausts the system's
 * watches on Linux.
 */
export async function watchApp(
  directory: string,
  extensions: () => readonly string[],
  onChange: (path: string) => void,
): Promise<AppWatcher> {
  const watchers = new Map<string, FSWatcher>();
  let timer: NodeJS.Timeout | undefined;
  let isClosed = false;

  const report = (path: string): void => {
    if (isRestartCause(path, extensions())) {
      clearTimeout(timer);
      timer = setTimeout(() => onChange(path), DEBOUNCE);
    }
  };
  const forget = (path: string): void => {
    watchers.get(path)?.close();
    watchers.delete(path);
  };
  const follow = async (path: string, isNew: boolean): Promise<void> => {
    if (isClosed || watchers.has(path) || IGNORED.has(basename(path))) {
      return;
    }
    const watcher = watch(path, (_, name) => {
      if (name !== null) {
        const changed = join(path, name);
        report(changed);
        void followIfFolder(changed);
      }
    });
    watcher.on("error", () => forget(path));
    watchers.set(path, watcher);
    for (const entry of await readdir(path, { withFileTypes: true })) {
      const child = join(path, entry.name);
      if (entry.isDirectory()) {
        await follow(child, isNew).catch(() => {});
      } else if (isNew) {
        report(child);
      }
    }
  };
  const followIfFolder = async (path: string): Promise<void> => {
    try {
      if ((await stat(path)).isDirectory()) {
        await follow(path, true);
      }
    } catch {
      forget(path);
    }
  };

  await follow(directory, false);
  return {
    close: () => {
      isClosed = true;
      clearTimeout(timer);
      for (const path of [...watchers.keys()]) {
        forget(path);
      }
    },
  };
}
