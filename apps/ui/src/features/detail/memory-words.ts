import type { SharedMemoryCopy } from "@inspector/contract/page";
import { formatSize } from "../../shell/format/size.ts";

/**
 * What keeps a value from being shown as a whole; undefined where nothing does.
 * @param isLive whether what is not there yet is still being copied
 */
export function describeCopy(copy: SharedMemoryCopy | undefined, isLive: boolean): string | undefined {
  if (copy === undefined) {
    return "Its content is not known: the inspector found no shared memory of host and worker here.";
  }
  const { size, stored, problem, isDropped } = copy;
  if (isDropped) {
    return "Its content was deleted to keep the session under its size limit.";
  }
  if (problem !== undefined) {
    return stored > 0 ? `Not all of it was copied: ${problem}.` : `Not copied: ${problem}.`;
  }
  if (stored >= size) {
    return undefined;
  }
  const part = `${formatSize(stored)} of ${formatSize(size)}`;
  return isLive ? `Being copied: ${part} so far.` : `Not all of it was copied: ${part}, when the recording ended.`;
}
