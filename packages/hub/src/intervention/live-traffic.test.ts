/** A host and a worker on grpc-js with the relay between them, and a page that intervenes. */
import type { MessagePage } from "@inspector/contract/page";
import { afterEach, beforeEach, expect, test } from "vitest";
import { invocation, type LiveTraffic, startLiveTraffic } from "../../testing/live-traffic.ts";

let traffic: LiveTraffic;

beforeEach(async () => {
  traffic = await startLiveTraffic();
});

afterEach(() => traffic.close());

test("a replay is answered by the worker, recorded and marked, and the host hears nothing of it", async () => {
  const run = await traffic.replay({ times: 20, message: invocation("a", "edited") });
  expect(run.isEdited).toBe(true);
  expect(run.results.map(({ state }) => state)).toEqual(Array(20).fill("success"));
  traffic.tell(invocation("b"));
  await traffic.host.until((said) => said.find((text) => text.includes("invocationResponse") && text.includes('"b"')));
  expect(traffic.host.said.filter((text) => text.includes("edited"))).toEqual([]);
  expect(traffic.host.said.filter((text) => text.includes("got recorded"))).toHaveLength(2);
  const [last] = run.results.slice(-1);
  const { json } = await traffic.live.served.ask(`/api/invocations/${last?.invocation ?? 0}`);
  expect(json).toMatchObject({ row: { state: "success", logs: 1, replay: { run: run.id, n: 20, isEdited: true } } });
  const { messages } = json as { messages: number[] };
  const page = (await traffic.live.served.ask(`/api/messages?seqs=${messages.join(",")}`)).json as MessagePage;
  expect(page.rows.map(({ kind, intervention }) => [kind, intervention])).toEqual([
    ["invocation_request", "injected"],
    ["rpc_log", "swallowed"],
    ["invocation_response", "swallowed"],
  ]);
  expect((await traffic.live.served.ask("/api/functions")).json).toMatchObject([{ name: "hello", calls: 2 }]);
});

test("what is held is replaced on its way, and the worker answers what it got", async () => {
  // A rule for a function by name holds once it is recorded under which id the worker loaded that.
  await traffic.rows("kind:invocation_request id:a");
  const rule = await traffic.live.served.change("POST", "/api/holds/rules", { from: "host", functions: ["hello"] });
  expect(rule.status).toBe(201);
  await traffic.ordersTaken();
  traffic.tell(invocation("c"));
  const { held } = await traffic.toldHolds((holds) => holds.held.length === 1);
  expect(held).toMatchObject([{ kind: "invocation_request", invocationId: "c", message: invocation("c") }]);
  const path = `/api/holds/${held[0]?.id}/release`;
  const order = { action: "replace", message: invocation("c", "edited") };
  expect((await traffic.live.served.change("POST", path, order)).status).toBe(204);
  const answer = await traffic.host.until((said) => said.find((text) => text.includes("got edited")));
  expect(answer).toContain('"c"');
  const [replaced = 0] = await traffic.rows("kind:invocation_request is:edited id:c");
  const { json } = await traffic.live.served.ask(`/api/messages?seqs=${replaced}`);
  expect(json).toMatchObject({ rows: [{ intervention: "replaced" }] });
  const found = async (): Promise<unknown> => (await traffic.live.served.ask(`/api/invocations/${replaced}`)).json;
  await expect.poll(found).toMatchObject({ row: { attempt: 1, state: "success", extraAnswers: 0 } });
});

test("what is held goes on as it was when its rule is taken away, and is dropped or answered when told so", async () => {
  const rule = await traffic.live.served.change("POST", "/api/holds/rules", { from: "host" });
  const { id } = rule.json as { id: number };
  await traffic.ordersTaken();
  for (const name of ["d", "e", "f"]) {
    traffic.tell(invocation(name));
  }
  const { held } = await traffic.toldHolds((holds) => holds.held.length === 3);
  const pathOf = (name: string) => `/api/holds/${held.find((one) => one.invocationId === name)?.id}/release`;
  const message = { invocationResponse: { invocationId: "d", result: { status: "Success" }, outputData: [] } };
  expect((await traffic.live.served.change("POST", pathOf("d"), { action: "answer", message })).status).toBe(204);
  expect((await traffic.live.served.change("POST", pathOf("e"), { action: "drop" })).status).toBe(204);
  expect((await traffic.live.served.change("DELETE", `/api/holds/rules/${id}`)).status).toBe(204);
  await traffic.host.until((said) => said.find((text) => text.includes("got recorded") && text.includes('"f"')));
  const answers = traffic.host.said.filter((text) => text.includes("invocationResponse"));
  expect(answers.filter((text) => text.includes('"d"'))).toHaveLength(1);
  expect(answers.filter((text) => text.includes('"e"'))).toEqual([]);
});

test("what is held goes on, in order, when the hub is gone, and what was replayed stays unheard", async () => {
  await traffic.live.served.change("POST", "/api/holds/rules", {
    from: "worker",
    kinds: ["rpc_log", "invocation_response"],
  });
  await traffic.ordersTaken();
  traffic.tell(invocation("g"));
  traffic.tell(invocation("h"));
  await traffic.toldHolds((holds) => holds.held.length === 2 && holds.held.every(({ queued }) => queued === 1));
  await traffic.live.close();
  await traffic.host.until((said) => said.find((text) => text.includes("invocationResponse") && text.includes('"h"')));
  const last = traffic.host.said.slice(-4).map((text) => [text.includes("rpcLog"), text.includes('"g"')]);
  expect(last.filter(([, isFirst]) => isFirst)).toEqual([
    [true, true],
    [false, true],
  ]);
  expect(last.map(([isLog]) => isLog).filter(Boolean)).toHaveLength(2);
  traffic.tell(invocation("i"));
  await traffic.host.until((said) => said.find((text) => text.includes("invocationResponse") && text.includes('"i"')));
});
