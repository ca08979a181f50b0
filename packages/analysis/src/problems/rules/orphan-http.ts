import { numberOf, textOf } from "@inspector/session/database";
import { SECOND } from "@inspector/session/limits";
import type { Finding, Rule } from "../rule.ts";

/** The newest HTTP requests beside the stream that are looked at, each time. */
const MAX_LEGS = 2000;
/** Request and invocation come in either order, nearly at the same time. */
const PATIENCE = 10 * SECOND;

/** HTTP requests to a worker's own server that belong to no invocation that was seen. */
export const orphanHttp: Rule = {
  id: "orphan-http",
  severity: "warning",
  review: (session) =>
    session
      .all(
        `SELECT h.id, h.invocation_id, h.method, h.target, h.request_at, h.status FROM (
           SELECT * FROM http_leg ORDER BY id DESC LIMIT ${MAX_LEGS}) h
         WHERE (h.invocation_id IS NULL OR NOT EXISTS (
           SELECT 1 FROM invocation i WHERE i.invocation_id = h.invocation_id AND i.started_seq IS NOT NULL))
           AND h.request_at < ? ORDER BY h.id`,
        session.now - PATIENCE,
      )
      .map((row): Finding => {
        const id = textOf(row["invocation_id"]);
        const at = numberOf(row["request_at"]);
        return {
          subject: id === undefined ? "none" : "unknown",
          at,
          isUncertain: session.hasGap(at - PATIENCE, at + PATIENCE),
          describe: () => ({
            title:
              id === undefined
                ? "An HTTP request to the worker's own server named no invocation"
                : `An HTTP request to the worker's own server names invocation ${id}, which nobody requested on the stream`,
            consequence:
              id === undefined
                ? "Workers pair such requests by x-ms-invocation-id: without it most never answer."
                : "The worker waits for the invocation that belongs to it; .NET for 5 s, Node.js for ever.",
            advice:
              "Send the request through the host, or x-ms-invocation-id and the invocation at nearly the same time.",
            quote: `${textOf(row["method"]) ?? ""} ${textOf(row["target"]) ?? ""}`.trim(),
            evidence: [],
          }),
        };
      }),
};
