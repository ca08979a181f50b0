import type { IncomingMessage } from "node:http";
import { InspectorError } from "@inspector/contract/inspector-error";

/** Why a request is not one of the hub's own page; undefined where it is. */
export type ForeignOriginOf = (request: IncomingMessage) => InspectorError | undefined;

/**
 * The body of a request that changes something, which only the hub's own page may ask for; undefined for an empty one.
 * @throws {InspectorError} "wrong-origin", "not-json", "too-large", "bad-body"
 */
export async function readOwnJson(
  request: IncomingMessage,
  foreignOriginOf: ForeignOriginOf,
  maxBytes: number,
): Promise<unknown> {
  const refusal = foreignOriginOf(request);
  if (refusal !== undefined) {
    throw refusal;
  }
  if (!/^application\/json(?:;|$)/iu.test(request.headers["content-type"] ?? "")) {
    throw new InspectorError("not-json", "The content type must be application/json");
  }
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request) {
    const bytes = Buffer.from(chunk);
    size += bytes.length;
    if (size > maxBytes) {
      throw new InspectorError("too-large", `A request has at most ${maxBytes} bytes`);
    }
    chunks.push(bytes);
  }
  if (size === 0) {
    return undefined;
  }
  try {
    return JSON.parse(Buffer.concat(chunks).toString("utf8"));
  } catch {
    throw new InspectorError("bad-body", "The body is not JSON");
  }
}
