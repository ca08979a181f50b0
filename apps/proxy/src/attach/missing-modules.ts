import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { readPlainText } from "../read-file.ts";

/**
 * Whether an app names dependencies in its package.json and has no node_modules to find them in, in its folder or above.
 * @param directory where the app's process runs
 */
export function lacksModules(directory: string): boolean {
  if (!namesDependencies(join(directory, "package.json"))) {
    return false;
  }
  for (let folder = directory; ; folder = dirname(folder)) {
    if (existsSync(join(folder, "node_modules"))) {
      return false;
    }
    if (folder === dirname(folder)) {
      return true;
    }
  }
}

function namesDependencies(file: string): boolean {
  try {
    const content: unknown = JSON.parse(readPlainText(file));
    const { dependencies } = Object(content);
    return typeof dependencies === "object" && dependencies !== null && Object.keys(dependencies).length > 0;
  } catch {
    return false;
  }
}

/** What the event "process-spawned" says of an app's folder that lacks something. */
export function missingOf(directory: string | undefined): { readonly missing?: readonly string[] } {
  return directory !== undefined && lacksModules(directory) ? { missing: ["node_modules"] } : {};
}
