/** What a page keeps in its browser. */
export type Kept = Pick<Storage, "getItem" | "setItem" | "removeItem">;

/**
 * As the browser's storage, and in memory what that does not take. A browser that blocks cookies has none, nor has a sandboxed
 * frame, in which reports of builds are often shown; a full one takes nothing more.
 * @param open gives the storage; it may throw
 */
export function keepIn(open: () => Kept): Kept {
  const untaken = new Map<string, string>();
  return {
    getItem: (key) => untaken.get(key) ?? attempt(() => open().getItem(key)) ?? null,
    setItem(key, value) {
      const isTaken = attempt(() => {
        open().setItem(key, value);
        return true;
      });
      if (isTaken) {
        untaken.delete(key);
      } else {
        untaken.set(key, value);
      }
    },
    removeItem(key) {
      untaken.delete(key);
      attempt(() => open().removeItem(key));
    },
  };
}

function attempt<T>(act: () => T): T | undefined {
  try {
    return act();
  } catch {
    return undefined;
  }
}

/** For all pages of this browser at this address, from one visit to the next. */
export const keptInBrowser = keepIn(() => localStorage);

/** For this tab. */
export const keptInTab = keepIn(() => sessionStorage);
