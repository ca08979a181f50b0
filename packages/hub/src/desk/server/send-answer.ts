import type { ServerResponse } from "node:http";
import type { PageAnswer } from "@inspector/reader/page-answer";

/** To whoever is still there. */
export function sendAnswer(response: ServerResponse, { status, headers, body }: PageAnswer): void {
  if (response.destroyed) {
    return;
  }
  response.writeHead(status, headers);
  response.end(body);
}
