/** What changes something: opening, renaming and deleting kept sessions. Only the hub's own page may ask for it. */
import type { IncomingMessage, ServerResponse } from "node:http";
import { InspectorError } from "@inspector/contract/inspector-error";
import type { OpenedSession } from "@inspector/contract/page";
import { sendJson } from "./answers.ts";
import { type ForeignOriginOf, readOwnJson } from "./read-json.ts";
import type { Sessions } from "./sessions.ts";

const MAX_BODY_BYTES = 64 * 1024;

export async function changeSession(
  sessions: Sessions,
  foreignOriginOf: ForeignOriginOf,
  request: IncomingMessage,
  response: ServerResponse,
  url: URL,
): Promise<void> {
  const [, encoded = "", action = ""] = /^\/api\/sessions\/([^/]+)(?:\/(open|rename))?$/u.exec(url.pathname) ?? [];
  const isKnown =
    encoded !== "" && (request.method === "DELETE" ? action === "" : request.method === "POST" && action !== "");
  if (!isKnown) {
    throw new InspectorError("method-not-allowed", `${request.method} is not possible here`);
  }
  const body = await readOwnJson(request, foreignOriginOf, MAX_BODY_BYTES);
  const name = decodeURIComponent(encoded);
  if (action === "open") {
    sessions.named(name);
    return sendJson(response, { name } satisfies OpenedSession);
  }
  if (action === "rename") {
    return sendJson(response, sessions.rename(name, newNameIn(body)));
  }
  sessions.remove(name);
  response.writeHead(204, { "cache-control": "no-store" });
  response.end();
}

function newNameIn(body: unknown): string {
  if (typeof body === "object" && body !== null && "name" in body && typeof body.name === "string") {
    return body.name;
  }
  throw new InspectorError("bad-body", 'The new name is missing: {"name": "…"}');
}
