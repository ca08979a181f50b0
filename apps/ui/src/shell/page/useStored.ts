import { useState } from "react";
import { keptInBrowser } from "../kept/kept.ts";

/** A yes-or-no preference that survives a reload. */
export function useStoredFlag(key: string, initial: boolean): readonly [boolean, (value: boolean) => void] {
  const [value, setValue] = useState(() => (keptInBrowser.getItem(key) ?? String(initial)) === "true");
  const store = (next: boolean) => {
    keptInBrowser.setItem(key, String(next));
    setValue(next);
  };
  return [value, store];
}
