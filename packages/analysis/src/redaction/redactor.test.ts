import { decodeMessage, encodeMessage, messageFromJson, messageToJson } from "@inspector/proto";
import { describe, expect, test } from "vitest";
import { parseOwn, type RedactionOptions } from "./options.ts";
import { Redactor } from "./redactor.ts";

const SAFE: RedactionOptions = { policy: "safe", own: [], keepsUnknownFields: false };
const FUNCTIONS_KEY = `${"k3y".repeat(14)}xyAzFuABCDEQ==`;

function bytesOf(json: object): Uint8Array {
  const parsed = messageFromJson(json);
  if (!parsed.ok) {
    throw new SyntaxError(`${parsed.path}: ${parsed.reason}`);
  }
  return encodeMessage(parsed.message);
}

/** Messages as they are after both passes. */
function redacted(messages: readonly object[], options: Partial<RedactionOptions> = {}): unknown[] {
  const redactor = new Redactor({ ...SAFE, ...options });
  const all = messages.map(bytesOf);
  for (const bytes of all) {
    redactor.message(bytes);
  }
  redactor.seal();
  return all.map((bytes) => {
    const result = redactor.message(bytes);
    const decoded = decodeMessage(result ?? new Uint8Array());
    return decoded.ok ? messageToJson(decoded.message) : decoded.reason;
  });
}

const log = (message: string) => ({ rpcLog: { message } });
const environment = (variables: object) => ({
  functionEnvironmentReloadRequest: { environmentVariables: variables },
});

