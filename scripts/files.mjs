import { existsSync, readdirSync, statSync } from "node:fs";

export { existsSync };

/** Folders that match patterns with at most one trailing star: enough for a list of workspaces. */
export function globSync(patterns) {
  return patterns.flatMap((pattern) => {
    if (!pattern.endsWith("/*")) {
      return existsSync(pattern) ? [pattern] : [];
    }
    const parent = pattern.slice(0, -2);
    return readdirSync(parent)
      .map((name) => `${parent}/${name}`)
      .filter((path) => statSync(path).isDirectory());
  });
}
