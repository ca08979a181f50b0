/** Requests below /api/: interventions are answered here, all else by a reader. */
import type { IncomingMessage, ServerResponse } from "node:http";
import { InspectorError } from "@inspector/contract/inspector-error";
import type { PageCounts } from "@inspector/contract/page";
import { failureAnswer, jsonAnswer, type PageAnswer } from "@inspector/reader/page-answer";
import type { InterventionClient } from "../../intervention/client.ts";
import { isInterventionPath } from "../../intervention/paths.ts";
import type { Exports } from "../exports/exports.ts";
import { answerExports, isExportPath, MAX_WISH_BYTES } from "../exports/routes.ts";
import type { Readers } from "../reader/readers.ts";
import { type ForeignOriginOf, readOwnJson } from "./read-json.ts";
import { sendAnswer } from "./send-answer.ts";

/** A message of 8 MiB as JSON, its bytes in base64 and escaped. */
const MAX_ORDER_BYTES = 32 * 1024 * 1024;
/** Of any other request. */
const MAX_BODY_BYTES = 64 * 1024;

export type Api = (request: IncomingMessage, response: ServerResponse, url: URL) => void;

export type ApiOptions = {
  readonly readers: Readers;
  readonly exports: Exports;
  /** Asked of requests that change something. */
  readonly foreignOriginOf: ForeignOriginOf;
  readonly counts: () => PageCounts;
  /** Of the current session, while it is being recorded. */
  readonly interventions?: InterventionClient | undefined;
};

export function createApi({ readers, exports, foreignOriginOf, counts, interventions }: ApiOptions): Api {
  async function answer(request: IncomingMessage, url: URL, signal: AbortSignal): Promise<PageAnswer> {
    const { method = "GET" } = request;
    const path = url.pathname.slice("/api/".length);
    const isIntervention = isInterventionPath(path);
    const isRead = method === "GET" || method === "HEAD";
    const isExport = isExportPath(path);
    const limit = isIntervention ? MAX_ORDER_BYTES : isExport ? MAX_WISH_BYTES : MAX_BODY_BYTES;
    const body = isRead ? undefined : await readOwnJson(request, foreignOriginOf, limit);
    if (path === "pages" && isRead) {
      return jsonAnswer(counts());
    }
    if (isExport) {
      const session = () => readers.ask("session", [url.searchParams.get("session")]);
      return answerExports(exports, { method, path, body }, session);
    }
    if (isIntervention) {
      const name = url.searchParams.get("session");
      const isLive = name === null || (await readers.ask("session", [name])) === "";
      if (interventions === undefined || !isLive) {
        throw new InspectorError("not-live", "This session is not being recorded", {
          hint: "Replays and holds need a worker that is connected just now.",
        });
      }
      return interventions.answer(method, path, body);
    }
    const { range } = request.headers;
    return readers.ask("page", [{ method, path, query: url.search, range, body }], signal);
  }

  return (request, response, url) => {
    const abortion = new AbortController();
    response.on("close", () => abortion.abort());
    void answer(request, url, abortion.signal)
      .catch(failureAnswer)
      .then((given) => sendAnswer(response, given));
  };
}