describe("a redacted message", () => {
  test("keeps ids, versions, states and what is on the list of harmless names", () => {
    const id = "6f0b5ac6-0f3c-4b8c-9d6a-2f3d1c9e1a11";
    const request = { requestId: id, invocationRequest: { invocationId: id, functionId: "hello" } };
    const init = { workerInitResponse: { workerVersion: "3.9.1", capabilities: { WorkerStatus: "true" } } };
    const reload = environment({ FUNCTIONS_WORKER_RUNTIME: "node" });
    expect(redacted([request, init, reload])).toEqual([request, init, reload]);
  });

  test("loses every environment variable whose name is not on it, and that value everywhere else, also before", () => {
    const [before, reload] = redacted([log("using pa55-w0rd-here now"), environment({ ANYTHING: "pa55-w0rd-here" })]);
    expect(before).toEqual(log("using ‹secret-1:ANYTHING› now"));
    expect(reload).toEqual(environment({ ANYTHING: "‹secret-1:ANYTHING›" }));
  });

  test.each([
    ["in base64", Buffer.from("user:pa55-w0rd-here").toString("base64")],
    ["in base64 from another place on", Buffer.from("x\u0001user:pa55-w0rd-here").toString("base64")],
    ["in base64 for addresses", Buffer.from("\u00ff\u00fe>>pa55-w0rd-here??").toString("base64url")],
    ["in JSON within JSON", JSON.stringify({ a: JSON.stringify({ b: "pa55-w0rd-here" }) })],
    ["as escaped characters", "\\u0070\\u006155-w0rd-here"],
    ["percent-encoded", "?x=%70%615%35-w0rd%2Dhere"],
    ["percent-encoded twice", "pa55%252Dw0rd%252Dhere"],
    ["base64 within percent-encoding", encodeURIComponent(Buffer.from("user:pa55-w0rd-here!").toString("base64"))],
  ])("loses a value that occurs %s", (_, text) => {
    const [, found] = redacted([environment({ ANYTHING: "pa55-w0rd-here" }), log(`before ${text} behind`)]);
    const message = JSON.stringify(found);
    expect(message).not.toContain(text);
    expect(message).toMatch(/before .* behind/u);
    const inner = message.replaceAll(/[A-Za-z0-9+/_-]{8,}=*/gu, (run) => Buffer.from(run, "base64").toString("latin1"));
    expect(inner).not.toContain("pa55");
  });

  test.each([
    ["a Functions key", FUNCTIONS_KEY, "functions-key"],
    ["a storage key", `${"aB3/".repeat(19)}+AStabcdeQ==`, "storage-key"],
    ["a Cosmos key", `${"aB3/".repeat(19)}ACDbabcdeQ==`, "cosmos-key"],
    ["a Service Bus key", `${"aB3".repeat(11)}+ASbCabcde=`, "service-bus-key"],
    ["an Event Hubs key", `${"aB3".repeat(11)}+AEhCabcde=`, "event-hubs-key"],
    ["a relay key", `${"aB3".repeat(11)}+ARmCabcde=`, "relay-key"],
    ["an IoT key", `${"aB3".repeat(11)}AIoTCabcde=`, "iot-key"],
    ["a Redis key", `${"aB3".repeat(11)}AzCaCabcde=`, "redis-key"],
    ["a registry key", `${"aB3".repeat(14)}+ACRCabcde`, "registry-key"],
    ["a search key", `${"aB3".repeat(14)}AzSeCabcde`, "search-key"],
    ["an Event Grid key", `${"aB3".repeat(11)}AZEGCabcde=`, "event-grid-key"],
    ["an Entra client secret", `abc8Q~${"aB3.".repeat(8)}`, "client-secret"],
    ["a JWT", "eyJhbGciOiJub25lIn0.eyJzdWIiOiJhbm5hIn0.c2lnbmF0dXJl", "jwt"],
    ["an e-mail address", "anna@contoso.example", "email"],
  ])("loses %s wherever it stands", (_, secret, label) => {
    expect(redacted([log(`it is ${secret} here`)])).toEqual([log(`it is ‹secret-1:${label}› here`)]);
  });

  test.each([
    ["a connection string", "AccountName=a;AccountKey=abcd/efgh==;EndpointSuffix=x", "abcd/efgh"],
    ["a SAS", "https://a.blob.example/c?sv=2020&sig=abc%2Fdef%3D&se=1", "abc%2Fdef"],
    ["a bearer token", "authorization: Bearer abcdefgh12345", "abcdefgh12345"],
    ["a password in an address", "amqp://user:hunter2!@queue.example/", "hunter2!"],
    ["a user's folder", "at /home/jsmith/app/index.js:3", "jsmith"],
    ["a user's folder on Windows", "at C:\\Users\\jsmith\\app", "jsmith"],
    ["a private key", "-----BEGIN PRIVATE KEY-----\nMIIEvQ\n-----END PRIVATE KEY-----", "MIIEvQ"],
    ["a setting in JSON text", 'config {"password":"hunter2!","x":1}', "hunter2!"],
  ])("loses %s in a log, and nothing around it", (_, text, secret) => {
    const [found] = redacted([log(`begin ${text} end`)]);
    expect(JSON.stringify(found)).not.toContain(secret);
    expect(JSON.stringify(found)).toMatch(/begin .+ end/u);
  });

  test("keeps the form of a body, and none of its content", () => {
    const body = '{ "name": "Anna Schmidt", "card": 4111111111111111, "count": 3, "list": ["secret one", true] }';
    const [found] = redacted([{ invocationRequest: { inputData: [{ name: "item", data: { json: body } }] } }]);
    expect(found).toEqual({
      invocationRequest: {
        inputData: [
          {
            name: "item",
            data: {
              json: '{ "name": "‹secret-1:body›", "card": 0, "count": 3, "list": ["‹secret-3:body›", true] }',
            },
          },
        ],
      },
    });
  });

  test("keeps bodies where only headers are asked for, without the secrets in them", () => {
    const http = {
      url: `https://x.example/api/a?code=${FUNCTIONS_KEY}&page=2`,
      headers: { "x-functions-key": "0123456789", accept: "text/html" },
      body: { string: "Anna has 0123456789" },
    };
    const [found] = redacted([{ invocationResponse: { returnValue: { http } } }], { policy: "headers-only" });
    expect(found).toEqual({
      invocationResponse: {
        returnValue: {
          http: {
            url: "https://x.example/api/a?code=‹secret-1:code›&page=2",
            headers: { "x-functions-key": "‹secret-2:x-functions-key›", accept: "text/html" },
            body: { string: "Anna has ‹secret-2:x-functions-key›" },
          },
        },
      },
    });
  });

  test("loses fields that the contract does not know", () => {
    // Field 700 with the text "secret".
    const bytes = Uint8Array.from([...bytesOf({ requestId: "r" }), 0xe2, 0x2b, 6, ...Buffer.from("secret")]);
    for (const keepsUnknownFields of [false, true]) {
      const redactor = new Redactor({ ...SAFE, keepsUnknownFields });
      redactor.seal();
      const decoded = decodeMessage(redactor.message(bytes) ?? new Uint8Array());
      expect(decoded.ok && decoded.message.$unknown?.length).toBe(keepsUnknownFields ? 1 : undefined);
    }
  });

  test("loses what somebody asked for, and is refused an expression that cannot be read", () => {
    const own = [parseOwn("Contoso"), parseOwn("/project-\\d+/")];
    expect(redacted([log("contoso runs project-42")], { own })).toEqual([log("‹secret-1:own› runs ‹secret-2:own›")]);
    expect(() => parseOwn("/(/")).toThrow(/is no regular expression/u);
  });

  test("is the same when it is redacted again", () => {
    const once = redacted([environment({ ANYTHING: "pa55-w0rd-here" }), log("password=pa55-w0rd-here")]);
    expect(redacted(once.map((it) => it as object))).toEqual(once);
  });

  test("loses what somebody asked for in the names of placeholders too", () => {
    const [found] = redacted([environment({ ACME_URL: "another-value" })], { own: [parseOwn("acme")] });
    expect(JSON.stringify(found)).not.toMatch(/acme/iu);
  });

  test("keeps words that also are the value of a query, but not those of the environment", () => {
    const url = "https://x.example/api?kind=object";
    const call = { invocationResponse: { returnValue: { http: { url } } } };
    const [, , found] = redacted([call, environment({ DB: "swordfish" }), log("an object, and swordfish")]);
    expect(found).toEqual(log("an object, and ‹secret-2:DB›"));
  });

  test("keeps versions of workers, whatever else they occur as", () => {
    const init = { workerInitResponse: { workerVersion: "2.52.0.0" } };
    expect(redacted([environment({ ANYTHING: "2.52.0.0" }), init])[1]).toEqual(init);
  });

  test("loses a number of few digits that is the value of a name which is not known", () => {
    expect(redacted([environment({ PIN: "1234" })])).toEqual([environment({ PIN: "‹secret-1:PIN›" })]);
  });

  test("loses a value with letters of other alphabets, encoded too", () => {
    const secret = "pässwörd-élan";
    const texts = [secret, encodeURIComponent(secret), Buffer.from(`x: ${secret}`).toString("base64")];
    const found = redacted([environment({ ANYTHING: secret }), ...texts.map((text) => log(`a ${text} b`))]).slice(1);
    for (const [index, text] of texts.entries()) {
      expect(JSON.stringify(found[index])).not.toContain(text);
    }
  });

  test("loses a value with spaces where it stands in a form, and the value of a cookie by itself", () => {
    const http = { headers: { Cookie: "id=abc123; theme=dark-1" } };
    const [, , form, cookie] = redacted([
      environment({ ANYTHING: "pass of three words" }),
      { invocationResponse: { returnValue: { http } } },
      log("q=pass+of+three+words&b=1"),
      log("it is abc123 again"),
    ]);
    expect(form).toEqual(log("q=‹secret-1:ANYTHING›&b=1"));
    expect(cookie).toEqual(log(expect.stringMatching(/^it is ‹secret-\d:Cookie› again$/u)));
  });

  test("loses a secret at any place of a text of millions of characters", () => {
    const secret = "pa55-w0rd-here";
    const long = `${" a%41".repeat(220_000)}${secret}${"\\u0041".repeat(20_000)}`;
    const json = JSON.stringify({ log: `${"a".repeat(1_200_000)}${secret}` });
    const found = redacted([environment({ ANYTHING: secret }), log(long.slice(7)), log(json)]);
    expect(found.map((it) => JSON.stringify(it).includes(secret))).toEqual([false, false, false]);
  });

  test("loses a value that looks like base64 where that is part of base64 with another one in it", () => {
    const run = Buffer.from("harmless text, then pa55-w0rd-here").toString("base64");
    const part = run.slice(3, 15);
    const across = `${run.slice(-9)}-tail`;
    const found = redacted([
      environment({ ONE: "pa55-w0rd-here", OTHER: part, THIRD: across }),
      log(`it is ${run} here`),
      log(`it is ${run}-tail here`),
    ]).slice(1);
    expect(JSON.stringify(found)).not.toContain(part);
    expect(JSON.stringify(found)).not.toContain(run.slice(-9));
  });

  test("loses a value with spaces and a plus where it stands in a form", () => {
    const [, form] = redacted([environment({ ANYTHING: "pass + three words" }), log("q=pass+%2B+three+words&b=1")]);
    expect(form).toEqual(log("q=‹secret-1:ANYTHING›&b=1"));
  });

  test("never has a secret in the name of a placeholder", () => {
    const found = redacted([environment({ "pa55-w0rd-here": "another-value", B: "pa55-w0rd-here" })]);
    expect(JSON.stringify(found)).not.toContain("pa55");
  });
});

