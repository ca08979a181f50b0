import type { SharedMemoryCopy } from "./traffic.ts";

/** Whether more of it will be there soon, in a session that is being recorded. */
export function isCopying({ size, stored, problem, isDropped }: SharedMemoryCopy): boolean {
  return stored < size && problem === undefined && !isDropped;
}
