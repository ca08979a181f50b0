import type { Evidence, SessionEvent } from "@inspector/contract/page";

/** Ids that stand beside the event anyway. */
const IDS = new Set(["workerId", "requestId"]);

/** What an event says, in a line: its text, else its details. */
export function describeEvent({ type, detail }: SessionEvent): string {
  const text = detail["text"] ?? detail["message"];
  if (typeof text === "string" && text !== "") {
    return text;
  }
  const facts = Object.entries(detail).filter(
    ([name, value]) => value !== undefined && value !== null && value !== "" && !IDS.has(name),
  );
  const words = facts.map(([name, value]) => `${name} ${typeof value === "object" ? JSON.stringify(value) : value}`);
  return words.length === 0 ? type : words.join(", ");
}

/** A key for a list: what a piece of evidence points at, or what it says. */
export function evidenceKey({ label, seq, event }: Evidence): string {
  return `${label} ${seq ?? ""} ${event ?? ""}`;
}
