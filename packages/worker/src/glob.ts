import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";

/**
 * Files below `directory` that match a pattern as it may stand in `main` of a package.json, as paths relative to it with
 * "/" between folders, sorted. Knows `*`, `?`, `**`, `[…]` and `{a,b}`. Wildcards pass over names that start with a dot,
 * and `**` over node_modules.
 */
export async function findFiles(directory: string, pattern: string): Promise<string[]> {
  const found = new Set<string>();
  for (const plain of expandBraces(pattern)) {
    const segments = plain.split("/").filter((segment) => segment !== "" && segment !== ".");
    await walk(directory, [], segments, found);
  }
  return [...found].sort();
}

async function walk(root: string, path: readonly string[], segments: readonly string[], found: Set<string>) {
  const [segment, ...rest] = segments;
  if (segment === undefined) {
    return;
  }
  if (segment === "**") {
    await walk(root, path, rest, found);
    for (const name of await names(root, path)) {
      if (isVisible(name) && name !== "node_modules" && (await isKind(root, [...path, name], "folder"))) {
        await walk(root, [...path, name], segments, found);
      }
    }
    return;
  }
  for (const name of hasWildcard(segment) ? await matching(root, path, segment) : [segment]) {
    const next = [...path, name];
    if (rest.length > 0) {
      await walk(root, next, rest, found);
    } else if (await isKind(root, next, "file")) {
      found.add(next.join("/"));
    }
  }
}

async function matching(root: string, path: readonly string[], segment: string): Promise<string[]> {
  const matcher = segmentMatcher(segment);
  return (await names(root, path)).filter((name) => matcher.test(name) && (isVisible(name) || segment.startsWith(".")));
}

async function names(root: string, path: readonly string[]): Promise<string[]> {
  return readdir(join(root, ...path)).catch(() => []);
}

async function isKind(root: string, path: readonly string[], kind: "file" | "folder"): Promise<boolean> {
  const stats = await stat(join(root, ...path)).catch(() => undefined);
  return stats !== undefined && (kind === "file" ? stats.isFile() : stats.isDirectory());
}

function isVisible(name: string): boolean {
  return !name.startsWith(".");
}

function hasWildcard(segment: string): boolean {
  return /[*?[]/.test(segment);
}

/** "a{b,c{d,e}}" is "ab", "acd", "ace". Braces without a comma or without an end stand for themselves. */
export function expandBraces(pattern: string): string[] {
  for (let open = pattern.indexOf("{"); open >= 0; open = pattern.indexOf("{", open + 1)) {
    const choices = readChoices(pattern, open);
    if (choices === undefined) {
      continue;
    }
    const { members, end } = choices;
    return members.flatMap((member) => expandBraces(pattern.slice(0, open) + member + pattern.slice(end)));
  }
  return [pattern];
}

function readChoices(pattern: string, open: number): { members: string[]; end: number } | undefined {
  const members: string[] = [];
  let depth = 0;
  let start = open + 1;
  for (let index = open; index < pattern.length; index += 1) {
    const character = pattern[index];
    if (character === "{") {
      depth += 1;
    } else if (character === "}") {
      depth -= 1;
    }
    if ((character === "," && depth === 1) || depth === 0) {
      members.push(pattern.slice(start, index));
      start = index + 1;
    }
    if (depth === 0) {
      return members.length > 1 ? { members, end: index + 1 } : undefined;
    }
  }
  return undefined;
}

/** One path segment: `*` any text, `?` one character, `[a-c]` and `[!a-c]` one character of a set. */
export function segmentMatcher(segment: string): RegExp {
  const source = segment.replace(/\*+|\?|\[(!?)([^\]]+)\]|[^*?[]+|\[/g, (part, negation, set) => {
    if (part.startsWith("*")) {
      return ".*";
    }
    if (part === "?") {
      return ".";
    }
    if (set !== undefined) {
      return `[${negation ? "^" : ""}${set.replaceAll("\\", "\\\\").replaceAll("^", "\\^")}]`;
    }
    return part.replace(/[.+^${}()|[\]\\]/g, "\\$&");
  });
  return new RegExp(`^${source}$`, "s");
}
