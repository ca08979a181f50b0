import type { InvocationDetail, MessageDetail } from "@inspector/contract/page";
import type { SessionClient } from "../../shell/data/session-client.ts";

/** Messages of an invocation that are copied at most: its request, answer and first logs. */
const COPIED_MESSAGES = 40;

/** The messages of an invocation that are taken elsewhere, in their order. */
export function messagesToCopy(
  client: SessionClient,
  { request, response, messages }: Pick<InvocationDetail, "request" | "response" | "messages">,
): Promise<readonly MessageDetail[]> {
  const ends = [request, response].filter((seq) => seq !== undefined);
  const copied = new Set([...ends, ...messages.slice(0, COPIED_MESSAGES)]);
  return Promise.all([...copied].sort((a, b) => a - b).map((seq) => client.getDetail(seq)));
}
