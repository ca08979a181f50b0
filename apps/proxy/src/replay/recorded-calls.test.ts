import type { Database } from "@inspector/session/database";
import { writeScene } from "@inspector/session/testing/scene";
import { DatabaseSync } from "@photostructure/sqlite";
import { expect, test } from "vitest";
import { readRecordedCalls } from "./recorded-calls.ts";

test("an invocation with more logs than a page of rows is replayed, and compared with all that it said", () => {
  const logs = Array.from({ length: 1200 }, (_, n) => `${21 + n} ms worker rpc_log id=i1 text=line${n}`).join("\n");
  const database = new DatabaseSync(":memory:") as unknown as Database;
  writeScene(
    database,
    `1 ms worker start_stream worker=w1
     20 ms host invocation_request id=i1 function=hello
     ${logs}
     30 s worker invocation_response id=i1`,
  );
  const [call] = readRecordedCalls(database, {}).calls;
  expect(call).not.toHaveProperty("obstacle");
  const answer = call?.answer();
  expect(answer).toHaveLength(1201);
  expect(answer?.at(-1)?.content.case).toBe("invocationResponse");
  database.close();
});
