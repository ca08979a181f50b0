import type { ReplayHttpRequest } from "@inspector/contract/intervention";
import type { HttpLeg } from "@inspector/contract/page";
import { expect, test } from "vitest";
import { isSameRequest, withLegBody } from "./http-leg-edit.ts";

const RECORDED: ReplayHttpRequest = { method: "POST", target: "/api/a?b=c%20d", headers: [["accept", "a"]] };
const BODY = btoa("hello");
const LEG: HttpLeg = { id: 1, request: { ...RECORDED, at: 0, size: 5 } };

const withBody = (data: Readonly<Record<string, unknown>>) => withLegBody(RECORDED, data, BODY);

test("the request has a body only where it differs from the recorded one", () => {
  expect(withBody({ bytes: btoa("other") }).body).toBe(btoa("other"));
  expect(withBody({ string: "caf\u00e9" }).body).toBe("Y2Fmw6k=");
  expect(withBody({ string: "" }).body).toBe("");
  expect(withLegBody(withBody({ string: "" }), { bytes: BODY }, BODY)).toEqual(RECORDED);
});

test("a request is the recorded one where nothing in it is another", () => {
  expect(isSameRequest(RECORDED, LEG)).toBe(true);
  expect(isSameRequest(withBody({ string: "" }), LEG)).toBe(false);
  expect(isSameRequest({ ...RECORDED, headers: [["accept", "b"]] }, LEG)).toBe(false);
  expect(isSameRequest({ ...RECORDED, target: "/" }, LEG)).toBe(false);
});
