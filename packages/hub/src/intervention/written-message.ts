/** Messages that people write, and how they reach a relay in the place of held ones. */

import { InspectorError } from "@inspector/contract/inspector-error";
import type { InterventionOrder } from "@inspector/contract/intervention-lines";
import { encodeMessage, messageFromJson, type StreamingMessage } from "@inspector/proto";
import { inLines } from "./message-lines.ts";

/**
 * @param at where the message stands in what was asked for, to be named before the path within it; "" where it is the whole
 * @throws {InspectorError} "bad-message", which says where it is wrong
 */
export function readWritten(json: unknown, at = ""): StreamingMessage {
  const parsed = messageFromJson(json);
  if (parsed.ok) {
    return parsed.message;
  }
  const path = [at, parsed.path].filter((part) => part !== "").join(".");
  throw new InspectorError("bad-message", path === "" ? parsed.reason : `${path}: ${parsed.reason}`);
}

export function releaseWith(
  held: number,
  action: "replace" | "answer",
  message: StreamingMessage,
): readonly InterventionOrder[] {
  const head = { order: "release", held, action } as const;
  return inLines<Extract<InterventionOrder, { order: "release" }>>(head, encodeMessage(message));
}
