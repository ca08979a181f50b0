import { type Database, inTransaction } from "@inspector/session/database";
import { createSessionBuilder, type SessionBuilder } from "@inspector/session/testing/session-builder";
import { loadRecording } from "@inspector/testkit";
import { DatabaseSync } from "@photostructure/sqlite";
import { expect, test } from "vitest";
import { foundBy, NODE, openScene, problemsIn } from "../../testing/problems-in.ts";
import { createProblems } from "./problems.ts";
import type { Rule } from "./rule.ts";

function createEmpty(): { database: Database; builder: SessionBuilder } {
  const database = new DatabaseSync(":memory:") as unknown as Database;
  return { database, builder: createSessionBuilder(database) };
}

test("a session that grows ends with the problems of one that was there all along", () => {
  const { messages } = loadRecording("node/startup-and-invocations");
  const { database, builder } = createEmpty();
  const growing = createProblems(database);
  const stream = builder.stream(0);
  for (let from = 0; from < messages.length; from += 37) {
    inTransaction(database, () => {
      for (const { at, from: side, bytes } of messages.slice(from, from + 37)) {
        builder.message(at, stream, side, bytes);
      }
    });
    builder.commit();
    growing.step(0);
  }
  builder.endStream(messages.at(-1)?.at ?? 0, stream, { by: "relay", how: "lost" });
  const grown = growing.update();
  expect(grown.problems.length).toBeGreaterThan(10);
  expect(grown).toEqual(createProblems(database).update());
});

test("a step does what its budget allows and says whether there is more", () => {
  const { database, builder } = createEmpty();
  const stream = builder.stream(0);
  const { messages } = loadRecording("node/small-chunks");
  inTransaction(database, () => {
    for (let turn = 0; turn < 20; turn += 1) {
      for (const { at, from, bytes } of messages) {
        builder.message(at, stream, from, bytes);
      }
    }
  });
  builder.commit();
  const finder = createProblems(database);
  let steps = 1;
  while (finder.step(0)) {
    steps += 1;
  }
  expect(steps).toBeGreaterThan(1);
  expect(finder.update().through).toBe(20 * messages.length);
  expect(finder.step(0)).toBe(false);
});

test("what is settled later is gone from the problems", () => {
  const { database, builder } = createEmpty();
  const { messages } = loadRecording("node/small-chunks");
  const answered = messages.findIndex(({ kind }) => kind === "worker_init_response") + 1;
  const stream = builder.stream(0);
  for (const { bytes, from } of messages.slice(0, 2)) {
    builder.message(0, stream, from, bytes);
  }
  builder.commit();
  let now = 300e9;
  const finder = createProblems(database, { now: () => now });
  expect(finder.update().problems.map(({ rule }) => rule)).toEqual(["unanswered-step"]);
  now = 1e9;
  for (const { bytes, from } of messages.slice(2, answered)) {
    builder.message(1, stream, from, bytes);
  }
  builder.commit();
  expect(finder.update().problems).toEqual([]);
});

test("a recording that was cut off anywhere is looked at without a stumble", () => {
  const { messages } = loadRecording("node/replays");
  for (const [from, to] of [
    [0, 1],
    [5, 50],
    [100, 180],
    [messages.length - 1, messages.length],
  ]) {
    const { database, builder } = createEmpty();
    const stream = builder.stream(0);
    for (const { at, from: side, bytes } of messages.slice(from, to)) {
      builder.message(at, stream, side, bytes);
    }
    builder.commit();
    const rules = createProblems(database)
      .update()
      .problems.map(({ rule }) => rule);
    expect(rules).not.toContain("rule-failed");
  }
});

test("messages whose bodies were given up, cut off or compressed are passed over", () => {
  const call = `20 ms host invocation_request id=i1 function=hello
    25 ms worker invocation_response id=i1 status=Failure exception=boom
    30 ms worker rpc_log id=i1 text=late`;
  const database = openScene(NODE, call);
  database.exec("DELETE FROM body; DELETE FROM pack");
  expect(createProblems(database).update().problems).toMatchObject([{ rule: "failed-result", quote: "boom" }]);
  const cut = call.replace("text=late", "text=late truncated=true");
  expect(problemsIn(NODE, cut).problems.map(({ rule }) => rule)).toEqual(["failed-result", "cut-message"]);
});

test("a connection that cannot be read", () => {
  const database = openScene(NODE);
  expect(createProblems(database).update().problems).toEqual([]);
  database.exec("UPDATE connection SET protocol = 'unreadable', reason = 'worker: no HTTP/2 preface'");
  expect(createProblems(database).update().problems).toMatchObject([
    { rule: "unreadable-connection", quote: "worker: no HTTP/2 preface" },
  ]);
});

test("a rule that throws is a problem itself, and the others go on", () => {
  const broken: Rule = {
    id: "broken",
    severity: "error",
    find() {
      throw new Error("no such column");
    },
  };
  const other: Rule = {
    id: "other",
    severity: "warning",
    review: () => [
      { subject: "", at: 0, describe: () => ({ title: "t", consequence: "c", advice: "a", evidence: [] }) },
    ],
  };
  const { problems } = createProblems(openScene(NODE), { rules: [broken, other] }).update();
  expect(problems.map(({ id }) => id)).toEqual(["other:", "rule-failed:broken"]);
});

test("a rule that finds something else every time keeps its list short, and counts on", () => {
  const chatty: Rule = {
    id: "chatty",
    severity: "warning",
    review: () =>
      Array.from({ length: 1000 }, (_, index) => ({
        subject: `${index}`,
        at: index,
        describe: () => ({ title: `t${index}`, consequence: "c", advice: "a", evidence: [] }),
      })),
  };
  const { problems } = createProblems(openScene(NODE), { rules: [chatty] }).update();
  expect(problems).toHaveLength(201);
  expect(problems.reduce((sum, { count }) => sum + count, 0)).toBe(1000);
});

test("counts are what a badge shows", () => {
  const finder = createProblems(openScene(NODE, "20 ms host invocation_cancel id=i1\n 30 ms host end grpc=14"));
  finder.update();
  expect(finder.counts).toEqual({ errors: 1, warnings: 2 });
});

test("a problem that comes again says when it came last", () => {
  const late = (at: number): string => `${at} ms worker rpc_log id=i1 text=late`;
  const call = "20 ms host invocation_request id=i1 function=hello\n 25 ms worker invocation_response id=i1";
  expect(foundBy("late-log", NODE, call, late(30), late(70), late(50))).toMatchObject([
    { at: 30e6, lastAt: 70e6, count: 3 },
  ]);
  expect(foundBy("late-log", NODE, call, late(30))[0]).not.toHaveProperty("lastAt");
});
