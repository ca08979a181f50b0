import type { HttpLeg, ReplayHttpRequest } from "@inspector/session";
import { expect, test } from "vitest";
import { readRecord } from "../detail/reading.ts";
import { fromHttpForm, isSameRequest, toHttpForm } from "./http-leg-edit.ts";

const RECORDED: ReplayHttpRequest = {
  method: "POST",
  target: "/api/a?b=c%20d",
  headers: [
    ["accept", "a"],
    ["accept", "b"],
    ["x-empty", ""],
  ],
};
const BODY = btoa("hello");
const LEG: HttpLeg = { id: 1, request: { ...RECORDED, at: 0, size: 5 } };

function changed(change: object): ReplayHttpRequest {
  const form = toHttpForm(RECORDED, BODY);
  return fromHttpForm({ http: { ...readRecord(form["http"]), ...change } }, RECORDED, BODY);
}

test("what nobody edited is what was recorded, headers that stand twice included", () => {
  expect(toHttpForm(RECORDED, BODY)["http"]).toMatchObject({ url: "/api/a?b=c%20d", query: { b: "c d" } });
  expect(changed({})).toEqual(RECORDED);
  expect(isSameRequest(changed({}), LEG)).toBe(true);
});

test("each part can be another one, and only what is another one is told", () => {
  expect(changed({ method: "PUT", url: "/other" })).toEqual({ ...RECORDED, method: "PUT", target: "/other" });
  expect(changed({ headers: { accept: "c" } }).headers).toEqual([["accept", "c"]]);
  expect(changed({ body: { bytes: btoa("other") } }).body).toBe(btoa("other"));
  expect(changed({ body: { string: "caf\u00e9" } }).body).toBe("Y2Fmw6k=");
  expect(changed({ body: { string: "" } }).body).toBe("");
  expect(isSameRequest(changed({ body: { string: "" } }), LEG)).toBe(false);
});

test("an edit goes on from the one before", () => {
  const first = changed({ body: { string: "other" } });
  const form = toHttpForm(first, BODY);
  expect(fromHttpForm(form, first, BODY)).toEqual(first);
});
