import { formatPath } from "@inspector/proto";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Answer } from "./answer.ts";
import { parseExactValue } from "./comparable-value.ts";
import { compareAnswers } from "./compare.ts";
import type { Difference } from "./differences.ts";
import { parsePath, patternsBelow } from "./json-path.ts";

const ID = "0a1b2c3d-0000-4000-8000-000000000001";
const OTHER = "0a1b2c3d-0000-4000-8000-000000000002";

function answer(response: object, logs: readonly object[] = [], invocationId = ID): Answer {
  return {
    invocationId,
    messages: [
      ...logs.map((log) => ({ rpcLog: { invocationId, ...log } })),
      { invocationResponse: { invocationId, result: { status: "Success" }, ...response } },
    ],
  };
}

const returning = (data: object): Answer => answer({ returnValue: data });
const base64 = (text: string): string => Buffer.from(text).toString("base64");

function compare(recorded: Answer, replayed: Answer, ...ignore: string[]): Difference[] {
  return compareAnswers(recorded, replayed, { ignore });
}

/** Output data of any kind, JSON and HTTP included. */
const anyData = fc.oneof(
  fc.json().map((json) => ({ json })),
  fc.string({ unit: "binary" }).map((string) => ({ string })),
  fc.uint8Array().map((bytes) => ({ bytes: Buffer.from(bytes).toString("base64") })),
  fc
    .record({
      statusCode: fc.stringMatching(/^[1-5]\d\d$/u),
      headers: fc.dictionary(fc.string(), fc.string()),
      body: fc.json().map((text) => ({ bytes: base64(text) })),
    })
    .map((http) => ({ http })),
);

const anyAnswer = fc
  .record({
    outputs: fc.uniqueArray(fc.tuple(fc.string(), anyData), { maxLength: 4, selector: ([name]) => name }),
    returnValue: anyData,
    logs: fc.array(fc.record({ message: fc.string(), level: fc.constantFrom("Information", "Error") }), {
      maxLength: 5,
    }),
  })
  .map(({ outputs, returnValue, logs }) =>
    answer({ returnValue, outputData: outputs.map(([name, data]) => ({ name, data })) }, logs),
  );

/** The same value, with the keys of all objects turned round; so are the outputs, and JSON within text. */
function turned(value: unknown, key = ""): unknown {
  if (Array.isArray(value)) {
    const items = value.map((item) => turned(item));
    return key === "outputData" ? items.toReversed() : items;
  }
  if (typeof value === "string" && key === "json") {
    const numbers = /"(?:[^"\\]|\\.)*"|-?\d[\d.eE+-]*/gu;
    // Digits are to stay, so only JSON without numbers that would be written otherwise is turned.
    const isPlain = [...value.matchAll(numbers)].every(([text]) => text[0] === '"' || String(Number(text)) === text);
    return isPlain ? JSON.stringify(turned(JSON.parse(value))) : value;
  }
  if (typeof value !== "object" || value === null) {
    return value;
  }
  const entries = Object.entries(value).map(([name, member]): [string, unknown] => [name, turned(member, name)]);
  return Object.fromEntries(entries.toReversed());
}

describe("any answer", () => {
  test("does not differ from itself, nor under another invocation id", () => {
    fc.assert(
      fc.property(anyAnswer, (some) => {
        expect(compare(some, some)).toEqual([]);
        const again = JSON.parse(JSON.stringify(some).replaceAll(ID, OTHER)) as Answer;
        expect(compare(some, again)).toEqual([]);
      }),
    );
  });

  test("does not differ by the order of keys, headers and outputs", () => {
    fc.assert(
      fc.property(anyAnswer, (some) => {
        expect(compare(some, { ...some, messages: some.messages.map((message) => turned(message)) })).toEqual([]);
      }),
    );
  });

  test("differs from another one the same way in both directions", () => {
    fc.assert(
      fc.property(anyAnswer, anyAnswer, (one, other) => {
        const there = compare(one, other);
        const back = compare(other, one);
        expect(there.length === 0).toBe(back.length === 0);
      }),
    );
  });

  test("does not differ where all that it holds is ignored", () => {
    fc.assert(
      fc.property(anyAnswer, anyAnswer, (one, other) => {
        expect(compare(one, other, "logs", "outputs", "returnValue")).toEqual([]);
      }),
    );
  });
});

