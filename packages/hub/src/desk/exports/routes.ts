/** What the page asks of exports, below /api/exports. */
import { InspectorError } from "@inspector/contract/inspector-error";
import { jsonAnswer, NOTHING, type PageAnswer } from "@inspector/reader/page-answer";
import type { Exports } from "./exports.ts";
import { parseWish } from "./parse-wish.ts";

/** Own words may be many. */
export const MAX_WISH_BYTES = 256 * 1024;

/** Whether a path is one of these. */
export function isExportPath(path: string): boolean {
  return path === "exports" || path.startsWith("exports/");
}

/** @param session gives the key of the session that the request is about */
export async function answerExports(
  exports: Exports,
  { method, path, body }: { readonly method: string; readonly path: string; readonly body: unknown },
  session: () => Promise<string>,
): Promise<PageAnswer> {
  const [, id = "", last = "", ...more] = path.split("/");
  const route = `${method} ${id === "" ? "" : "ID"}${last === "" ? "" : `/${last}`}${more.length === 0 ? "" : "/more"}`;
  switch (route) {
    case "POST ":
      return jsonAnswer(exports.create(parseWish(body), await session()), 201);
    case "GET ID":
      return jsonAnswer(exports.state(id));
    case "POST ID/ticket":
      return jsonAnswer(exports.ticket(id));
    case "DELETE ID":
      await exports.cancel(id);
      return NOTHING;
    default:
      throw new InspectorError("not-found", `There is nothing at /api/${path} for ${method}`);
  }
}
