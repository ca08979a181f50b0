import type { Evidence, SessionEvent } from "@inspector/session";

/** Lines of an event that are worth a line of the page: its details as they stand. */
export function describeEvent({ type, detail }: SessionEvent): string {
  const text = detail["text"] ?? detail["message"];
  if (typeof text === "string" && text !== "") return text;
  const facts = Object.entries(detail).filter(([, value]) => value !== undefined && value !== null && value !== "");
  const words = facts.map(([name, value]) => `${name} ${typeof value === "object" ? JSON.stringify(value) : value}`);
  return words.length === 0 ? type : words.join(", ");
}

/** A key for a list: what a piece of evidence points at, or what it says. */
export function evidenceKey({ label, seq, event }: Evidence): string {
  return `${label} ${seq ?? ""} ${event ?? ""}`;
}
