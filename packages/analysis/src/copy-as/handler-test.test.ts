import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { copyAsHandlerTest, type TestedMessage } from "./handler-test.ts";

const ROOT = fileURLToPath(new URL("../../../..", import.meta.url));
const EVERY_TEST_MS = 60_000;

const base64 = (text: string): string => Buffer.from(text).toString("base64");

function called(functionName: string, data: unknown, more: object = {}): TestedMessage {
  const invocationRequest = { invocationId: "i-1", inputData: [{ name: "input", data }], ...more };
  return { row: { kind: "invocation_request", functionName }, message: { invocationRequest } };
}

function answered(invocationResponse: object): TestedMessage {
  return { row: { kind: "invocation_response" }, message: { invocationResponse } };
}

const url = "http://127.0.0.1:7071/api/hello";
const http = (statusCode: string, body: string) =>
  answered({ result: { status: "Success" }, returnValue: { http: { statusCode, body: { bytes: base64(body) } } } });
const failed = answered({ result: { status: "Failure", exception: { message: "RangeError: too\nlarge" } } });
const succeeded = answered({ result: { status: "Success" } });

/** What the sample app was called with, by the name of a file. */
const CALLS: Readonly<Record<string, readonly TestedMessage[]>> = {
  query: [
    called("hello", {
      http: { method: "GET", url: `${url}?name=Ada`, query: { name: "Ada" }, headers: { "x-a": "1" } },
    }),
    http("200", '{"message":"Hello, Ada!"}'),
  ],
  body: [
    called("hello", { http: { method: "POST", url, body: { bytes: base64('{"name":"Zo\\u00eb"}') } } }),
    http("200", "{}"),
  ],
  refused: [called("order", { http: { method: "POST", url, body: { string: "{}" } } }), http("400", "")],
  another: [called("order", { http: { method: "POST", url, body: { string: "{}" } } }), http("202", "")],
  failure: [called("resize", { json: '{"picture":"alps.jpg","width":9000,"height":6000}' }), failed],
  metadata: [
    called(
      "resize",
      { string: '{"picture":"lake.jpg","width":10,"height":10}' },
      { triggerMetadata: { DequeueCount: { json: "3" } } },
    ),
    succeeded,
  ],
  digits: [called("audit", { json: '{"eventId":9007199254740993,"__proto__":{"a":1}}' }), succeeded],
  timer: [called("cleanup", { json: '{"IsPastDue":true,"Schedule":{"AdjustForDST":true}}' }), succeeded],
};

let app: string;
let output: string;

beforeAll(() => {
  app = mkdtempSync(join(tmpdir(), "handler-test-"));
  cpSync(join(ROOT, "apps/proxy/sample-app"), app, { recursive: true });
  symlinkSync(join(ROOT, "node_modules"), join(app, "node_modules"), "dir");
  mkdirSync(join(app, "test"));
  // Each by name: what a folder's name means to `node --test` changed with Node 22.
  const files = Object.keys(CALLS).map((name) => join("test", `${name}.test.mjs`));
  for (const [n, messages] of Object.values(CALLS).entries()) {
    writeFileSync(join(app, files[n] ?? ""), copyAsHandlerTest(messages) ?? "");
  }
  const { NODE_OPTIONS: _, ...env } = process.env;
  output = spawnSync(process.execPath, ["--test", "--test-reporter=tap", ...files], {
    cwd: app,
    env,
    encoding: "utf8",
    timeout: EVERY_TEST_MS,
  }).stdout;
}, EVERY_TEST_MS);

afterAll(() => rmSync(app, { recursive: true, force: true }));

describe("a copied test, run by node --test in the sample app's folder", () => {
  test("passes where the handler does what was recorded", () => {
    expect(output).toMatch(/^ *ok \d+ - hello answers with 200$/mu);
    expect(output).toMatch(/^ *ok \d+ - order answers with 400$/mu);
    expect(output).toMatch(/^ *ok \d+ - audit does not fail$/mu);
    expect(output).toMatch(/^# pass 6$/mu);
  });

  test("fails where the handler still fails, or answers with another status", () => {
    expect(output).toMatch(/^ *not ok \d+ - resize does not fail any more$/mu);
    expect(output).toContain("alps.jpg needs 54,000,000 pixels");
    expect(output).toMatch(/^ *not ok \d+ - order answers with 202$/mu);
    expect(output).toMatch(/^# fail 2$/mu);
  });

  test("gives the handler its input as the library does", () => {
    expect(output).toContain("Welcoming Ada");
    expect(output).toContain("Welcoming Zoë");
    expect(output).toContain("attempt 3");
    expect(output).toContain("Cleanup is late");
    expect(output).toContain("Event id 9007199254740992 is beyond 2^53");
  });
});

describe("an app of ECMAScript modules", () => {
  test(
    "is loaded by the pattern of its package.json, or by its only file",
    () => {
      const register = `import { app } from "@azure/functions"; app.http("esm", { handler: () => ({ status: 204 }) });`;
      const own = mkdtempSync(join(tmpdir(), "handler-test-"));
      symlinkSync(join(ROOT, "node_modules"), join(own, "node_modules"), "dir");
      mkdirSync(join(own, "dist/src/deep"), { recursive: true });
      writeFileSync(join(own, "dist/src/deep/esm.mjs"), register);
      const messages = [called("esm", { http: { method: "GET", url } }), http("204", "")];
      writeFileSync(join(own, "own.test.mjs"), copyAsHandlerTest(messages) ?? "");
      for (const main of ["dist/{src,lib}/**/*.mjs", "./dist/src/deep/esm.mjs"]) {
        writeFileSync(join(own, "package.json"), JSON.stringify({ type: "module", main }));
        const run = spawnSync(process.execPath, ["own.test.mjs"], {
          cwd: own,
          encoding: "utf8",
          timeout: EVERY_TEST_MS,
        });
        expect(run.stdout + run.stderr).toContain("esm answers with 204");
        expect(run.status).toBe(0);
      }
      rmSync(own, { recursive: true, force: true });
    },
    EVERY_TEST_MS,
  );
});

describe("there is no test", () => {
  test.each([
    ["of an answer alone", [succeeded]],
    ["of a request whose function is not known", [{ row: { kind: "invocation_request" }, message: {} }]],
    ["of a request that travelled over HTTP", [called("hello", { http: {} })]],
    ["of an input in shared memory", [called("hello", undefined, { inputData: [{ name: "x", rpcSharedMemory: {} }] })]],
    ["of a reference to a model", [called("hello", { modelBindingData: { source: "blob" } })]],
    ["of what was not decoded", [{ row: { kind: "invocation_request", functionName: "hello" } }]],
  ] satisfies [string, TestedMessage[]][])("%s", (_what, messages) => {
    expect(copyAsHandlerTest(messages)).toBeUndefined();
  });
});

test("nothing that was recorded leaves the comment or the text in which it stands", () => {
  const evil = "x\u2028*/ `exit()`\n\u202e exit()";
  const text = copyAsHandlerTest([
    called("hello", { string: evil }),
    answered({ result: { status: "Failure", exception: { message: evil } } }),
  ]);
  const lines = text?.split(/[\n\u2028]/u).filter((line) => line.includes("exit()")) ?? [];
  expect(lines.map((line) => line.trim())).toEqual([
    'const input = "x\\u2028*/ `exit()`\\n\\u202e exit()";',
    "// It failed: x */ `exit()` exit()",
  ]);
});
