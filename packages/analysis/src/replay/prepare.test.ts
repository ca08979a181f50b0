import {
  decodeMessage,
  encodeMessage,
  type InvocationRequest,
  InvocationRequestSchema,
  messageFromJson,
  messageToJson,
} from "@inspector/proto";
import { arbitraryBytes } from "@inspector/proto/testing";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type PreparedReplay, prepareReplay, type ReplayIds, type ReplayPlan } from "./prepare.ts";
import { replaceIds } from "./splice.ts";
import type { ReplayTarget, TargetFunction } from "./target.ts";

const ids: ReplayIds = {
  invocationId: "11111111-2222-4333-8444-555555555555",
  traceId: "0123456789abcdef0123456789abcdef",
  spanId: "fedcba9876543210",
};

const hello: TargetFunction = {
  name: "hello",
  functionId: "id-of-now",
  load: "success",
  bindings: [
    { name: "req", type: "httpTrigger", direction: "in" },
    { name: "$return", type: "http", direction: "out" },
  ],
};

const http = {
  method: "GET",
  url: "http://localhost:7071/api/hello?name=Ada",
  nullableQuery: { name: { value: "Ada" } },
};

const recorded = {
  requestId: "r",
  invocationRequest: {
    invocationId: "00000000-0000-4000-8000-000000000000",
    functionId: "id-of-then",
    inputData: [{ name: "req", data: { http } }],
    traceContext: { traceParent: "00-aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa-bbbbbbbbbbbbbbbb-01", traceState: "s" },
  },
};

function bytesOf(json: unknown): Uint8Array {
  const parsed = messageFromJson(json);
  if (!parsed.ok) {
    throw new Error(`${parsed.path}: ${parsed.reason}`);
  }
  return encodeMessage(parsed.message);
}

function jsonOf(bytes: Uint8Array | undefined): unknown {
  const decoded = decodeMessage(bytes ?? new Uint8Array());
  if (!decoded.ok) {
    throw new Error(decoded.reason);
  }
  return messageToJson(decoded.message);
}

function decodedRequest(bytes: Uint8Array | undefined): InvocationRequest {
  const decoded = decodeMessage(bytes ?? new Uint8Array());
  if (!decoded.ok || decoded.message.content.case !== "invocationRequest") {
    throw new Error("no request");
  }
  return decoded.message.content.value;
}

function varint(value: number): number[] {
  return value < 128 ? [value] : [(value % 128) + 128, ...varint(Math.floor(value / 128))];
}

function prepare(plan: Partial<ReplayPlan> & { worker?: Partial<ReplayTarget> } = {}): PreparedReplay {
  const { worker, ...rest } = plan;
  return prepareReplay({
    recorded: bytesOf(recorded),
    functionName: "hello",
    target: { runtime: "node", functions: [hello], capabilities: [], ...worker },
    ids,
    ...rest,
  });
}

function request(change: object): unknown {
  return { ...recorded, invocationRequest: { ...recorded.invocationRequest, ...change } };
}

const rulesOf = ({ concerns }: PreparedReplay): string[] => concerns.map(({ severity, rule }) => `${severity} ${rule}`);

