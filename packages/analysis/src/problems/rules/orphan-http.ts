import { numberOf, textOf } from "@inspector/session/database";
import { LEG_PATIENCE, STRAY_LEGS } from "@inspector/session/http-legs";
import type { Finding, Rule } from "../rule.ts";

/** HTTP requests to a worker's own server that belong to no invocation that was seen. */
export const orphanHttp: Rule = {
  id: "orphan-http",
  severity: "warning",
  review: (session) =>
    session
      .all(STRAY_LEGS, session.isLive ? session.now - LEG_PATIENCE : Number.MAX_SAFE_INTEGER)
      .map((row): Finding => {
        const id = textOf(row["invocation_id"]);
        const at = numberOf(row["request_at"]);
        return {
          subject: id === undefined ? "none" : "unknown",
          at,
          isUncertain: session.hasGap(at - LEG_PATIENCE, at + LEG_PATIENCE),
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
