import { useEffect, useState } from "react";

/**
 * A part of the page that is fetched when it is first wanted. Where nobody answers there is none, and it is fetched when it
 * is wanted again.
 * @param load stays the same
 */
export function useLate<Part>(load: () => Promise<Part>, isWanted: boolean): Part | undefined {
  const [late, setLate] = useState<{ readonly part: Part } | undefined>();
  const isMissing = isWanted && late === undefined;
  useEffect(() => {
    if (isMissing) {
      load().then(
        (part) => setLate({ part }),
        () => undefined,
      );
    }
  }, [isMissing, load]);
  return late?.part;
}
