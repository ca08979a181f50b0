import { expect, test } from "vitest";
import { DOTNET, foundBy, NODE, problemsIn, rulesIn, STOPPED } from "../../testing/problems-in.ts";

test("equal failures of a function are one problem, counted, with the first as evidence", () => {
  const failures = Array.from(
    { length: 60 },
    (_, index) => `
      ${20 + index} ms  host    invocation_request   id=i${index} function=hello
      ${20 + index} ms  worker  invocation_response  id=i${index} status=Failure exception="order ${index} is gone"`,
  );
  expect(foundBy("failed-result", NODE, ...failures)).toMatchObject([
    {
      id: "failed-result:hello",
      severity: "error",
      title: "hello failed: order 0 is gone",
      functionName: "hello",
      quote: "order 0 is gone",
      count: 60,
      evidence: [
        { label: "request", seq: 6 },
        { label: "answer", seq: 7 },
      ],
    },
  ]);
});

test.each([
  ["worker_init_response", "WorkerInit failed"],
  ["function_environment_reload_response", "The environment reload failed"],
  ["function_metadata_response", "The worker could not list its functions"],
  ["worker_warmup_response", "The warm-up failed"],
])("a Failure in %s is quoted with its stack", (kind, title) => {
  const table = `1 ms worker start_stream worker=w1
    2 ms worker ${kind} status=Failure exception="no module named app" stack="Error: no module named app\\n  at main.js:3"`;
  const [problem] = foundBy("failed-result", table);
  expect(problem).toMatchObject({
    title: `${title}: Error: no module named app`,
    quote: "Error: no module named app\n  at main.js:3",
  });
  expect(rulesIn(table.replace("status=Failure", "status=Success"))).not.toContain("failed-result");
});

test("a stack that ends with what went wrong is quoted behind it", () => {
  const table = `
    1 ms host   worker_init_request
    2 ms worker worker_init_response status=Failure exception="ValueError: boom" stack="Traceback:\\n  x.py\\nValueError: boom"`;
  const [problem] = foundBy("failed-result", table);
  expect(problem?.quote).toBe("ValueError: boom\nTraceback:\n  x.py\nValueError: boom");
});

test("a response without a result is a Failure that says nothing", () => {
  const table = "20 ms host invocation_request id=i function=hello\n 21 ms worker invocation_response id=i status=none";
  const [problem] = foundBy("failed-result", NODE, table);
  expect(problem?.quote).toBeUndefined();
  expect(problem?.advice).toContain("a status that is left out reads as Failure");
});

test("a failure behind a cancel is what was asked for", () => {
  const table = `20 ms  host    invocation_request   id=i1 function=hello
    30 ms  host    invocation_cancel    id=i1
    31 ms  worker  invocation_response  id=i1 status=Failure exception="cancelled"`;
  expect(foundBy("failed-result", NODE, table)).toMatchObject([
    { severity: "info", title: "hello answered Failure after it was cancelled" },
  ]);
});

test("functions that fail in a collection are named", () => {
  const table = `20 ms worker function_load_response_collection json={"functionLoadResponses":[
    {"functionId":"good","result":{"status":"Success"}},
    {"functionId":"bad","result":{"status":"Failure","exception":{"message":"no such file"}}}]}`.replaceAll(
    /\n\s+/gu,
    "",
  );
  expect(foundBy("failed-function", NODE, table)).toMatchObject([{ functionName: "bad", quote: "no such file" }]);
  expect(foundBy("failed-function", NODE)).toEqual([]);
});

test("a function that failed to load and is invoked all the same", () => {
  const failed = NODE.replace(
    "function_load_response  function=hello",
    "function_load_response  function=hello status=Failure",
  );
  const call = "20 ms host invocation_request id=i1 function=hello";
  expect(foundBy("failed-load-invoked", failed, call)).toMatchObject([
    { functionName: "hello", evidence: [{ seq: 5 }, { label: "request", seq: 6 }] },
  ]);
  const again = `11 ms host function_load_request function=hello
    12 ms worker function_load_response function=hello`;
  expect(foundBy("failed-load-invoked", failed, again, call)).toEqual([]);
  expect(foundBy("failed-load-invoked", NODE, call)).toEqual([]);
});

