import { compileFilter } from "@inspector/filter/compile";
import { parseFilter } from "@inspector/filter/parse";
import { createQueries } from "@inspector/session/queries";
import { expect, test } from "vitest";
import { startRecording } from "../../testing/one-recording.ts";

test("a log of category System is the worker's own, and `is:system` finds it", async () => {
  const recording = await startRecording();
  const { relay } = recording;
  relay.say(1, "worker", { startStream: { workerId: "w1" } });
  relay.say(1, "worker", { rpcLog: { message: "Worker received", category: "a", logCategory: "System" } });
  relay.say(1, "worker", { rpcLog: { message: "hello", logCategory: "User" } });
  relay.say(1, "worker", { rpcLog: { message: "no category" } });
  recording.ingest();
  const database = recording.read();
  const queries = createQueries(database);
  const parsed = parseFilter("is:system");
  const condition = parsed.ok ? compileFilter(parsed.filter) : undefined;
  expect(queries.messagesAfter(0, 10).rows.map(({ isSystem, category }) => [isSystem, category])).toEqual([
    [undefined, undefined],
    [true, "a"],
    [undefined, undefined],
    [undefined, undefined],
  ]);
  expect(queries.column(condition, 0, 10)).toEqual([2]);
  database.close();
  await recording.end();
});
