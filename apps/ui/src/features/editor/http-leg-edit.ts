import type { ReplayHttpRequest } from "@inspector/contract/intervention";
import type { HttpLeg } from "@inspector/contract/page";
import type { JsonRecord } from "../detail/reading.ts";
import { bytesOfText, readTextData } from "./typed-text.ts";

/**
 * A request that went over HTTP beside the stream, with another body.
 * @param recorded the recorded body in base64; where the new body equals it, the request has no `body` and the hub sends the recorded one
 */
export function withLegBody(request: ReplayHttpRequest, data: JsonRecord, recorded: string): ReplayHttpRequest {
  const { body: _, ...head } = request;
  const body = bodyOf(data);
  return body === recorded ? head : { ...head, body };
}

export function isSameRequest(one: ReplayHttpRequest, { request }: HttpLeg): boolean {
  const { method, target, headers } = request;
  const isHeadSame = one.method === method && one.target === target;
  return isHeadSame && one.body === undefined && JSON.stringify(one.headers) === JSON.stringify(headers);
}

/** The body as base64, whichever kind of value the form has. */
function bodyOf(data: JsonRecord): string {
  const { case: name, text } = readTextData(data) ?? { case: "bytes", text: "" };
  return name === "bytes" ? text : bytesOfText(text);
}