describe("a difference", () => {
  test("has its place and both values", () => {
    const recorded = answer({
      returnValue: { http: { statusCode: "200", headers: { "x id": "1" }, body: { bytes: base64('{"name":"Ada"}') } } },
    });
    const replayed = answer({
      returnValue: { http: { statusCode: "500", headers: {}, body: { bytes: base64('{"name":"Bob"}') } } },
    });
    expect(compare(recorded, replayed)).toEqual([
      { kind: "changed", path: "returnValue.http.statusCode", recorded: '"200"', replayed: '"500"' },
      { kind: "removed", path: 'returnValue.http.headers["x id"]', recorded: '"1"' },
      { kind: "changed", path: "returnValue.http.body.bytes.name", recorded: '"Ada"', replayed: '"Bob"' },
    ]);
  });

  test("is seen in the last digit of a large integer", () => {
    expect(compare(returning({ json: "[9007199254740993]" }), returning({ json: "[9007199254740992]" }))).toEqual([
      { kind: "changed", path: "returnValue.json[0]", recorded: "9007199254740993", replayed: "9007199254740992" },
    ]);
    expect(compare(returning({ int: "9007199254740993" }), returning({ int: "9007199254740992" }))).toHaveLength(1);
  });

  test.each([
    ["text and a number", { json: '"1"' }, { json: "1" }],
    ["a whole number and one with a point", { json: "1" }, { json: "1.0" }],
    ["a string and JSON", { string: "{}" }, { json: "{}" }],
    ["null and nothing", { json: '{"a":null}' }, { json: "{}" }],
    ["bytes and their base64 as text", { bytes: base64("\u00ff") }, { string: base64("\u00ff") }],
    ["bytes that are not text", { bytes: "/w==" }, { bytes: "/g==" }],
    ["JSON that cannot be read", { json: "{" }, { json: "[" }],
    ["__proto__", { json: '{"__proto__":1}' }, { json: '{"__proto__":2}' }],
  ])("is between %s", (_, one, other) => {
    expect(compare(returning(one), returning(other))).not.toEqual([]);
    expect(compare(returning(one), returning(one))).toEqual([]);
  });

  test("is an answer that did not come, or came twice", () => {
    const none: Answer = { invocationId: ID, messages: [] };
    expect(compare(answer({}), none)).toEqual([
      { kind: "changed", path: "status", recorded: '"Success"', replayed: '"no answer"' },
    ]);
    const twice = { ...answer({}), messages: [...answer({}).messages, ...answer({}).messages] };
    expect(compare(answer({}), twice)).toMatchObject([{ kind: "added", path: "furtherAnswers" }]);
  });

  test("is an exception, and a status that is absent, which means Failure", () => {
    const failed = answer({ result: { exception: { message: "boom" } } });
    expect(compare(answer({}), failed)).toEqual([
      { kind: "changed", path: "status", recorded: '"Success"', replayed: '"Failure"' },
      { kind: "added", path: "exception", replayed: '{"message":"boom"}' },
    ]);
  });

  test("is one log more, wherever it stands", () => {
    const log = (message: string) => ({ message, level: "Information" });
    const some = ["a", "b", "c"].map(log);
    expect(compare(answer({}, some), answer({}, [log("new"), ...some]))).toMatchObject([
      { kind: "added", path: "logs[0]" },
    ]);
    expect(compare(answer({}, some), answer({}, [log("a"), log("c")]))).toMatchObject([
      { kind: "removed", path: "logs[1]" },
    ]);
    expect(compare(answer({}, some), answer({}, [log("a"), log("B"), log("c")]))).toEqual([
      { kind: "changed", path: "logs[1].message", recorded: '"b"', replayed: '"B"' },
    ]);
  });

  test("is no log of the worker about itself", () => {
    const system = (message: string) => ({ message, logCategory: "System" });
    const user = { message: "hello", logCategory: "User" };
    const recorded = answer({}, [system("request ID: 1, at 10:00"), user]);
    expect(compare(recorded, answer({}, [user, system("request ID: 2, at 11:00")]))).toEqual([]);
    expect(compare(recorded, answer({}))).toMatchObject([{ kind: "removed", path: "logs" }]);
  });

  test("is not the invocation id of either side, in texts, keys and JSON", () => {
    const of = (id: string) =>
      answer({ returnValue: { json: JSON.stringify({ [id]: `of ${id}` }) } }, [{ message: `ran ${id}` }], id);
    expect(compare(of(ID), of(OTHER))).toEqual([]);
  });

  test("is not what is known to be another on each side", () => {
    const of = (app: string) => ({
      ...answer({ result: { exception: { stackTrace: `at ${app}/src/a.js:1` } } }),
      known: { appDirectory: app, tiny: "/" },
    });
    expect(compare(of("/home/ada/app"), of("/srv/app"))).toEqual([]);
  });

  test("leaves out what is ignored", () => {
    const of = (n: number) =>
      answer(
        {
          returnValue: {
            json: JSON.stringify({
              rows: [
                { at: n, id: 1 },
                { at: n + 1, id: 2 },
              ],
              n,
            }),
          },
        },
        [{ message: `at ${n}` }],
      );
    expect(compare(of(1), of(5), "returnValue.json.rows[*].at", "returnValue.json.n", "logs[*].message")).toEqual([]);
    expect(compare(of(1), of(5), "*.json", "logs[0]")).toEqual([]);
    expect(compare(of(1), of(5), "returnValue.json.rows[1].at", "logs", "returnValue.json.n")).toMatchObject([
      { path: "returnValue.json.rows[0].at" },
    ]);
    expect(compare(answer({}, [{ message: "a" }]), answer({}), "logs[*]")).toMatchObject([{ path: "logs" }]);
    expect(
      compare(answer({}, [{ message: "a" }]), answer({}, [{ message: "b" }, { message: "c" }]), "logs[*]"),
    ).toEqual([]);
  });
});