describe("a replay of what was not edited", () => {
  test("has another invocation id, the function's id in this worker, another trace parent, and nothing else", () => {
    const prepared = prepare();
    expect(jsonOf(prepared.bytes)).toEqual(
      request({
        invocationId: ids.invocationId,
        functionId: "id-of-now",
        traceContext: { traceParent: `00-${ids.traceId}-${ids.spanId}-01`, traceState: "s" },
      }),
    );
    expect(prepared).toMatchObject({ isEdited: false, needsHttpRequest: false, message: jsonOf(prepared.bytes) });
    expect(rulesOf(prepared)).toEqual(["info side-effects"]);
  });

  test("keeps unknown fields, written-out defaults and the order of fields as they were on the wire", () => {
    const text = (field: number, value: string): number[] => [field * 8 + 2, value.length, ...Buffer.from(value)];
    const message = (field: number, ...parts: number[][]): number[] => {
      const body = parts.flat();
      const length = body.length < 128 ? [body.length] : [(body.length % 128) + 128, Math.floor(body.length / 128)];
      return [field * 8 + 2, ...length, ...body];
    };
    const unknown = [0xa0, 0x1f, 0x07];
    const before = (id: string, name: string, parent: string): number[] => [
      ...message(
        4,
        text(2, name),
        unknown,
        message(5, text(2, ""), text(1, parent), unknown),
        text(1, id),
        message(3, text(1, "q")),
      ),
      ...text(1, ""),
      ...unknown,
    ];
    const { bytes } = prepare({ recorded: Uint8Array.from(before("old", "f", "p")) });
    expect([...(bytes ?? [])]).toEqual(before(ids.invocationId, "id-of-now", `00-${ids.traceId}-${ids.spanId}-00`));
  });

  test("stays without a trace parent where there was none, and gets ids that it lacked", () => {
    const { bytes } = prepare({ recorded: bytesOf({ invocationRequest: { traceContext: {} } }) });
    expect(jsonOf(bytes)).toEqual({
      invocationRequest: { invocationId: ids.invocationId, functionId: "id-of-now", traceContext: {} },
    });
  });

  test("has the recorded bytes but for the ids, whatever stands in the message, and whether its JSON goes through an editor", () => {
    const field = (number: number, bytes: Uint8Array): number[] => [
      ...varint(number * 8 + 2),
      ...varint(bytes.length),
      ...bytes,
    ];
    const anyRecorded = fc.gen().map((gen) => {
      const chance = (max: number): number => gen(fc.nat, { max });
      const request = arbitraryBytes(InvocationRequestSchema, chance, true);
      const around = chance(3);
      const unknown = field(700, Uint8Array.of(around));
      return Uint8Array.from([...unknown, ...field(4, request), ...(around > 1 ? field(1, Uint8Array.of(0x72)) : [])]);
    });
    fc.assert(
      fc.property(anyRecorded, (bytes) => {
        const prepared = prepare({ recorded: bytes });
        const edited: unknown = JSON.parse(JSON.stringify(jsonOf(bytes)));
        expect(prepare({ recorded: bytes, edited })).toEqual(prepared);
        const before = decodedRequest(bytes);
        const after = decodedRequest(prepared.bytes);
        expect(after.invocationId).toBe(ids.invocationId);
        const ours = { invocationId: before.invocationId, functionId: before.functionId };
        const parent = before.traceContext?.traceParent ?? "";
        const back = replaceIds(prepared.bytes ?? bytes, { ...ours, ...(parent !== "" && { traceParent: parent }) });
        expect(jsonOf(back)).toEqual(jsonOf(bytes));
        // An id that was absent had to be added, so that its place cannot be the same.
        if (before.invocationId !== "" && before.functionId !== "") {
          expect(back).toEqual(bytes);
        }
      }),
    );
  });

  test("keeps the trace context where no trace is given, and adds one for .NET all the same", () => {
    const only = { invocationId: ids.invocationId };
    expect(jsonOf(prepare({ ids: only }).bytes)).toMatchObject({
      invocationRequest: { traceContext: recorded.invocationRequest.traceContext },
    });
    const bare = bytesOf(request({ traceContext: null }));
    expect(jsonOf(prepare({ ids: only, recorded: bare, worker: { runtime: "dotnet" } }).bytes)).toMatchObject({
      invocationRequest: { traceContext: {} },
    });
  });

  test("is recognised where the message was handed in as it is", () => {
    const same = JSON.parse(JSON.stringify(recorded));
    expect(prepare({ edited: same })).toMatchObject({ isEdited: false, bytes: prepare().bytes });
    expect(prepare({ edited: prepare().message }).isEdited).toBe(false);
  });

  test("means the same as the recorded one, whatever the ids were", () => {
    const id = fc.string({ unit: "binary", maxLength: 300 });
    fc.assert(
      fc.property(id, id, id, (invocationId, functionId, traceParent) => {
        const { bytes } = prepare({
          recorded: bytesOf(request({ invocationId, functionId, traceContext: { traceParent } })),
        });
        const traced = { traceParent: `00-${ids.traceId}-${ids.spanId}-00` };
        expect(jsonOf(bytes)).toEqual(
          request({
            invocationId: ids.invocationId,
            functionId: "id-of-now",
            traceContext: traceParent === "" ? {} : traced,
          }),
        );
      }),
    );
  });
});

