import { useState } from "react";
import { keptInBrowser } from "../../shell/kept/kept.ts";

const KEY = "inspector.ignored-paths";

/** The paths, and what changes them. */
export type IgnoredPaths = readonly [readonly string[], (paths: readonly string[]) => void];

/** Paths that a comparison leaves out, kept in this browser. */
export function useIgnoredPaths(): IgnoredPaths {
  const [paths, setPaths] = useState(() => readPaths(keptInBrowser.getItem(KEY)));
  const store = (next: readonly string[]) => {
    const unique = [...new Set(next)];
    keptInBrowser.setItem(KEY, unique.join("\n"));
    setPaths(unique);
  };
  return [paths, store];
}

function readPaths(text: string | null): readonly string[] {
  return text === null ? [] : text.split("\n").filter((path) => path !== "");
}
