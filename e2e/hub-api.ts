/** The API of a running inspector, see packages/contract/src/page.ts. */
import type { InspectorProcess } from "./inspector-process.ts";

/**
 * Asks the hub as its page would.
 * @returns the answer's JSON; null where it has none
 * @throws {Error} with what the hub says where it refuses
 */
export async function askHub<Answer>(
  { ui }: Pick<InspectorProcess, "ui">,
  method: string,
  path: string,
  body?: unknown,
  signal?: AbortSignal,
): Promise<Answer> {
  const page = new URL(ui);
  const answer = await fetch(new URL(path, page), {
    method,
    ...(signal !== undefined && { signal }),
    headers: {
      authorization: `Bearer ${page.searchParams.get("token")}`,
      origin: page.origin,
      "content-type": "application/json",
    },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  const text = await answer.text();
  if (!answer.ok) {
    throw new Error(`${method} ${path}: ${answer.status} ${text}`);
  }
  return JSON.parse(text === "" ? "null" : text);
}