describe("a replay of what was edited", () => {
  test("is the edited message under fresh ids", () => {
    const edited = request({ triggerMetadata: { big: { json: "9007199254740993" } } });
    const prepared = prepare({ edited });
    expect(prepared.isEdited).toBe(true);
    expect(jsonOf(prepared.bytes)).toMatchObject({
      invocationRequest: {
        invocationId: ids.invocationId,
        functionId: "id-of-now",
        triggerMetadata: { big: { json: "9007199254740993" } },
      },
    });
  });

  test("is refused, with the place, where it is no message of the contract", () => {
    const prepared = prepare({ edited: { invocationRequest: { inputData: [{ nmae: "req" }] } } });
    expect(prepared.bytes).toBeUndefined();
    expect(prepared.concerns).toMatchObject([
      { severity: "error", rule: "message-invalid", path: "invocationRequest.inputData[0].nmae" },
    ]);
  });

  test("does not have the ids that were typed, which is said only of those", () => {
    const said = (change: object) =>
      prepare({ edited: request(change) })
        .concerns.filter(({ rule }) => rule === "ids-replaced")
        .map(({ severity, message }) => `${severity}: ${message}`);
    expect(said({ invocationId: "mine", functionId: "mine" })).toEqual([
      "info: invocationId and functionId are the replay's own: what was typed is replaced.",
    ]);
    expect(said({ functionId: "mine" })).toEqual(["info: functionId is the replay's own: what was typed is replaced."]);
    expect(said({ functionId: "id-of-now", triggerMetadata: {} })).toEqual([]);
    expect(said({ triggerMetadata: { a: { string: "b" } } })).toEqual([]);
  });

  test("may say another length than its body has, which is said", () => {
    const said = (value: object) =>
      prepare({ edited: request({ inputData: [{ name: "req", data: { http: value } }] }) })
        .concerns.filter(({ rule }) => rule === "content-length")
        .map(({ severity, message }) => `${severity}: ${message}`);
    const headers = { "Content-Length": "3" };
    expect(said({ headers, body: { string: "zo\u00eb" } })).toEqual([
      "info: content-length says 3, the body has 4 bytes.",
    ]);
    expect(said({ nullableHeaders: { "content-length": { value: "3" } } })).toEqual([
      "info: content-length says 3, the body has 0 bytes.",
    ]);
    expect(said({ headers, body: { json: "{}" }, rawBody: { string: "{ }" } })).toEqual([]);
    expect(said({ headers, body: { bytes: "AAAA" } })).toEqual([]);
    expect(said({ body: { string: "any" } })).toEqual([]);
  });

  test("is refused where it is another kind of message", () => {
    expect(rulesOf(prepare({ edited: { workerTerminate: {} } }))).toEqual(["error not-an-invocation"]);
    expect(rulesOf(prepare({ recorded: Uint8Array.of(0xff) }))).toEqual(["error not-an-invocation"]);
  });
});

