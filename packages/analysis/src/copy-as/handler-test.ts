import type { MessageDetail, MessageRow } from "@inspector/contract/page";
import {
  decodeUtf8,
  type InvocationRequest,
  messageFromJson,
  type StreamingMessage,
  type TypedData,
} from "@inspector/proto";
import { argumentSource, contextSource, quote } from "./handler-input.ts";

/** A message of an invocation: its request, its answer or any other. */
export type TestedMessage = {
  readonly row: Pick<MessageRow, "kind" | "functionName">;
  readonly message?: MessageDetail["message"];
};

/**
 * A test for `node --test` that calls a function's own handler with what it was called with, secrets included. It runs in
 * the folder of an app on `@azure/functions` v4, without a host or a worker.
 *
 * Of a call that failed, it asks for one that does not: it fails until the fault is mended. Of one that succeeded it asks
 * for the same HTTP status.
 * @returns undefined where there is no request, or where its input did not travel in it (shared memory, HTTP, references)
 */
export function copyAsHandlerTest(messages: readonly TestedMessage[]): string | undefined {
  const asked = messages.find(({ row }) => row.kind === "invocation_request");
  const request = contentOf(asked, "invocationRequest");
  const name = asked?.row.functionName;
  if (request?.case !== "invocationRequest" || name === undefined) {
    return undefined;
  }
  const call = callSource(name, request.value);
  if (call === undefined) {
    return undefined;
  }
  const answer = messages.find(({ row }) => row.kind === "invocation_response");
  const { title, expectation } = expectationOf(name, answer);
  return `// Calls the handler of ${oneLine(name)} with what it was called with in invocation ${oneLine(request.value.invocationId)}.
// In the app's folder: node --test FILE.mjs
// Whatever the handler calls is called for real. Settings of the app are those of the environment.
${PREAMBLE}
test(${quote(title)}, async () => {
  const handler = await handlerOf(${quote(name)});
${indent(call)}
${indent(expectation)}
});
${HELPERS}`;
}

function contentOf(detail: TestedMessage | undefined, kind: string): StreamingMessage["content"] | undefined {
  const parsed = messageFromJson(detail?.message);
  return parsed.ok && parsed.message.content.case === kind ? parsed.message.content : undefined;
}

/** Lines that make the handler's arguments, and the call. The first input is the trigger's: so the host sends them. */
function callSource(name: string, request: InvocationRequest): string | undefined {
  const [trigger, ...others] = request.inputData;
  const input = trigger && argumentSource(trigger);
  const extra = others.map((one) => ({ name: one.name, source: argumentSource(one) }));
  if (input === undefined || extra.some(({ source }) => source === undefined)) {
    return undefined;
  }
  return [
    `const input = ${input};`,
    `const context = new InvocationContext(${contextSource(name, request)});`,
    ...extra.map((one) => `context.extraInputs.set(${quote(one.name)}, ${one.source});`),
    "const answer = await handler(input, context);",
  ].join("\n");
}

type Expectation = { readonly title: string; readonly expectation: string };

function expectationOf(name: string, answer: TestedMessage | undefined): Expectation {
  const content = contentOf(answer, "invocationResponse");
  if (content?.case !== "invocationResponse") {
    return {
      title: `${name} does not fail`,
      expectation: "// No answer was recorded.\nassert.ok(!isServerError(answer));",
    };
  }
  const { result, returnValue } = content.value;
  const http = returnValue?.data.case === "http" ? returnValue.data.value : undefined;
  const status = Number(http?.statusCode);
  const said = result?.exception?.message;
  if (said !== undefined || status >= 500) {
    const recorded = said ?? `HTTP ${status}`;
    return {
      title: `${name} does not fail any more`,
      expectation: `// It failed: ${oneLine(recorded)}\nassert.ok(!isServerError(answer));`,
    };
  }
  if (http === undefined) {
    return { title: `${name} does not fail`, expectation: "assert.ok(!isServerError(answer));" };
  }
  const body = http.body && bodyText(http.body);
  return {
    title: `${name} answers with ${status}`,
    expectation: [
      `assert.equal(Number(answer?.status ?? 200), ${status});`,
      ...(body === undefined ? [] : [`// Its body was: ${oneLine(body)}`]),
    ].join("\n"),
  };
}

/** Characters of a recorded text in a comment. */
const COMMENT_CHARS = 200;

function bodyText({ data }: TypedData): string | undefined {
  switch (data.case) {
    case "string":
    case "json":
      return data.value;
    case "bytes":
    case "stream":
      return decodeUtf8(data.value);
    default:
      return undefined;
  }
}

/** For a comment of one line: nothing of it ends that line. */
function oneLine(text: string): string {
  const line = text.replaceAll(/[\p{Cc}\p{Cf}\p{Z}]+/gu, " ").trim();
  return line.length > COMMENT_CHARS ? `${line.slice(0, COMMENT_CHARS)} …` : line;
}

function indent(lines: string): string {
  return lines.replaceAll(/^(?=.)/gmu, "  ");
}

const PREAMBLE = `import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import Module, { createRequire } from "node:module";
import { join } from "node:path";
import { test } from "node:test";
import { pathToFileURL } from "node:url";

const app = process.cwd();
const handlers = catchHandlers();
const { HttpRequest, InvocationContext } = createRequire(join(app, "package.json"))("@azure/functions");
`;

/** What a worker does for an app: it stands in for the core that functions are registered with, and loads the entry point. */
const HELPERS = `
function isServerError(answer) {
  return Number(answer?.status ?? 200) >= 500;
}

/** Stands where a worker would: functions that the app registers are kept here. */
function catchHandlers() {
  const found = new Map();
  const core = {
    setProgrammingModel: () => {},
    registerFunction: ({ name }, handler) => found.set(name, handler),
    registerHook: () => ({ dispose: () => {} }),
    log: () => {},
  };
  const load = Module.prototype.require;
  Module.prototype.require = function (id) {
    return id === "@azure/functions-core" ? core : load.call(this, id);
  };
  return found;
}

async function handlerOf(name) {
  for (const file of entryPoints()) {
    await import(pathToFileURL(file).href);
  }
  const handler = handlers.get(name);
  assert.ok(handler, \`The app registers no \${name}, but \${[...handlers.keys()].join(", ") || "nothing"}\`);
  return handler;
}

/** The files that "main" of package.json stands for; it may be a pattern. */
function entryPoints() {
  const { main = "index.js" } = JSON.parse(readFileSync(join(app, "package.json"), "utf8"));
  if (!/[*?{]/.test(main)) {
    return [join(app, main)];
  }
  const pattern = main.replace(/^\\.\\//, "");
  const folder = pattern.slice(0, pattern.search(/[^/]*[*?{]/));
  const wanted = new RegExp(\`^\${pattern.replace(/\\*\\*\\/|[*?{},]|[.+^$()|[\\]\\\\]/g, patternPart)}$\`);
  const files = readdirSync(join(app, folder), { recursive: true }).map((file) => folder + file.replaceAll("\\\\", "/"));
  return files.filter((file) => wanted.test(file)).map((file) => join(app, file));
}

function patternPart(part) {
  return { "**/": "(?:.*/)?", "*": "[^/]*", "?": "[^/]", "{": "(?:", "}": ")", ",": "|" }[part] ?? \`\\\\\${part}\`;
}
`;
