/** Rules that answer invocations in the worker's place: a relay between two grpc-js peers, and a hub that answers. */
import type { HoldRule } from "@inspector/contract/intervention";
import type { MessagePage } from "@inspector/contract/page";
import { afterEach, beforeEach, expect, test } from "vitest";
import { invocation, type LiveTraffic, startLiveTraffic } from "../../testing/live-traffic.ts";

let traffic: LiveTraffic;

beforeEach(async () => {
  traffic = await startLiveTraffic();
  // A rule for a function by name holds once it is recorded under which id the worker loaded that.
  await traffic.rows("kind:invocation_request id:a");
});

afterEach(() => traffic.close());

/** Field 9000 of a message that the contract does not know. */
const UNKNOWN = Buffer.from([0xc2, 0xb2, 0x04, 0x01, 0x78]).toString("base64");

const written = (text: string, more: object = {}) => ({
  requestId: "written",
  invocationResponse: { result: { status: "Success" }, returnValue: { string: text }, ...more },
});

async function answerWith(answer: object, more: object = {}): Promise<HoldRule> {
  const order = { from: "host", functions: ["hello"], answer, ...more };
  const made = await traffic.live.served.change("POST", "/api/holds/rules", order);
  expect(made.status, String(made.body)).toBe(201);
  await traffic.ordersTaken();
  return made.json as HoldRule;
}

/** What the host heard as the answer to an invocation. */
async function answerTo(invocationId: string): Promise<unknown> {
  const text = await traffic.host.until((said) =>
    said.find((one) => one.includes("invocationResponse") && one.includes(`"invocationId":"${invocationId}"`)),
  );
  return JSON.parse(text);
}

async function ask(invocationId: string, text?: string): Promise<unknown> {
  traffic.tell(invocation(invocationId, text));
  return answerTo(invocationId);
}

function hasReached(invocationId: string): boolean {
  return traffic.worker.said.some((text) => text.includes(`"invocationId":"${invocationId}"`));
}

const fromWorker = { invocationResponse: { returnValue: { string: "got recorded" } } };

test("the host gets what was written, under its own invocation id, and the worker sees nothing of it", async () => {
  const rule = await answerWith({ message: written("written", { invocationId: "of no use", $unknown: UNKNOWN }) });
  expect(rule).toMatchObject({ held: 0, answer: { answered: 0, waiting: 0, status: "Success" } });
  expect(rule.answer).not.toHaveProperty("message");
  expect(await ask("b")).toEqual(written("written", { invocationId: "b", $unknown: UNKNOWN }));
  expect(await ask("c")).toEqual(written("written", { invocationId: "c", $unknown: UNKNOWN }));
  const { rules, held } = await traffic.toldHolds((holds) => holds.rules[0]?.answer?.answered === 2);
  expect(held).toEqual([]);
  expect(rules).toMatchObject([{ id: rule.id, held: 0, functions: ["hello"], answer: { waiting: 0 } }]);
  expect((await traffic.live.served.change("DELETE", `/api/holds/rules/${rule.id}`)).status).toBe(204);
  await traffic.ordersTaken();
  expect(await ask("d")).toMatchObject(fromWorker);
  expect(["b", "c", "d"].map(hasReached)).toEqual([false, false, true]);
});

test("what was answered is recorded as a request that was dropped and an answer that was put in", async () => {
  await answerWith({ message: written("written") });
  await ask("b");
  const marks = async (): Promise<unknown> => {
    const { rows } = (await traffic.live.served.ask("/api/messages?after=0&limit=1000")).json as MessagePage;
    return rows.filter(({ invocationId }) => invocationId === "b").map((row) => [row.kind, row.intervention]);
  };
  await expect.poll(marks).toEqual([
    ["invocation_request", "dropped"],
    ["invocation_response", "injected"],
  ]);
  const found = async (): Promise<unknown> => {
    const { rows } = (await traffic.live.served.ask("/api/messages?after=0&limit=1000")).json as MessagePage;
    const id = rows.find(({ invocationId }) => invocationId === "b")?.invocation;
    return (await traffic.live.served.ask(`/api/invocations/${id}`)).json;
  };
  expect(await found()).toMatchObject({ row: { state: "success", logs: 0, extraAnswers: 0 } });
});

test("a rule for the next N ends by itself behind the last of them", async () => {
  await answerWith({ message: written("written"), times: 2 });
  for (const id of ["b", "c", "d", "e"]) {
    traffic.tell(invocation(id));
  }
  expect(await answerTo("b")).toMatchObject(written("written"));
  expect(await answerTo("c")).toMatchObject(written("written"));
  expect(await answerTo("d")).toMatchObject(fromWorker);
  expect(await answerTo("e")).toMatchObject(fromWorker);
  expect(await traffic.toldHolds(({ rules }) => rules.length === 0)).toMatchObject({ rules: [], held: [] });
  expect(["b", "c", "d", "e"].map(hasReached)).toEqual([false, false, true, true]);
});