describe("a function", () => {
  test("that this worker does not have, could not load or did not load yet is not invoked", () => {
    const states = [
      [],
      [{ ...hello, load: "failed" as const, loadError: "boom" }],
      [{ ...hello, load: "in-flight" as const }],
    ];
    for (const functions of states) {
      const prepared = prepare({ worker: { functions } });
      expect(prepared.bytes).toBeUndefined();
      expect(rulesOf(prepared)).toContain("error function-not-loaded");
      expect(prepared.message).toBeDefined();
    }
  });

  test("that was never loaded may be tried on a Node worker, and never on one for Go", () => {
    const functions = [{ ...hello, load: "not-requested" as const }];
    expect(rulesOf(prepare({ worker: { functions } }))).toContain("warning function-not-loaded");
    const go = prepare({ worker: { functions, runtime: "go" } });
    expect(rulesOf(go)).toContain("error function-not-loaded");
    expect(go.concerns[0]?.message).toContain("message loop");
  });

  test("that was loaded again is the one that was loaded", () => {
    const functions = [hello, { ...hello, functionId: "broken", load: "failed" as const }];
    expect(jsonOf(prepare({ worker: { functions } }).bytes)).toMatchObject({
      invocationRequest: { functionId: "id-of-now" },
    });
  });
});

describe("concerns", () => {
  const queue: TargetFunction = {
    ...hello,
    bindings: [{ name: "item", type: "queueTrigger", direction: "in" }],
  };
  const input = (data: unknown, name = "item"): unknown => request({ inputData: [{ name, ...(data as object) }] });
  const found = (
    edited: unknown,
    runtime: string,
    to = queue,
    capabilities: ReplayTarget["capabilities"] = [],
  ): string[] =>
    rulesOf(prepare({ edited, worker: { runtime, functions: [to], capabilities } })).filter(
      (rule) => rule !== "info side-effects",
    );

  test.each([
    [
      "no trace context, .NET",
      "dotnet",
      request({ traceContext: null, inputData: [{ name: "item", data: {} }] }),
      ["info dotnet-trace-context"],
    ],
    [
      "a whole number, .NET by its long name",
      ".NET 8.0.1",
      input({ data: { int: "1" } }),
      ["warning dotnet-input-kind"],
    ],
    ["a whole number, Node", "node", input({ data: { int: "1" } }), []],
    ["a stream, Java", "java", input({ data: { stream: "AA==" } }), ["warning java-input-kind"]],
    ["an unknown kind, Java", "java", input({ data: { $unknown: "qB8B" } }), ["warning java-input-kind"]],
    ["shared memory", "python", input({ rpcSharedMemory: { name: "m" } }), ["warning shared-memory"]],
    [
      "a missing and an unknown input",
      "python",
      input({ data: {} }, "other"),
      ["warning input-missing", "warning input-unknown"],
    ],
    ["an input twice", "dotnet", request({ inputData: [{ name: "item" }, { name: "item" }] }), ["warning input-twice"]],
    [
      "a reference to a blob",
      "dotnet",
      input({ data: { modelBindingData: { source: "AzureStorageBlobs" } } }),
      ["info model-binding-data"],
    ],
    [
      "a locked message",
      "dotnet",
      input({ data: { modelBindingData: { source: "AzureServiceBusReceivedMessage" } } }),
      ["warning model-binding-data"],
    ],
    [
      "a retry",
      "node",
      request({ inputData: [{ name: "item" }], retryContext: { retryCount: 2, maxRetryCount: 5 } }),
      ["info retry-context"],
    ],
  ])("%s", (_, runtime, edited, expected) => {
    expect(found(edited, runtime)).toEqual(expected);
  });

  test.each([
    ["a body as JSON, Node", "node", { ...http, method: "POST", body: { json: "{}" } }, ["warning node-http-body"]],
    ["a body of a GET, Node", "node", { ...http, body: { string: "x" } }, ["warning node-http-body"]],
    [
      "a relative URL without a method, Node",
      "node",
      { url: "/api?name=Ada", query: { name: "Ada" } },
      ["warning node-http-method", "warning node-http-url"],
    ],
    [
      "a query edited in the URL only, Node",
      "node",
      { ...http, url: http.url.replace("Ada", "Bob") },
      ["warning node-http-query"],
    ],
    [
      "a query edited beside the URL only, .NET",
      "dotnet",
      { ...http, nullableQuery: {} },
      ["warning dotnet-http-query"],
    ],
    ["a body as text, .NET", "dotnet", { ...http, body: { string: "x" } }, ["warning dotnet-http-body"]],
    ["plain headers, .NET", "dotnet", { ...http, headers: { a: "b" } }, ["warning dotnet-http-headers"]],
    ["an identity without claim types, .NET", "dotnet", { ...http, identities: [{}] }, ["warning dotnet-identities"]],
    ["HTTP within HTTP", "python", { ...http, body: { http: {} } }, ["warning http-in-http"]],
    ["a request that went beside the stream", "node", {}, ["warning http-request"]],
  ])("%s", (_, runtime, value, expected) => {
    const edited = request({ inputData: [{ name: "req", data: { http: value } }] });
    expect(found(edited, runtime, hello)).toEqual(expected);
  });

  test("says that an HTTP request is needed beside the stream", () => {
    const capabilities = [{ name: "HttpUri", value: "http://localhost:5000/" }];
    const edited = request({ inputData: [{ name: "req", data: { http: {} } }] });
    expect(found(edited, "node", hello, capabilities)).toEqual(["info http-request"]);
    expect(prepare({ edited, worker: { capabilities } }).needsHttpRequest).toBe(true);
    expect(prepare({ edited, worker: { capabilities, functions: [{ ...queue }] } }).needsHttpRequest).toBe(false);
  });

  test("says that Durable Functions have a history", () => {
    const to = { ...hello, bindings: [{ name: "item", type: "orchestrationTrigger", direction: "in" as const }] };
    expect(found(input({ data: { string: "{}" } }), "node", to)).toEqual(["warning durable"]);
  });
});

