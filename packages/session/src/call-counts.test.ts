import { encodeMessage, messageFromJson } from "@inspector/proto";
import { DatabaseSync } from "@photostructure/sqlite";
import { beforeEach, describe, expect, test } from "vitest";
import { createSessionBuilder } from "../testing/session-builder.ts";
import { type CallCounts, callCountsOf } from "./call-counts.ts";
import type { Database } from "./database.ts";

let database: Database;
let say: (...messages: readonly unknown[]) => void;

beforeEach(() => {
  database = new DatabaseSync(":memory:") as unknown as Database;
  const builder = createSessionBuilder(database);
  const stream = builder.stream(0);
  say = (...messages) => {
    for (const message of messages) {
      const parsed = messageFromJson(message);
      if (!parsed.ok) {
        throw new Error(parsed.reason);
      }
      const isRequest = parsed.message.content.case === "invocationRequest";
      builder.message(1, stream, isRequest ? "host" : "worker", encodeMessage(parsed.message));
    }
    builder.commit();
  };
});

const request = (invocationId: string) => ({ invocationRequest: { invocationId, functionId: "f" } });
const failed = (invocationId: string) => ({ invocationResponse: { invocationId, result: { status: "Failure" } } });
const answered = (invocationId: string, statusCode: string) => ({
  invocationResponse: { invocationId, result: { status: "Success" }, returnValue: { http: { statusCode } } },
});

/** As somebody counts who has not asked before. */
function countedAnew(): CallCounts {
  return callCountsOf({ ...database, prepare: (sql) => database.prepare(sql) });
}

describe("calls of a session that goes on", () => {
  test("are counted as one who opens it then would count them, in whatever order they were recorded", () => {
    const batches = [
      [request("a"), request("b")],
      [failed("a"), request("c")],
      [answered("b", "500"), failed("d")],
      [request("d"), failed("a"), request("a")],
      [answered("c", "200"), answered("a", "503"), failed("x")],
    ];
    const seen = batches.map((batch) => {
      say(...batch);
      const counts = callCountsOf(database);
      expect(counts.ofStream(1)).toEqual(countedAnew().ofStream(1));
      expect(counts.of(1, "f")).toEqual(countedAnew().of(1, "f"));
      const { calls, failures, serverErrors } = counts.ofStream(1);
      return [calls, failures, serverErrors];
    });
    expect(seen).toEqual([
      [2, 0, 0],
      [3, 1, 0],
      [3, 1, 1],
      [5, 2, 1],
      [5, 2, 2],
    ]);
  });

  test("are looked at once", () => {
    say(request("a"), failed("a"), request("b"));
    expect(callCountsOf(database).ofStream(1)).toMatchObject({ calls: 2, failures: 1 });
    database.exec("DELETE FROM invocation WHERE invocation_id = 'a'");
    say(failed("b"), request("c"));
    expect(callCountsOf(database).ofStream(1)).toMatchObject({ calls: 3, failures: 2 });
  });

  test("are counted anew where the oldest were given up", () => {
    say(request("a"), failed("a"), request("b"));
    callCountsOf(database);
    database.exec("DELETE FROM invocation WHERE invocation_id = 'a'; DELETE FROM message WHERE seq <= 2");
    expect(callCountsOf(database).ofStream(1)).toMatchObject({ calls: 1, failures: 0 });
  });
});
