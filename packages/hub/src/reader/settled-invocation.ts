/** Which invocation a message of Service Bus was given to that its worker settles later on. */
import type { Seq } from "@inspector/contract/page";
import type { Queries } from "@inspector/session/queries";
import { createReadPayload } from "../payload.ts";

/** A message is settled while its invocation runs or soon after: it is looked for among so many before it. */
const MAX_REQUESTS = 200;
const MAX_REQUEST_BYTES = 1024 * 1024;

/**
 * The newest invocation before `seq` whose request holds the lock token: as text in its trigger metadata, or as the 16
 * bytes that stand at the beginning of a message in ModelBindingData.
 */
export function findInvocation(queries: Queries, seq: Seq, lockToken: string): Seq | undefined {
  const forms = formsOf(lockToken);
  const read = createReadPayload(queries, MAX_REQUEST_BYTES);
  return queries.requestsBefore(seq, MAX_REQUESTS).find((request) => {
    const bytes = read(request);
    return (
      bytes !== undefined &&
      forms.some((form) => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).includes(form))
    );
  });
}

function formsOf(lockToken: string): Buffer[] {
  const text = Buffer.from(lockToken);
  const hex = lockToken.replaceAll("-", "");
  if (!/^[0-9a-f]{32}$/iu.test(hex)) {
    return lockToken === "" ? [] : [text];
  }
  const guid = Buffer.from(hex, "hex");
  // .NET writes the first three groups of a GUID with their lowest byte first.
  guid.subarray(0, 4).reverse();
  guid.subarray(4, 6).reverse();
  guid.subarray(6, 8).reverse();
  return [text, guid];
}
