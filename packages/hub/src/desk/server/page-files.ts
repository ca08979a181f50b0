/** The built page, compressed where the browser takes that: the build leaves NAME.br and NAME.gz beside each file. */
import type { IncomingMessage, ServerResponse } from "node:http";
import sirv from "sirv";

/** Names of files in there have a digest of their content. */
const UNCHANGING = "/assets/";

export function createPageFiles(
  folder: string,
): (request: IncomingMessage, response: ServerResponse, next: () => void) => void {
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
