import { useState } from "react";

const KEY = "inspector.ignored-paths";

/** Paths that a comparison leaves out, kept in this browser. */
export function useIgnoredPaths(): readonly [readonly string[], (paths: readonly string[]) => void] {
  const [paths, setPaths] = useState(() => readPaths(localStorage.getItem(KEY)));
  const store = (next: readonly string[]) => {
    const unique = [...new Set(next)];
    localStorage.setItem(KEY, unique.join("\n"));
    setPaths(unique);
  };
  return [paths, store];
}

function readPaths(text: string | null): readonly string[] {
  return text === null ? [] : text.split("\n").filter((path) => path !== "");
}
