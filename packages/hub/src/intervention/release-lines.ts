/** What a relay is told of a held message once somebody has decided. */
import type { HeldMessage, ReleaseOrder } from "@inspector/contract/intervention";
import type { InterventionOrder } from "@inspector/contract/intervention-lines";
import { readWritten, releaseWith } from "./written-message.ts";

/**
 * @param held the relay's number of the message
 * @throws {InspectorError} "bad-message" where what was written is none
 */
export function releaseLines(
  held: number,
  order: ReleaseOrder,
  { kind, invocationId }: HeldMessage,
): readonly InterventionOrder[] {
  const { action } = order;
  if (action === "release" || action === "drop") {
    return [{ order: "release", held, action }];
  }
  const written = readWritten(order.message);
  // An answer under another id would leave the host waiting for its own.
  const isAnswer = action === "answer" && kind === "invocation_request" && invocationId !== undefined;
  if (isAnswer && written.content.case === "invocationResponse") {
    written.content.value.invocationId = invocationId;
  }
  return releaseWith(held, action, written);
}
