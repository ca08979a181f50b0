/** Which invocation a message of Service Bus was given to that its worker settles later on. */
import type { Seq } from "@inspector/contract/page";
import { createReadPayload, type PayloadSource } from "./payload.ts";

/** A message is settled while its invocation runs or soon after: it is looked for among so many before it. */
const MAX_REQUESTS = 200;
const MAX_REQUEST_BYTES = 1024 * 1024;

/**
 * The newest invocation before `seq` whose request holds the lock token: as text in its trigger metadata, or as the 16
 * bytes that stand at the beginning of a message in ModelBindingData.
 */
export function findInvocation(source: PayloadSource, seq: Seq, lockToken: string): Seq | undefined {
  const forms = formsOf(lockToken);
  const read = createReadPayload(source, MAX_REQUEST_BYTES);
  return source.queries.requestsBefore(seq, MAX_REQUESTS).find((request) => {
    const bytes = read(request);
    return bytes !== undefined && forms.some((form) => holds(bytes, form));
  });
}

function formsOf(lockToken: string): Uint8Array[] {
  const text = new TextEncoder().encode(lockToken);
  const hex = lockToken.replaceAll("-", "");
  if (!/^[0-9a-f]{32}$/iu.test(hex)) {
    return lockToken === "" ? [] : [text];
  }
  const guid = Uint8Array.from({ length: 16 }, (_, index) => Number.parseInt(hex.slice(2 * index, 2 * index + 2), 16));
  // .NET writes the first three groups of a GUID with their lowest byte first.
  guid.subarray(0, 4).reverse();
  guid.subarray(4, 6).reverse();
  guid.subarray(6, 8).reverse();
  return [text, guid];
}

/** Whether `part`, which is not empty, stands somewhere in `bytes`. */
function holds(bytes: Uint8Array, part: Uint8Array): boolean {
  const first = part[0] ?? 0;
  for (let at = bytes.indexOf(first); at >= 0; at = bytes.indexOf(first, at + 1)) {
    if (part.every((byte, index) => bytes[at + index] === byte)) {
      return true;
    }
  }
  return false;
}
