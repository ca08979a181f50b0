import type { IncomingMessage } from "node:http";
import type { AppRun } from "./app-run.ts";
import type { FunctionInfo } from "./functions.ts";
import type { HttpAnswer } from "./http-answer.ts";
import { readBody } from "./http-request.ts";
import { isJsonObject, type JsonObject, parseJson } from "./json.ts";

type Invoke = (name: string, input: unknown, metadata: JsonObject) => Promise<unknown>;

/**
 * Answers the admin routes: `GET /admin/functions`, `GET /admin/functions/<name>`, and
 * `POST /admin/functions/<name>` with `{"input": …, "triggerMetadata": {…}}`, which invokes any function and answers 202 at once.
 *
 * @param path without leading and trailing slashes
 */
export async function answerAdmin(
  incoming: IncomingMessage,
  path: string,
  app: AppRun,
  invoke: Invoke,
): Promise<HttpAnswer> {
  const [, collection, name, ...rest] = path.split("/");
  if (collection !== "functions" || rest.length > 0) {
    return jsonAnswer(404, { error: `There is no /${path}` });
  }
  if (name === undefined) {
    return incoming.method === "GET" ? jsonAnswer(200, app.functions.map(describe)) : notAllowed("GET");
  }
  const wanted = decodeURIComponent(name).toLowerCase();
  const info = app.functions.find((candidate) => candidate.name.toLowerCase() === wanted);
  if (info === undefined) {
    return jsonAnswer(404, { error: `There is no function ${decodeURIComponent(name)}` });
  }
  if (incoming.method === "GET") {
    return jsonAnswer(200, describe(info));
  }
  return incoming.method === "POST" ? await invokeByHand(incoming, info, invoke) : notAllowed("GET, POST");
}

/** Only JSON is taken, as by the real host: no page of another site can send it without being asked first. */
async function invokeByHand(incoming: IncomingMessage, info: FunctionInfo, invoke: Invoke): Promise<HttpAnswer> {
  if (!/^application\/json\b/i.test(incoming.headers["content-type"] ?? "")) {
    return jsonAnswer(415, { error: 'Send JSON: content-type: application/json, body {"input": …}' });
  }
  const body = parseJson((await readBody(incoming)).toString("utf8"));
  if (!isJsonObject(body)) {
    return jsonAnswer(400, { error: 'The body must be a JSON object such as {"input": "text"}' });
  }
  const metadata = body["triggerMetadata"] ?? {};
  if (!isJsonObject(metadata)) {
    return jsonAnswer(400, { error: 'triggerMetadata must be a JSON object such as {"MessageId": "1"}' });
  }
  // Events report the outcome; the caller only learns that the call was accepted.
  void invoke(info.name, body["input"], metadata).catch(() => {});
  return { status: 202, headers: [], body: new Uint8Array() };
}

function describe(info: FunctionInfo): Readonly<Record<string, unknown>> {
  return {
    name: info.name,
    language: info.language,
    isDisabled: info.isDisabled,
    script_href: info.scriptFile,
    config: { bindings: info.bindings.map(({ settings }) => settings) },
  };
}

function notAllowed(allowed: string): HttpAnswer {
  const { status, headers, body } = jsonAnswer(405, { error: `Only ${allowed} is allowed here` });
  return { status, headers: [...headers, ["allow", allowed]], body };
}

function jsonAnswer(status: number, value: unknown): HttpAnswer {
  return {
    status,
    headers: [["content-type", "application/json; charset=utf-8"]],
    body: Buffer.from(`${JSON.stringify(value)}\n`),
  };
}
