/** How the lines of the log look: part of the address, so that a link shows them the same. */
export type LogLook = { readonly isWrapped: boolean; readonly isRaw: boolean };

const WORDS = [
  ["wrap", "isWrapped"],
  ["raw", "isRaw"],
] as const;

export function parseLook(look: string | undefined): LogLook {
  const words = look?.split(" ") ?? [];
  return { isWrapped: words.includes("wrap"), isRaw: words.includes("raw") };
}

/** Undefined for what is usual. */
export function formatLook(look: LogLook): string | undefined {
  const words = WORDS.filter(([, member]) => look[member]).map(([word]) => word);
  return words.length === 0 ? undefined : words.join(" ");
}
