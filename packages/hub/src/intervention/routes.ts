/** Replays and holds over HTTP; see packages/contract/src/intervention.ts. */
import { InspectorError } from "@inspector/contract/inspector-error";
import { jsonAnswer, NOTHING, type PageAnswer } from "@inspector/reader/page-answer";
import { createRouter, type Handler, type Route } from "@inspector/reader/router";
import type { Interventions } from "./interventions.ts";
import { parseHoldRuleOrder, parseReleaseOrder, parseReplayOrder } from "./orders.ts";
import type { InterventionPath } from "./paths.ts";

export type InterventionAsked = { readonly interventions: Interventions; readonly body: unknown };

type Work = (interventions: Interventions, body: unknown, id: number) => PageAnswer;

type InterventionRoute = Route<InterventionAsked, PageAnswer> & readonly [unknown, InterventionPath, unknown];

const ROUTES: readonly InterventionRoute[] = [
  ["GET", "replays", on(({ replays }) => jsonAnswer(replays.list()))],
  ["POST", "replays", on(({ replays }, body) => jsonAnswer(replays.start(parseReplayOrder(body)), 201))],
  ["POST", "replays/check", on(({ replays }, body) => jsonAnswer(replays.check(parseReplayOrder(body))))],
  ["GET", "replays/room", on(({ replays }) => jsonAnswer(replays.roomUse))],
  ["GET", "replays/:id", on(({ replays }, _, id) => jsonAnswer(replays.one(id)))],
  ["POST", "replays/:id/cancel", on(({ replays }, _, id) => jsonAnswer(replays.cancel(id)))],
  ["GET", "holds", on(({ holds }) => jsonAnswer(holds.holds))],
  ["GET", "holds/:id", on(({ holds }, _, id) => jsonAnswer(holds.one(id)))],
  ["POST", "holds/rules", on(({ holds }, body) => jsonAnswer(holds.add(parseHoldRuleOrder(body)), 201))],
  ["DELETE", "holds/rules/:id", on(({ holds }, _, id) => done(() => holds.remove(id)))],
  ["POST", "holds/:id/release", on(({ holds }, body, id) => done(() => holds.release(id, parseReleaseOrder(body))))],
];

export const INTERVENTION_ROUTES = createRouter(ROUTES);

/** @throws {InspectorError} "not-found", and what `work` throws */
function on(work: Work): Handler<InterventionAsked, PageAnswer> {
  return ({ interventions, body }, id = "0") => {
    if (!/^\d{1,15}$/u.test(id)) {
      throw new InspectorError("not-found", `"${id.slice(0, 50)}" is not a number`);
    }
    return work(interventions, body, Number(id));
  };
}

function done(work: () => void): PageAnswer {
  work();
  return NOTHING;
}
