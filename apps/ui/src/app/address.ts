import type { Seq } from "@inspector/session";

/** What a link to the page reproduces. */
export type Address = { readonly filter: string; readonly selected: Seq | undefined };

/** Reads the part of a URL behind "?". */
export function parseAddress(search: string): Address {
  const parameters = new URLSearchParams(search);
  const selected = Number(parameters.get("message"));
  return {
    filter: parameters.get("filter") ?? "",
    selected: Number.isSafeInteger(selected) && selected > 0 ? selected : undefined,
  };
}

/** Writes an address into a URL's search part; what else is in it stays. */
export function formatAddress(search: string, { filter, selected }: Address): string {
  const parameters = new URLSearchParams(search);
  if (filter === "") parameters.delete("filter");
  else parameters.set("filter", filter);
  if (selected === undefined) parameters.delete("message");
  else parameters.set("message", String(selected));
  const text = parameters.toString();
  return text === "" ? "" : `?${text}`;
}
