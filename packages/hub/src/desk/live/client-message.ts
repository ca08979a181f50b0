import type { ClientMessage, ViewOf } from "@inspector/contract/page";

const VIEWS: readonly ViewOf[] = ["messages", "invocations", "logs", "lines"];

/** undefined for what is no such message: somebody else's page does not get that far, and ours knows the contract. */
export function parseClientMessage(text: string): ClientMessage | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (typeof value !== "object" || value === null || !("type" in value) || !("view" in value)) {
    return undefined;
  }
  const { type, view } = value;
  if (!isWord(view)) {
    return undefined;
  }
  if (type === "unsubscribe") {
    return { type, view };
  }
  if (type !== "subscribe" || !("filter" in value) || !("after" in value)) {
    return undefined;
  }
  const { filter, after } = value;
  if (typeof filter !== "string" || !isWord(after)) {
    return undefined;
  }
  const asked = "what" in value ? value.what : undefined;
  const what = VIEWS.find((name) => name === asked) ?? "messages";
  return { type, view, what, filter, after };
}

/** A word of a frame. */
function isWord(value: unknown): value is number {
  return typeof value === "number" && Number.isInteger(value) && value >= 0 && value <= 0xffffffff;
}