test("an invocation is lost with its stream", () => {
  const call = "20 ms host invocation_request id=i1 function=hello";
  expect(foundBy("lost-invocation", NODE, call, "30 ms relay lost")).toMatchObject([
    { severity: "error", functionName: "hello", invocation: 6, count: 1 },
  ]);
  expect(foundBy("lost-invocation", NODE, call, "30 ms worker rpc_log id=i1 text=hi")).toEqual([]);
  expect(foundBy("lost-invocation", NODE, call, "21 ms worker invocation_response id=i1\n 30 ms relay lost")).toEqual(
    [],
  );
  expect(foundBy("lost-invocation", NODE, call, STOPPED)).toMatchObject([{ severity: "warning" }]);
  expect(foundBy("lost-invocation", NODE, call, "25 ms event gap reason=full\n 30 ms relay lost")).toMatchObject([
    { severity: "info" },
  ]);
});

const CALL = "20 ms host invocation_request id=i1 function=hello\n 25 ms worker invocation_response id=i1";

test("an invocation is answered once", () => {
  expect(foundBy("extra-answer", NODE, CALL, "26 ms worker invocation_response id=i1")).toMatchObject([
    { functionName: "hello", evidence: [{ seq: 6 }, { seq: 7 }, { label: "extra answer", seq: 8 }] },
  ]);
  expect(foundBy("extra-answer", NODE, CALL)).toEqual([]);
});

test("an answer belongs to a request, unless the request went by unrecorded", () => {
  const stray = "30 ms worker invocation_response id=i9";
  expect(foundBy("unknown-answer", NODE, CALL, stray)).toMatchObject([{ severity: "warning" }]);
  expect(foundBy("unknown-answer", NODE, "28 ms event gap reason=full", stray)).toMatchObject([{ severity: "info" }]);
  expect(foundBy("unknown-answer", NODE, CALL)).toEqual([]);
});

test("an answer that was recorded before its request is none of a stranger", () => {
  const swapped = "20 ms worker invocation_response id=i1\n 21 ms host invocation_request id=i1 function=hello";
  expect(rulesIn(NODE, swapped)).toEqual([]);
});

test("an id is not used again while it is in flight", () => {
  const twice = `20 ms host invocation_request id=i1 function=hello
    21 ms host invocation_request id=i1 function=hello`;
  expect(foundBy("reused-invocation-id", NODE, twice)).toMatchObject([{ functionName: "hello" }]);
  expect(foundBy("reused-invocation-id", NODE, CALL, CALL)).toEqual([]);
});

test("steps are answered once, and only when asked for", () => {
  const loads =
    "11 ms worker function_load_response function=hello\n 12 ms worker function_load_response function=other";
  expect(foundBy("stray-answer", NODE, loads)).toMatchObject([{ count: 2 }]);
  expect(foundBy("stray-answer", NODE, "20 ms worker start_stream worker=w1")).toMatchObject([
    { title: "start_stream was sent more than once on one stream" },
  ]);
  expect(foundBy("stray-answer", NODE)).toEqual([]);
});

test("pings that wait long", () => {
  const ping = "20 ms host worker_status_request request=r1";
  expect(foundBy("slow-status", NODE, ping, "2 s worker worker_status_response request=r1")).toMatchObject([
    { severity: "warning", title: "The worker took up to 1.98 s to answer a status ping" },
  ]);
  expect(foundBy("slow-status", NODE, ping, "5 s event relay-ended")).toHaveLength(1);
  expect(foundBy("slow-status", NODE, ping, "500 ms worker worker_status_response request=r1")).toEqual([]);
});

test("a .NET worker is invoked with a trace context", () => {
  const call = "20 ms host invocation_request id=i1 function=hello trace=none";
  expect(foundBy("missing-trace-context", DOTNET, call)).toMatchObject([{ severity: "error", functionName: "hello" }]);
  expect(foundBy("missing-trace-context", DOTNET, CALL)).toEqual([]);
  expect(foundBy("missing-trace-context", NODE, call)).toEqual([]);
});

test("ids of problems are the same each time", () => {
  const tables = [
    NODE,
    CALL,
    "26 ms worker invocation_response id=i1",
    "30 ms worker invocation_response id=i9",
    "40 ms relay lost",
  ];
  const ids = () => problemsIn(...tables).problems.map(({ id }) => id);
  expect(new Set(ids()).size).toBe(ids().length);
  expect(ids()).toEqual(ids());
});