describe("an answer over HTTP", () => {
  const over = (status: number, body: Uint8Array, ...headers: [string, string][]): Answer => ({
    ...answer({}),
    http: { status, headers, body },
  });
  const json = (text: string): Uint8Array => Buffer.from(text);

  test("is compared by status, headers and body, without what concerns the connection or the moment", () => {
    const recorded = over(200, json('{"a":1,"b":2}'), ["Date", "then"], ["Set-Cookie", "a"], ["set-cookie", "b"]);
    const replayed = over(200, json('{"b":2,"a":1}'), ["set-cookie", "a, b"], ["date", "now"], ["connection", "close"]);
    expect(compare(recorded, replayed)).toEqual([]);
    expect(compare(recorded, over(404, json('{"a":1,"b":3}')))).toEqual([
      { kind: "changed", path: "http.status", recorded: "200", replayed: "404" },
      { kind: "removed", path: "http.headers.set-cookie", recorded: '"a, b"' },
      { kind: "changed", path: "http.body.b", recorded: "2", replayed: "3" },
    ]);
  });

  test("differs in bytes that are not text, and from none at all", () => {
    expect(compare(over(200, Uint8Array.of(255)), over(200, Uint8Array.of(254)))).toEqual([
      { kind: "changed", path: "http.body.base64", recorded: '"/w=="', replayed: '"/g=="' },
    ]);
    expect(compare(over(200, Uint8Array.of()), answer({}))).toMatchObject([{ kind: "removed", path: "http" }]);
  });
});

describe("long lists", () => {
  test("are compared without aligning them, where there are too many pairs", () => {
    const list = (from: number) =>
      returning({ json: JSON.stringify(Array.from({ length: 2000 }, (_, at) => at + from)) });
    expect(compare(list(0), list(10_000))).toHaveLength(2000);
    expect(
      compare(list(0), returning({ json: JSON.stringify(Array.from({ length: 1999 }, (_, at) => at)) })),
    ).toHaveLength(1);
  });

  test("and deep ones do not overflow the stack", () => {
    const deep = `${"[".repeat(20_000)}1${"]".repeat(20_000)}`;
    expect(parseExactValue(deep)).toBeUndefined();
    expect(compare(returning({ string: deep }), returning({ string: deep.replace("1", "2") }))).toHaveLength(1);
  });
});

describe("a path", () => {
  test("is read as it is written", () => {
    const part = fc.oneof(fc.nat(1000), fc.string({ unit: "binary" }));
    fc.assert(
      fc.property(fc.array(part, { minLength: 1 }), (path) => {
        expect(parsePath(formatPath(path))).toEqual(path);
      }),
    );
  });

  test("with * goes through any key or index, and not through one called *", () => {
    expect(patternsBelow([parsePath("a.*.b")], "a")).toEqual([parsePath("*.b")]);
    expect(patternsBelow([parsePath("*.b")], 3)).toEqual([["b"]]);
    expect(patternsBelow([parsePath('["*"].b')], "x")).toEqual([]);
  });

  test.each(["", "a..b", "a[", "a[x]", 'a["x]', "a b"])("%j is none", (text) => {
    expect(() => parsePath(text)).toThrowError(/not a path/u);
  });
});
