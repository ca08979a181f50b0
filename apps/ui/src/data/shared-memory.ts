import type { MessageDetail } from "@inspector/session";

/** Whether more of a message's shared memory will be there soon. */
export function isBeingCopied({ memory = [] }: Pick<MessageDetail, "memory">): boolean {
  return memory.some(({ size, stored, problem, isDropped }) => stored < size && problem === undefined && !isDropped);
}
