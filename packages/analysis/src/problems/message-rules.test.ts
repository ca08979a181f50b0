import { expect, test } from "vitest";
import { DOTNET, foundBy, NODE, rulesIn } from "../../testing/problems-in.ts";

const REQUEST = "20 ms host invocation_request id=i1 function=hello";
const ANSWER = "25 ms worker invocation_response id=i1";

test("user logs behind the answer are dropped, system logs are not", () => {
  const late = '30 ms worker rpc_log id=i1 text="too late"';
  expect(foundBy("late-log", NODE, REQUEST, ANSWER, late, late)).toMatchObject([
    { functionName: "hello", quote: "too late", count: 2, evidence: [{ seq: 7 }, { label: "late log", seq: 8 }] },
  ]);
  expect(foundBy("late-log", NODE, REQUEST, ANSWER, `${late} category=System`)).toEqual([]);
  expect(foundBy("late-log", NODE, REQUEST, late, ANSWER)).toEqual([]);
});

test("where an id is in use twice, no log is called late", () => {
  const again = "21 ms host invocation_request id=i1 function=hello";
  expect(foundBy("late-log", NODE, REQUEST, again, ANSWER, "26 ms worker rpc_log id=i1 text=hi", ANSWER)).toEqual([]);
});

test("logs of unknown invocations", () => {
  expect(foundBy("unknown-invocation-log", NODE, "20 ms worker rpc_log id=i9 text=hi")).toMatchObject([
    { severity: "warning", quote: "hi" },
  ]);
  expect(foundBy("unknown-invocation-log", NODE, "20 ms worker rpc_log id=i9 text=hi category=System")).toEqual([]);
  expect(foundBy("unknown-invocation-log", NODE, REQUEST, "21 ms worker rpc_log id=i1 text=hi")).toEqual([]);
});

test("user logs without an invocation", () => {
  expect(foundBy("log-without-invocation", NODE, "20 ms worker rpc_log text=hi")).toMatchObject([{ severity: "info" }]);
  expect(foundBy("log-without-invocation", NODE, "20 ms worker rpc_log text=hi category=System")).toEqual([]);
});

test.each([
  ['{"returnValue":{"collectionString":{"string":["a"]}}}', "collection_string"],
  ['{"outputData":[{"name":"out","data":{"modelBindingData":{"version":"1"}}}]}', "model_binding_data"],
  ['{"returnValue":{"http":{"statusCode":"200","body":{"collectionSint64":{"sint64":["1"]}}}}}', "collection_sint64"],
])("the host does not accept %s", (json, name) => {
  expect(foundBy("unacceptable-data", NODE, REQUEST, `${ANSWER} json=${json}`)).toMatchObject([
    { severity: "error", title: `hello answers with ${name}, which the host does not accept` },
  ]);
});

test("the host accepts what it takes from workers", () => {
  const json = '{"returnValue":{"http":{"body":{"bytes":"AAAA"}}},"outputData":[{"name":"out","data":{"int":"5"}}]}';
  expect(rulesIn(NODE, REQUEST, `${ANSWER} json=${json}`)).toEqual([]);
  expect(
    foundBy("unacceptable-data", NODE, REQUEST, `${ANSWER} json={"returnValue":{"json":"[1]"}} compressed=true`),
  ).toEqual([]);
});

test.each([
  ["invocation_cancel", "HandlesInvocationCancelMessage"],
  ["close_shared_memory_resources_request", "SharedMemoryDataTransfer"],
  ["function_load_request_collection", "SupportsLoadResponseCollection"],
  ["worker_warmup_request", "HandlesWorkerWarmupMessage"],
])("%s wants %s to be declared", (kind, capability) => {
  const sent = `20 ms host ${kind} id=i1`;
  expect(foundBy("undeclared-message", NODE, sent)[0]?.title).toContain(`never declared ${capability}`);
  const declaring = NODE.replace('{"WorkerStatus"', `{"${capability}":"true","WorkerStatus"`);
  expect(foundBy("undeclared-message", declaring, sent)).toEqual([]);
});

test("what a reload declares counts from then on", () => {
  const reload = `20 ms host function_environment_reload_request
    21 ms worker function_environment_reload_response capabilities={"HandlesInvocationCancelMessage":"True"}`;
  const cancel = "30 ms host invocation_cancel id=i1";
  expect(foundBy("undeclared-message", NODE, reload, cancel)).toEqual([]);
  expect(foundBy("undeclared-message", NODE, cancel, reload)).toHaveLength(1);
});

