import type { Database } from "@inspector/session/database";
import { createInvocationQueries } from "@inspector/session/invocation-queries";
import { createQueries } from "@inspector/session/queries";
import { writeScene } from "@inspector/session/testing/scene";
import { DatabaseSync } from "@photostructure/sqlite";
import { describe, expect, test } from "vitest";
import { failureOf } from "./failure.ts";

/** `calls` begin with message 3: what stands before makes the function known. */
function failureIn(calls: string, id: number) {
  const database = new DatabaseSync(":memory:") as unknown as Database;
  writeScene(
    database,
    `0 ms worker start_stream worker=w1
     1 ms host function_load_request function=hello
     ${calls}`,
  );
  const source = {
    database,
    queries: createQueries(database),
    invocations: createInvocationQueries(database),
    decompress: () => undefined,
  };
  return failureOf(source, id);
}

const STACK = String.raw`"Error: no table 7\n    at node:internal/x:1:2\n    at read (/srv/app/src/functions/hello.js:7:3)"`;

function call(at: number, id: string, text: string, outcome: string): string {
  return `${at} ms host invocation_request id=${id} function=hello json={"inputData":[{"name":"a","data":{"string":"${text}"}}]}
    ${at + 1} ms worker invocation_response id=${id} ${outcome}`;
}

describe("a failure", () => {
  test("has the exception's message, the first frame of the app's own, and the app's last log before the answer", () => {
    const scene = `3 ms host invocation_request id=i1 function=hello
      4 ms worker rpc_log id=i1 text=reading
      5 ms worker rpc_log id=i1 text=chatter category=System
      6 ms worker invocation_response id=i1 status=Failure exception="no table 7" stack=${STACK}
      7 ms worker rpc_log id=i1 text=late`;
    expect(failureIn(scene, 3)).toEqual({
      message: "no table 7",
      frame: "src/functions/hello.js:7",
      lastLog: { seq: 4, text: "reading" },
      again: { count: 1, first: { invocation: 3, at: 6e6 } },
    });
  });

  test.each([
    ["RangeError: too large", "too large", "RangeError"],
    ["Error: too large", "too large", undefined],
    ["RangeError: too large", "something else", undefined],
  ])("whose stack begins with %j and whose message is %j is of type %j", (line, message, type) => {
    const stack = JSON.stringify(`${line}\n    at read (/srv/app/src/functions/hello.js:7:3)`);
    expect(failureIn(call(10, "i1", "x", `status=Failure exception="${message}" stack=${stack}`), 3)?.type).toBe(type);
  });

  test("counts what says the same but for numbers, and tells the first of them", () => {
    const scene = [
      call(10, "i1", "x", 'status=Failure exception="no table 1"'),
      call(20, "i2", "y", 'status=Failure exception="no disk"'),
      call(30, "i3", "z", 'status=Failure exception="no table 2"'),
    ].join("\n");
    expect(failureIn(scene, 7)?.again).toEqual({ count: 2, first: { invocation: 3, at: 11e6 } });
  });

  test("names a call with the same input, one that succeeded before one that is nearer", () => {
    const scene = [
      call(10, "i1", "same", "status=Success"),
      call(20, "i2", "else", "status=Success"),
      call(30, "i3", "same", "status=Failure"),
      call(40, "i4", "same", "status=Failure"),
    ].join("\n");
    expect(failureIn(scene, 9)?.sameInput).toEqual({ invocation: 3, hasFailed: false, count: 2 });
    expect(failureIn(scene.replace("same", "some"), 9)?.sameInput).toEqual({
      invocation: 7,
      hasFailed: true,
      count: 1,
    });
    expect(failureIn(scene.replaceAll("status=Success", "status=Failure"), 5)?.sameInput).toBeUndefined();
  });

  test("is an HTTP status of 500, too, whatever the worker calls it", () => {
    const answer = (status: string) => `json={"returnValue":{"http":{"statusCode":"${status}"}}}`;
    const scene = [
      call(10, "i1", "same", answer("500")),
      call(20, "i2", "same", answer("404")),
      call(30, "i3", "same", answer("502")),
    ].join("\n");
    expect(failureIn(scene, 3)?.sameInput).toEqual({ invocation: 5, hasFailed: false, count: 2 });
    expect(failureIn(scene, 3)?.again).toBeUndefined();
    expect(failureIn(scene.replace('"404"', '"503"'), 3)?.sameInput?.hasFailed).toBe(true);
    expect(failureIn(scene, 5)).toBeUndefined();
  });

  test("is of an invocation that failed", () => {
    const scene = call(10, "i1", "x", "status=Success");
    expect(failureIn(scene, 3)).toBeUndefined();
    expect(failureIn(scene, 1)).toBeUndefined();
    expect(failureIn(scene, 99)).toBeUndefined();
  });
});
