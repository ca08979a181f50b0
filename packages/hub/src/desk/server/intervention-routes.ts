/** Replays and holds over HTTP; see packages/contract/src/intervention.ts. */
import type { IncomingMessage, ServerResponse } from "node:http";
import { InspectorError } from "@inspector/contract/inspector-error";
import type { Interventions } from "../intervention/interventions.ts";
import { parseHoldRuleOrder, parseReleaseOrder, parseReplayOrder } from "../intervention/orders.ts";
import { sendJson } from "./answers.ts";

/** A message of 8 MiB as JSON, its bytes in base64 and escaped. */
export const MAX_ORDER_BYTES = 32 * 1024 * 1024;

type Asked = {
  readonly interventions: Interventions;
  /** What the parentheses of the path hold. */
  readonly id: number;
  readonly body: unknown;
};

type Answer = { readonly status: 200 | 201; readonly body: unknown } | { readonly status: 204 };

type Route = readonly [method: string, path: RegExp, answer: (asked: Asked) => Answer];

const ROUTES: readonly Route[] = [
  ["GET", /^replays$/u, ({ interventions }) => ok(interventions.replays.list())],
  ["POST", /^replays$/u, ({ interventions, body }) => made(interventions.replays.start(parseReplayOrder(body)))],
  ["POST", /^replays\/check$/u, ({ interventions, body }) => ok(interventions.replays.check(parseReplayOrder(body)))],
  ["GET", /^replays\/(\d{1,15})$/u, ({ interventions, id }) => ok(interventions.replays.one(id))],
  ["POST", /^replays\/(\d{1,15})\/cancel$/u, ({ interventions, id }) => ok(interventions.replays.cancel(id))],
  ["GET", /^holds$/u, ({ interventions }) => ok(interventions.holds.holds)],
  ["POST", /^holds\/rules$/u, ({ interventions, body }) => made(interventions.holds.add(parseHoldRuleOrder(body)))],
  ["DELETE", /^holds\/rules\/(\d{1,15})$/u, ({ interventions, id }) => done(() => interventions.holds.remove(id))],
  [
    "POST",
    /^holds\/(\d{1,15})\/release$/u,
    ({ interventions, id, body }) => done(() => interventions.holds.release(id, parseReleaseOrder(body))),
  ],
];

/** Whether a path below /api/ is about replays or holds. */
export function isIntervention(path: string): boolean {
  return /^(?:replays|holds)(?:\/|$)/u.test(path);
}

/**
 * @param interventions undefined where the session that is asked about is not being recorded here
 * @throws {InspectorError} "not-live", "not-found", "method-not-allowed", and what the routes throw
 */
export function answerIntervention(
  interventions: Interventions | undefined,
  request: IncomingMessage,
  response: ServerResponse,
  path: string,
  body: unknown,
): void {
  const method = request.method === "HEAD" ? "GET" : request.method;
  const known = ROUTES.filter(([, pattern]) => pattern.test(path));
  if (known.length === 0) {
    throw new InspectorError("not-found", `There is nothing at /api/${path}`);
  }
  const route = known.find(([allowed]) => allowed === method);
  if (route === undefined) {
    throw new InspectorError("method-not-allowed", `${request.method} is not possible here`);
  }
  if (interventions === undefined) {
    throw new InspectorError("not-live", "This session is not being recorded", {
      hint: "Replays and holds need a worker that is connected just now.",
    });
  }
  const [, pattern, answer] = route;
  const answered = answer({ interventions, id: Number(pattern.exec(path)?.[1] ?? 0), body });
  if (answered.status !== 204) {
    return sendJson(response, answered.body, answered.status);
  }
  response.writeHead(204, { "cache-control": "no-store" });
  response.end();
}

function ok(body: unknown): Answer {
  return { status: 200, body };
}

function made(body: unknown): Answer {
  return { status: 201, body };
}

function done(work: () => void): Answer {
  work();
  return { status: 204 };
}
