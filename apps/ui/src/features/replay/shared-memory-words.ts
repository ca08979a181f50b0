import type { SharedMemoryCopy } from "@inspector/contract/page";
import { isWhole } from "../../shell/data/shared-memory.ts";
import { listShared, type SharedValue } from "../editor/message-parts.ts";

/** What is sent of values that are left in shared memory: the copies, as far as they are whole. */
export function describeShared(values: readonly SharedValue[], copies: readonly SharedMemoryCopy[]): string {
  const lacking = values.filter(({ map }) => !copies.some((copy) => copy.name === map && isWhole(copy)));
  if (lacking.length === 0) {
    return "What was in shared memory is sent as it was recorded.";
  }
  return `Of what was in shared memory there is no whole copy to be sent: ${namesOf(lacking)}.`;
}

/** Why values cannot be edited, of those that are still in shared memory after others came into the message. */
export function describeLeftIn(inlined: unknown): string | undefined {
  const left = listShared(inlined);
  if (left.length === 0) {
    return undefined;
  }
  return `Too large to be edited here, or no whole copy of it: ${namesOf(left)}.`;
}

function namesOf(values: readonly SharedValue[]): string {
  return values.map(({ binding }) => binding).join(", ");
}
