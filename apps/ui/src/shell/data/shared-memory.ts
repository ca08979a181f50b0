import type { MessageDetail, SessionInfo, SharedMemoryCopy } from "@inspector/contract/page";
import { isCopying } from "@inspector/contract/shared-memory";

/** Whether more of a message's shared memory will be there soon. In a kept session nobody copies any more. */
export function isBeingCopied(
  { memory = [] }: Pick<MessageDetail, "memory">,
  session: Pick<SessionInfo, "source"> | undefined,
): boolean {
  return session?.source === "live" && memory.some(isCopying);
}

/** Whether all that was in it is at hand. */
export function isWhole({ size, stored, problem, isDropped }: SharedMemoryCopy): boolean {
  return stored >= size && problem === undefined && !isDropped;
}