test("an answer waits as long as the rule says, and is not shown as held meanwhile", async () => {
  const delayMs = 300;
  await answerWith({ message: written("written"), delayMs });
  const began = performance.now();
  const answer = ask("b");
  const { held } = await traffic.toldHolds(({ rules }) => rules[0]?.answer?.waiting === 1);
  expect(held).toEqual([]);
  expect(await answer).toMatchObject(written("written"));
  // Timers of Node.js may be early by less than a millisecond.
  expect(performance.now() - began).toBeGreaterThan(delayMs - 1);
});

test("what waits for its answer reaches the worker when the rule is taken away, or the hub is gone", async () => {
  const { id } = await answerWith({ message: written("written"), delayMs: 3_600_000 });
  traffic.tell(invocation("b"));
  await traffic.toldHolds(({ rules }) => rules[0]?.answer?.waiting === 1);
  expect((await traffic.live.served.change("DELETE", `/api/holds/rules/${id}`)).status).toBe(204);
  expect(await answerTo("b")).toMatchObject(fromWorker);
  await answerWith({ message: written("written"), delayMs: 3_600_000 });
  traffic.tell(invocation("c"));
  await traffic.toldHolds(({ rules }) => rules.some((rule) => rule.id > id && rule.answer?.waiting === 1));
  await traffic.live.close();
  expect(await answerTo("c")).toMatchObject(fromWorker);
  expect(await ask("d")).toMatchObject(fromWorker);
});

test("each of several rules answers what its filter matches, the oldest first, and the rest reaches the worker", async () => {
  await answerWith({ message: written("once for b"), times: 1 }, { filter: "id:b" });
  const forB = await answerWith({ message: written("for b") }, { filter: "id:b" });
  const forC = await answerWith({ message: written("for c"), delayMs: 3_600_000 }, { filter: "id:c" });
  expect(await ask("b1")).toMatchObject({ invocationResponse: { returnValue: { string: "once for b" } } });
  expect(await ask("b2")).toMatchObject({ invocationResponse: { returnValue: { string: "for b" } } });
  traffic.tell(invocation("c1"));
  await traffic.toldHolds(({ rules }) => rules.some(({ id, answer }) => id === forC.id && answer?.waiting === 1));
  expect((await traffic.live.served.change("DELETE", `/api/holds/rules/${forB.id}`)).status).toBe(204);
  expect(await ask("d1")).toMatchObject(fromWorker);
  expect(hasReached("c1")).toBe(false);
  expect((await traffic.live.served.change("DELETE", `/api/holds/rules/${forC.id}`)).status).toBe(204);
  expect(await answerTo("c1")).toMatchObject(fromWorker);
});

test("a request too large to be shown is answered by its id, but not where a filter would have to look at it", async () => {
  const text = "x".repeat(9 * 1024 * 1024);
  const { id } = await answerWith({ message: written("for any"), times: 5 });
  expect(await ask("b", text)).toMatchObject(written("for any"));
  expect((await traffic.live.served.change("DELETE", `/api/holds/rules/${id}`)).status).toBe(204);
  await answerWith({ message: written("for some") }, { filter: "id:c" });
  expect(await ask("c", text)).toMatchObject({
    invocationResponse: { returnValue: { string: expect.stringMatching(/^got x/u) } },
  });
});

test.each([
  [{ message: { invocationResponse: { nonsense: 1 } } }, {}, "bad-message", "answer.message.invocationResponse"],
  [{ message: { rpcLog: {} } }, {}, "bad-message", "answer.message"],
  [{ message: [] }, {}, "bad-message", "answer.message"],
  [{}, {}, "bad-body", "answer.message"],
  [{ message: written(""), delayMs: -1 }, {}, "bad-body", "answer.delayMs"],
  [{ message: written(""), times: 0 }, {}, "bad-body", "answer.times"],
  [{ message: written("") }, { from: "worker" }, "bad-body", "answer"],
  [{ message: written("") }, { kinds: ["invocation_request", "invocation_cancel"] }, "bad-body", "answer"],
])("an answer that is none is refused, with its place: %#", async (answer, more, code, path) => {
  const refused = await traffic.live.served.change("POST", "/api/holds/rules", { from: "host", answer, ...more });
  expect(refused.status).toBe(400);
  expect(refused.json).toMatchObject({ error: { code, message: expect.stringContaining(path) } });
  expect((await traffic.live.served.ask("/api/holds")).json).toEqual({ rules: [], held: [] });
});
