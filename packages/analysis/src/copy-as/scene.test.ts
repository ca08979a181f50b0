import { decodeMessage, messageToJson } from "@inspector/proto";
import { createQueries } from "@inspector/session/queries";
import { loadRecording, recordingNames } from "@inspector/testkit";
import { expect, test } from "vitest";
import { NODE, openScene } from "../../testing/problems-in.ts";
import { copyAsScene, type SceneMessage } from "./scene.ts";

/** The messages of a scene, as the hub serves them. */
function messagesOf(table: string): SceneMessage[] {
  const queries = createQueries(openScene(table));
  return queries.messagesAfter(0, 1000).rows.map((row) => {
    const decoded = decodeMessage(queries.bodyBytes(queries.origin(row.seq)?.body ?? 0, 0, row.size));
    return { row, ...(decoded.ok && { message: messageToJson(decoded.message) }) };
  });
}

/** The table in a test that was copied. */
function tableIn(source: string): string {
  const [, table] = /String\.raw`([^`]*)`/.exec(source) ?? [];
  if (table === undefined || table.includes("${")) {
    throw new Error(`There is no table in ${source}`);
  }
  return table;
}

/** Without what a copy does not keep: streams and times by their own numbers. */
function said(messages: readonly SceneMessage[]): unknown[] {
  return messages.map(({ row, message }) => ({ from: row.from, kind: row.kind, message }));
}

test("a scene is a test by itself, with short words for what scenes have such for", () => {
  const table = `${NODE}
    20 ms   host    invocation_request  id=i1 function=hello
    21 ms   worker  rpc_log             id=i1 level=Warning text="it's late"
    25 ms   worker  invocation_response id=i1 status=Failure exception="no such blob" json={"outputData":[{"name":"a"}]}`;
  expect(copyAsScene(messagesOf(table).slice(-3), "a late blob")).toBe(`import { expect, test } from "vitest";
import { problemsIn } from "./testing/problems-in.ts";

test("a late blob", () => {
  const { problems } = problemsIn(String.raw\`
    at          from    message
    0 ms        host    invocation_request id=i1 function=hello json={"traceContext":{}}
    1 ms        worker  rpc_log id=i1 level=Warning text="it's late"
    5 ms        worker  invocation_response id=i1 status=Failure exception="no such blob" json={"outputData":[{"name":"a"}]}
  \`);
  expect(problems).toEqual([]);
});
`);
});

test.each([
  NODE,
  "1 ms host invocation_request id=i1 function=hello trace=none",
  '1 ms worker rpc_log level=Trace category=System text="true"',
  '1 ms worker rpc_log text="` $\\u007bx} \\u2028 \\u2029 json={} id=7 \\n\\t"',
  '1 ms worker invocation_response id="7" status=none request="r 1"',
  "1 ms worker invocation_response id=i1 status=Cancelled",
  '1 ms worker invocation_response id=i1 json={"result":{"status":7,"exception":{}}}',
  '1 ms worker function_load_response function=f stack="at a\\n at b" exception=""',
  '1 ms host function_load_request json={"metadata":null}',
  "1 ms worker empty request=1\n 2 ms host worker_status_request stream=2\n 2.000001 ms worker worker_terminate",
])("a scene says what was recorded: %s", (table) => {
  const messages = messagesOf(table);
  const again = messagesOf(tableIn(copyAsScene(messages)));
  expect(said(again)).toEqual(said(messages));
  expect(again.map(({ row }) => row.at)).toEqual(messages.map(({ row }) => row.at - (messages[0]?.row.at ?? 0)));
  expect(new Set(again.map(({ row }) => row.stream)).size).toBe(new Set(messages.map(({ row }) => row.stream)).size);
});

test("every recorded conversation can be copied as a scene", () => {
  for (const name of recordingNames.filter((name) => !name.includes("big"))) {
    const messages = loadRecording(name).messages.slice(0, 200);
    const recorded = messages.map(({ at, conn, from, kind = "", bytes }, index): SceneMessage => {
      const decoded = decodeMessage(bytes);
      return {
        row: { seq: index + 1, at, stream: conn, from, kind },
        ...(decoded.ok && { message: messageToJson(decoded.message) }),
      };
    });
    const sayable = recorded.filter(({ message }) => !JSON.stringify(message).startsWith('{"$unknown"'));
    expect(said(messagesOf(tableIn(copyAsScene(sayable)))), name).toEqual(said(sayable));
  }
});

test("what a scene has no words for is named", () => {
  const [start] = messagesOf("1 ms worker start_stream worker=w1");
  if (start === undefined) {
    throw new Error("There is no message.");
  }
  const source = copyAsScene([
    start,
    { row: { ...start.row, seq: 2, kind: "undecodable" } },
    { row: { ...start.row, seq: 3, kind: "Settlement/Complete" }, message: {} },
    { row: { ...start.row, seq: 4 }, message: { startStream: {}, $unknown: "wD4B" } },
  ]);
  expect(source.match(/^ +\/\/ .*/gmu)).toEqual([
    "  // Left out, because a scene cannot say it: message 2, undecodable.",
    "  // Left out, because a scene cannot say it: message 3, Settlement/Complete.",
    "  // Left out, because a scene cannot say it: message 4, start_stream.",
  ]);
  expect(messagesOf(tableIn(source))).toHaveLength(1);
});
