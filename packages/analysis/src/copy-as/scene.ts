import type { MessageDetail, MessageRow } from "@inspector/contract/page";
import { contentKinds } from "@inspector/proto";

type Content = Readonly<Record<string, unknown>>;

/** A message for a line of a scene. */
export type SceneMessage = {
  readonly row: Pick<MessageRow, "seq" | "at" | "stream" | "from" | "kind">;
  readonly message?: MessageDetail["message"];
};

/**
 * A test in TypeScript over the scene that these messages make, in the form that `packages/session` has scenes in: to be
 * put beside the rules in `src/problems`. Times count from the first message. What a scene cannot say (undecodable
 * messages, calls of other services, unknown fields of the envelope) is left out, and named.
 */
export function copyAsScene(messages: readonly SceneMessage[], title = "what was recorded"): string {
  const lines = sceneLines(messages);
  const left = messages.filter(({ row, message }) => contentOf(row.kind, message) === undefined);
  const note = left.map(
    ({ row }) => `  // Left out, because a scene cannot say it: message ${row.seq}, ${row.kind}.\n`,
  );
  return `import { expect, test } from "vitest";
import { problemsIn } from "./testing/problems-in.ts";

test(${JSON.stringify(title)}, () => {
${note.join("")}  const { problems } = problemsIn(String.raw\`
    at          from    message
${lines.map((line) => `    ${line}\n`).join("")}  \`);
  expect(problems).toEqual([]);
});
`;
}

function sceneLines(messages: readonly SceneMessage[]): string[] {
  const start = messages[0]?.row.at ?? 0;
  const streams = [...new Set(messages.map(({ row }) => row.stream))];
  return messages.flatMap(({ row, message }) => {
    const content = contentOf(row.kind, message);
    if (content === undefined) {
      return [];
    }
    const stream = streams.indexOf(row.stream) + 1;
    const requestId = fieldsOf(message)["requestId"];
    const words = [
      `${`${(row.at - start) / 1e6} ms`.padEnd(11)} ${row.from.padEnd(7)} ${row.kind === "" ? "empty" : row.kind}`,
      ...(stream === 1 ? [] : [`stream=${stream}`]),
      ...(requestId === undefined ? [] : [`request=${formatValue(requestId)}`]),
      ...contentWords(row.kind, content),
    ];
    return [words.join(" ")];
  });
}

/** What a message holds under its kind; undefined where a scene has no line for it. */
function contentOf(kind: string, message: unknown): Content | undefined {
  const fields = fieldsOf(message);
  if (message === undefined || "$unknown" in fields) {
    return undefined;
  }
  if (kind === "") {
    return {};
  }
  if (!contentKinds.some(({ name }) => name === kind)) {
    return undefined;
  }
  return fieldsOf(fields[kind.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase())]);
}

const ANSWERS = new Set([
  "worker_init_response",
  "function_environment_reload_response",
  "function_load_response",
  "function_metadata_response",
  "worker_warmup_response",
  "invocation_response",
]);

/** Short words where the scene has some, also for what it would otherwise fill in by itself; `json=` for the rest. */
function contentWords(kind: string, content: Content): string[] {
  const words: string[] = [];
  const rest: Record<string, unknown> = { ...content };
  const shorten = (key: string, word: string, isWanted: boolean): void => {
    if (!isWanted || typeof rest[key] !== "string") {
      return;
    }
    words.push(`${word}=${formatValue(rest[key])}`);
    delete rest[key];
  };
  shorten("workerId", "worker", kind === "start_stream");
  shorten(
    "invocationId",
    "id",
    ["invocation_request", "invocation_cancel", "rpc_log", "invocation_response"].includes(kind),
  );
  shorten("functionId", "function", ["function_load_response", "invocation_request"].includes(kind));
  if (kind === "invocation_request" && rest["traceContext"] === undefined) {
    words.push("trace=none");
  }
  if (kind === "function_load_request" && rest["metadata"] === undefined) {
    rest["metadata"] = null;
  }
  if (kind === "rpc_log") {
    words.push(`level=${formatValue(rest["level"] ?? "Trace")}`);
    delete rest["level"];
    shorten("message", "text", true);
  }
  if (ANSWERS.has(kind)) {
    words.push(...takeResult(rest));
  }
  return Object.keys(rest).length === 0 ? words : [...words, `json=${escapeText(JSON.stringify(rest))}`];
}

/** A result of a status, and perhaps an exception's message and stack, has short words; any other one stays in the JSON. */
function takeResult(rest: Record<string, unknown>): string[] {
  const { result } = rest;
  if (result === undefined) {
    return ["status=none"];
  }
  const { status = "Failure", exception, ...more } = fieldsOf(result);
  const { message, stackTrace, ...others } = fieldsOf(exception);
  if (Object.keys(more).length > 0 || Object.keys(others).length > 0) {
    return [];
  }
  if (exception !== undefined && message === undefined && stackTrace === undefined) {
    return [];
  }
  delete rest["result"];
  return [
    ...(status === "Success" ? [] : [`status=${formatValue(status)}`]),
    ...(message === undefined ? [] : [`exception=${formatValue(message)}`]),
    ...(stackTrace === undefined ? [] : [`stack=${formatValue(stackTrace)}`]),
  ];
}

/** Bare where that is read as the same text; numbers and other words of JSON would not be. */
function formatValue(value: unknown): string {
  const isBare = typeof value === "string" && /^[A-Za-z][\w.-]*$/.test(value) && !/^(true|false|null)$/.test(value);
  return isBare ? value : escapeText(JSON.stringify(value));
}

/** JSON that stands in a raw template and on one line of it: these characters occur in its texts only. */
function escapeText(json: string): string {
  return json
    .replaceAll("`", "\\u0060")
    .replaceAll("${", "\\u0024{")
    .replaceAll("\u2028", "\\u2028")
    .replaceAll("\u2029", "\\u2029");
}

function fieldsOf(value: unknown): Content {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? { ...value } : {};
}
