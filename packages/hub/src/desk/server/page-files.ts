/** The built page, compressed where the browser takes that: the build leaves NAME.br and NAME.gz beside each file. */
import type { IncomingMessage, ServerResponse } from "node:http";
import type { InspectorError } from "@inspector/contract/inspector-error";
import type { RequestHandler } from "sirv";
import { onDemand } from "./on-demand.ts";

/** Names of files in there have a digest of their content. */
const UNCHANGING = "/assets/";

/** @param next is called where there is no such file, and with an error where none can be served */
export type PageFiles = (
  request: IncomingMessage,
  response: ServerResponse,
  next: (error?: InspectorError) => void,
) => void;

export function createPageFiles(folder: string): PageFiles {
  const files = onDemand(() => readFolder(folder));
  return (request, response, next) => {
    files().then((serve) => serve(request, response, () => next()), next);
  };
}

/** Done when a page is first asked for: many a recording has none. */
async function readFolder(folder: string): Promise<RequestHandler> {
  const { default: sirv } = await import("sirv");
  return sirv(folder, {
    dev: false,
    etag: true,
    brotli: true,
    gzip: true,
    setHeaders(response, path) {
      response.setHeader(
        "cache-control",
        path.startsWith(UNCHANGING) ? "private, max-age=31536000, immutable" : "no-store",
      );
    },
  });
}
