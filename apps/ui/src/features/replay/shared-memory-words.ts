import type { SharedMemoryCopy } from "@inspector/contract/page";
import { isWhole } from "../../shell/data/shared-memory.ts";
import { listShared, type SharedValue } from "../editor/message-parts.ts";

/** What a replay sends of values in shared memory: their copies, if those are complete. */
export function describeShared(values: readonly SharedValue[], copies: readonly SharedMemoryCopy[]): string {
  const lacking = values.filter(({ map }) => !copies.some((copy) => copy.name === map && isWhole(copy)));
  if (lacking.length === 0) {
    return "Values in shared memory are sent as they were recorded.";
  }
  return `The recording has no complete copy of these values in shared memory, so they cannot be sent: ${namesOf(lacking)}.`;
}

/** Why the values that stayed in shared memory cannot be edited; undefined where none did. */
export function describeLeftIn(inlined: unknown): string | undefined {
  const left = listShared(inlined);
  if (left.length === 0) {
    return undefined;
  }
  return `Too large to edit here, or without a complete copy: ${namesOf(left)}.`;
}

function namesOf(values: readonly SharedValue[]): string {
  return values.map(({ binding }) => binding).join(", ");
}