test("where the answer to WorkerInit was not seen, nothing is called undeclared", () => {
  const table = "1 ms worker start_stream worker=w1\n 2 ms host worker_terminate";
  expect(rulesIn(table)).toEqual([]);
});

test.each([
  ["unused-kind", "host file_change_event_request"],
  ["unused-kind", "worker worker_heartbeat"],
  ["wrong-direction", "host invocation_response"],
  ["wrong-direction", "worker invocation_cancel"],
  ["empty-message", "host empty"],
  ["damaged-message", "worker garbage"],
])("%s: %s", (rule, line) => {
  expect(rulesIn(NODE, `20 ms ${line}`)).toContain(rule);
  expect(rulesIn(NODE, REQUEST, ANSWER)).not.toContain(rule);
});

test("the acknowledgements of a .NET worker are in order", () => {
  expect(rulesIn(DOTNET, "20 ms worker empty")).toEqual([]);
});

test("messages beyond the usual limit", () => {
  const large = `20 ms worker rpc_log category=System text=${"x".repeat(5 * 1024 * 1024)}`;
  expect(foundBy("large-message", NODE, large)).toMatchObject([
    { severity: "info", title: "rpc_log of 5 MiB from the worker" },
  ]);
  expect(foundBy("large-message", NODE.replace("runtime=node", "runtime=rust"), large)).toMatchObject([
    { severity: "warning" },
  ]);
  const limited = `0 ms event process-spawned workerId=w1 argv=["node","--functions-grpc-max-message-length","4000000"]`;
  expect(foundBy("large-message", limited, NODE, large)).toMatchObject([{ severity: "error" }]);
  expect(foundBy("large-message", NODE, REQUEST, ANSWER)).toEqual([]);
});

test("HTTP beside the stream", () => {
  const declaring = NODE.replace('{"WorkerStatus"', '{"HttpUri":"http://localhost:5000/","WorkerStatus"');
  expect(foundBy("http-beside-stream", declaring)).toMatchObject([
    { severity: "info", quote: "HttpUri: http://localhost:5000/" },
  ]);
  expect(foundBy("http-beside-stream", NODE)).toEqual([]);
  const recorded = "3 ms event http-capture worker=http://localhost:5000/ address=127.0.0.1:40000";
  expect(foundBy("http-beside-stream", declaring, recorded)).toMatchObject([
    { consequence: expect.stringContaining("recorded on their way") },
  ]);
  expect(foundBy("http-beside-stream", declaring)).toMatchObject([
    { consequence: expect.stringContaining("not in this recording") },
  ]);
});

test("fields of a newer contract are named by message and number", () => {
  // Field 40, text "new".
  const request = `${REQUEST} json={"$unknown":"wgIDbmV3"}`;
  expect(foundBy("unknown-fields", NODE, request)).toMatchObject([
    { title: "The host sends InvocationRequest.40, unknown to this version" },
  ]);
  expect(foundBy("unknown-fields", NODE, REQUEST, ANSWER)).toEqual([]);
});

test.each([
  ['{"inputData":[{"name":"a","data":{"json":"{\\"id\\":9007199254740993}"}}]}', "9007199254740993"],
  ['{"triggerMetadata":{"n":{"json":"-9223372036854775807"}}}', "-9223372036854775807"],
  ['{"inputData":[{"name":"a","data":{"collectionSint64":{"sint64":["1","9007199254740993"]}}}]}', "9007199254740993"],
])("JavaScript cannot hold what %s carries", (json, quote) => {
  expect(foundBy("imprecise-integer", NODE, `${REQUEST} json=${json}`)).toMatchObject([
    { functionName: "hello", quote },
  ]);
  expect(foundBy("imprecise-integer", DOTNET, `${REQUEST} json=${json}`)).toEqual([]);
});

test.each([
  '{"inputData":[{"name":"a","data":{"json":"{\\"id\\":\\"9007199254740993\\",\\"n\\":9007199254740992}"}}]}',
  '{"inputData":[{"name":"a","data":{"string":"9007199254740993"}}]}',
  '{"inputData":[{"name":"a","data":{"json":"0.1234567890123456789"}}]}',
  '{"inputData":[{"name":"a","data":{"collectionSint64":{"sint64":["-5","1000"]}}}]}',
])("JavaScript holds what %s carries", (json) => {
  expect(rulesIn(NODE, `${REQUEST} json=${json}`)).toEqual([]);
});