describe("a report", () => {
  test("says what was replaced, why, how often and where", () => {
    const redactor = new Redactor(SAFE);
    const messages = [environment({ ANYTHING: "pa55-w0rd-here" }), log("pa55-w0rd-here, pa55-w0rd-here")].map(bytesOf);
    for (const bytes of messages) {
      redactor.message(bytes);
    }
    redactor.seal();
    for (const bytes of messages) {
      redactor.enter({ type: "message", seq: 1 + messages.indexOf(bytes) });
      redactor.message(bytes);
    }
    expect(redactor.report).toEqual({
      replaced: [
        { why: "elsewhere", what: "occurs elsewhere", count: 2, places: [{ type: "message", seq: 2 }] },
        {
          why: "field",
          what: "FunctionEnvironmentReloadRequest.environment_variables",
          fieldClass: "value",
          count: 1,
          places: [{ type: "message", seq: 1 }],
        },
      ],
      secrets: 1,
      beyond: 0,
    });
  });
});

describe("details of events", () => {
  test("are left out from a depth on that no recorder writes", () => {
    const redactor = new Redactor(SAFE);
    redactor.seal();
    const deep: unknown = JSON.parse(`${'{"a":['.repeat(50_000)}1${"]}".repeat(50_000)}`);
    expect(JSON.stringify(redactor.json(deep, "event.detail")).length).toBeLessThan(1000);
  });

  test("lose the value of an option that names a secret, and keep ids and numbers", () => {
    const redactor = new Redactor(SAFE);
    const detail = { workerId: "w1", pid: 7, argv: ["python", "--password", "hunter2!", "-Dtoken=abcd1234"] };
    redactor.json(detail, "process-spawned");
    redactor.seal();
    expect(redactor.json(detail, "process-spawned")).toEqual({
      workerId: "w1",
      pid: 7,
      argv: ["python", "--password", "‹secret-1:password›", "-Dtoken=‹secret-2:password›"],
    });
  });
});