describe("a value that was in shared memory", () => {
  const other = { name: "other", data: { string: "x" } };
  const inMap = { name: "blob", rpcSharedMemory: { name: "m", count: "3", type: "bytes" } };
  const shared = { invocationRequest: { ...recorded.invocationRequest, inputData: [other, inMap] } };
  const has = { ...shared, invocationRequest: { ...shared.invocationRequest, functionId: "id-of-now" } };
  const inMessage = { name: "blob", data: { bytes: Buffer.from("abc").toString("base64") } };
  const sharedMemory = () => Buffer.from("abc");
  const prepare = (more: Partial<ReplayPlan>): PreparedReplay => {
    const target: ReplayTarget = { runtime: "python", functions: [hello], capabilities: [] };
    return prepareReplay({ recorded: bytesOf(shared), functionName: "hello", target, ids, ...more });
  };
  const inputsOf = (prepared: PreparedReplay): unknown => {
    const { invocationRequest } = jsonOf(prepared.bytes) as { invocationRequest: { inputData: unknown } };
    return invocationRequest.inputData;
  };

  test("is sent within the message, which is said and is no edit", () => {
    const prepared = prepare({ sharedMemory });
    expect(inputsOf(prepared)).toEqual([other, inMessage]);
    expect(prepared.isEdited).toBe(false);
    expect(prepared.concerns.map(({ rule }) => rule)).toContain("shared-memory-inlined");
  });

  test("is sent also where only something else was edited", () => {
    const edited = structuredClone(has);
    edited.invocationRequest.inputData = [{ ...other, data: { string: "y" } }, inMap];
    const prepared = prepare({ sharedMemory, edited });
    expect(inputsOf(prepared)).toEqual([edited.invocationRequest.inputData[0], inMessage]);
    expect(prepared.isEdited).toBe(true);
  });

  test("of which there is no copy is warned of", () => {
    const prepared = prepare({});
    expect(inputsOf(prepared)).toEqual([other, inMap]);
    expect(prepared.concerns.map(({ rule }) => rule)).toContain("shared-memory");
  });
});
