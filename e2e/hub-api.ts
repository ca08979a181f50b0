/** The API of a running inspector, see packages/contract/src/page.ts. */
import type { Holds } from "@inspector/contract/intervention";
import type { WorkerInfo } from "@inspector/contract/page";
import { eventually } from "./eventually.ts";
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

/** The process of the first worker. @throws where it is not known */
export async function workerPid(inspector: Pick<InspectorProcess, "ui">): Promise<number> {
  const [worker] = await askHub<WorkerInfo[]>(inspector, "GET", "/api/workers");
  const pid = worker?.process?.pid;
  if (pid === undefined) {
    throw new Error("the worker's process is not known");
  }
  return pid;
}

/** Takes away all rules, for the next test; a hub that was killed has none when it is back. */
export async function stopHolding(inspector: Pick<InspectorProcess, "ui">): Promise<void> {
  const { rules } = await eventually(() => askHub<Holds>(inspector, "GET", "/api/holds").catch(() => undefined));
  for (const { id } of rules) {
    await askHub(inspector, "DELETE", `/api/holds/rules/${id}`);
  }
}
