/** A session with a secret wherever one can stand, and the search for what is left of them. */
import { gzipSync } from "node:zlib";
import { FLAG_COMPRESSED, FLAG_TRUNCATED } from "@inspector/filter/message-flags";
import { storeHttpBody, storeLargeBody } from "@inspector/hub/export/recorded-values";
import { encodeMessage, messageFromJson, type Place, readHead } from "@inspector/proto";
import { filledMessages } from "@inspector/proto/testing/filled-messages";
import type { Writer } from "@inspector/session/writer";

/** Every secret has it in its middle, so that one search finds all of them. */
export const CANARY = "c4n4ry";
/** Part of texts that are to be there still. */
export const SURVIVOR = "surv1v0r";

const EVENT_STREAM = "/AzureFunctionsRpcMessages.FunctionRpc/EventStream";

let count = 0;

/** A secret unlike all others, with nothing about its form that gives it away. */
function canary(): string {
  count += 1;
  return `x${CANARY}-${count}y`;
}

/** Secrets that show by their form, wherever they stand. */
const FORMS: readonly (() => string)[] = [
  () => `${canary()}@contoso.example`,
  () => `password=${canary()}`,
  () => `AccountName=a;AccountKey=${canary()}==;EndpointSuffix=b`,
  () => `authorization: Bearer ${canary()}`,
  () => `https://a.blob.example/b?sv=1&sig=${canary()}&se=2`,
  () => `amqp://user:${canary()}@queue.example/`,
  () => `${`${CANARY}${count}`.padEnd(44, "k")}AzFuABCDEQ==`,
  () => `${`${CANARY}${count}`.padEnd(76, "k")}+AStABCDEQ==`,
  () => `-----BEGIN PRIVATE KEY-----\n${canary()}\n-----END PRIVATE KEY-----`,
  () => `eyJ${canary()}abcdefgh.eyJ${canary()}abcdef.${canary()}`,
  () => `at /home/${canary()}/app.js:1`,
  () => JSON.stringify({ nested: JSON.stringify({ "client-secret": canary() }) }),
  () => Buffer.from(`password=${canary()} and more`).toString("base64"),
  () => encodeURIComponent(`token=${canary()} and more`),
];

function formed(): string {
  count += 1;
  return FORMS[count % FORMS.length]?.() ?? "";
}

/** A value by the class of the field that it is for. What a harmless name has is looked through for secrets by their form. */
function fill({ class: of, name }: Place): string {
  if (name === "content-type" && of === "headers") {
    return `${SURVIVOR}; ${formed()}`;
  }
  switch (of) {
    case "keep":
      count += 1;
      return `6f0b5ac6-0f3c-4b8c-9d6a-${String(count).padStart(12, "0")}`;
    case "url":
      return `https://a.example/api/b?code=${canary()}&x=${encodeURIComponent(canary())}#${canary()}`;
    case "log":
    case "name":
    case "path":
      return `${SURVIVOR} ${formed()} ${SURVIVOR}`;
    case "json":
      return JSON.stringify({ type: "queueTrigger", anything: canary(), list: [{ connection: formed() }] });
    case "headers":
    case "value":
      count += 1;
      return count % 2 === 0 ? canary() : JSON.stringify({ Host: "a.example", "x-any": canary(), in: [canary()] });
    default:
      count += 1;
      return count % 2 === 0 ? canary() : JSON.stringify({ a: canary(), b: { c: [canary(), 4_111_111_111_111_111] } });
  }
}

function bytesOf(json: object): Uint8Array {
  const parsed = messageFromJson(json);
  if (!parsed.ok) {
    throw new SyntaxError(`${parsed.path}: ${parsed.reason}`);
  }
  return encodeMessage(parsed.message);
}

/** A value that no form gives away, in a log before it is known and behind, raw and encoded. */
function messagesOfOneSecret(): Uint8Array[] {
  const secret = `${canary()}/${canary()}?`;
  const base64 = Buffer.from(`user:${secret}`).toString("base64");
  const texts = [
    secret,
    JSON.stringify(secret),
    JSON.stringify(JSON.stringify({ a: secret })),
    encodeURIComponent(secret),
    encodeURIComponent(encodeURIComponent(secret)),
    base64,
    Buffer.from(`\u0001\u0002binary ${secret}`).toString("base64"),
    Buffer.from(`ab${secret}`).toString("base64url"),
    Buffer.from(base64).toString("base64"),
    encodeURIComponent(base64),
    [...secret].map((it) => `\\u${it.charCodeAt(0).toString(16).padStart(4, "0")}`).join(""),
  ];
  const logs = texts.map((text) => bytesOf({ rpcLog: { message: `${SURVIVOR} ${text} ${SURVIVOR}` } }));
  const environment = { SOME_SETTING: secret, FUNCTIONS_WORKER_RUNTIME: "node" };
  return [...logs, bytesOf({ functionEnvironmentReloadRequest: { environmentVariables: environment } }), ...logs];
}

const EVENTS: readonly (readonly [type: string, detail: () => object])[] = [
  [
    "process-spawned",
    () => ({
      workerId: "w1",
      pid: 1,
      argv: ["python", "--api-key", canary(), `-Dpassword=${canary()}`, formed()],
      cwd: `/home/${canary()}/app`,
    }),
  ],
  ["process-output", () => ({ workerId: "w1", stream: "stderr", text: `${SURVIVOR} ${formed()}` })],
  ["process-exited", () => ({ workerId: "w1", code: 1, failure: formed() })],
  ["unreadable-event", () => ({ bytes: 3, text: canary() })],
  ["host-gave-up", () => ({ message: formed() })],
  ["some-newer-event", () => ({ anything: { deep: [formed()] } })],
];

/** Fills a session with secrets. */
export function writeCanaries(writer: Writer): void {
  const relay = writer.relay(canary(), { segment: 0, offset: 0, seq: 0 }).id;
  const connection = writer.connection(relay, 1, 0);
  writer.updateConnection(connection, { protocol: "http2", reason: formed(), end: JSON.stringify({ text: formed() }) });
  writer.saveConnection(connection, Buffer.from(canary()));
  const headers = { worker: { "user-agent": `${SURVIVOR}/1`, authorization: canary(), "x-any": canary() } };
  const stream = writer.stream(connection, 1, EVENT_STREAM, 0, JSON.stringify(headers));
  writer.updateStream(stream, {
    worker_id: "w1",
    end: JSON.stringify({ by: "host", how: "end", grpcMessage: formed() }),
  });
  writer.function(stream, "hello", `hello-${SURVIVOR}`, "http");
  let at = 0;
  const add = (bytes: Uint8Array, flags = 0, on = stream): void => {
    at += 1_000_000;
    const { kind, ...head } = readHead(bytes);
    const body = writer.bodies.whole(flags === FLAG_COMPRESSED ? gzipSync(bytes) : bytes);
    const size = flags === FLAG_COMPRESSED ? gzipSync(bytes).length : bytes.length;
    writer.message({ at, stream: on, side: 0, kind, size, flags, body, ...head, text: head.text ?? canary() });
  };
  for (const bytes of [...filledMessages(fill), ...messagesOfOneSecret()]) {
    add(bytes);
  }
  const call = [
    {
      invocationRequest: {
        invocationId: "i1",
        functionId: "hello",
        inputData: [{ name: "req", data: { http: http() } }],
      },
    },
    { rpcLog: { invocationId: "i1", message: `${SURVIVOR} ${formed()}` } },
    {
      invocationResponse: {
        invocationId: "i1",
        result: { exception: { message: formed() } },
        returnValue: { http: http() },
      },
    },
  ];
  for (const json of call) {
    add(bytesOf(json));
  }
  add(bytesOf({ rpcLog: { message: canary() } }), FLAG_TRUNCATED);
  add(Buffer.from(`\u00ff\u00ff${canary()}`, "latin1"));
  add(Buffer.concat([bytesOf({ requestId: "r" }), Buffer.from([0xe2, 0x2b, 20]), Buffer.from(canary().padEnd(20))]));
  add(Buffer.from(canary()), 0, writer.stream(connection, 3, "/Settlement/Complete", 0, "{}"));
  for (const [type, detail] of EVENTS) {
    for (let times = 0; times < FORMS.length; times += 1) {
      writer.event(at, relay, connection, 2, type, detail());
    }
  }
  writeLeg(writer, connection);
  writer.sharedMemory.belongs(
    writer.sharedMemory.named({
      at,
      stream,
      name: "6f0b5ac6-0f3c-4b8c-9d6a-000000000000",
      file: `/dev/shm/${canary()}`,
      size: 4096,
      body: storeLargeBody(writer, Buffer.from(JSON.stringify({ a: canary() }).padEnd(4096))),
    }),
    1,
  );
  writer.finishBatch();
}

function http(): object {
  return {
    method: "POST",
    url: `https://a.example/${SURVIVOR}?code=${canary()}`,
    headers: {
      "x-functions-key": canary(),
      cookie: `a=${canary()}; b=${canary()}`,
      "content-type": "application/json",
    },
    body: { bytes: Buffer.from(JSON.stringify({ a: canary() })).toString("base64") },
    statusCode: "500",
  };
}

function writeLeg(writer: Writer, connection: number): void {
  const headers = JSON.stringify([
    ["Host", "a.example"],
    ["Authorization", `Basic ${Buffer.from(`u:${canary()}`).toString("base64")}`],
    ["Set-Cookie", `a=${canary()}; Path=/`],
  ]);
  const target = `/api/x?code=${canary()}`;
  const leg = writer.httpLegs.request({ connection, invocationId: "i1", method: "POST", target, at: 0, headers });
  writer.httpLegs.change(leg, {
    request_body: storeHttpBody(writer, Buffer.from(`a=${canary()}&b=2`)),
    request_size: 30,
    status: 200,
    reason: "OK",
    response_at: 1,
    response_headers: headers,
    response_body: storeHttpBody(writer, Buffer.from(`\u0000\u00ff${canary()}`, "latin1")),
    response_size: 20,
    lost: formed(),
  });
}

/** How deep encodings stand in one another: base64 in a protobuf text, that in base64 in a line of JSON. */
const MAX_DEPTH = 4;

/** What stands around the first secret that is left, however it is encoded; undefined where there is none. */
export function findCanary(text: string, depth = 0): string | undefined {
  const at = text.indexOf(CANARY);
  if (at >= 0) {
    return text.slice(Math.max(0, at - 60), at + 60);
  }
  if (depth >= MAX_DEPTH) {
    return undefined;
  }
  return decodings(text).reduce<string | undefined>(
    (found, inner) => found ?? (inner === text ? undefined : findCanary(inner, depth + 1)),
    undefined,
  );
}

function decodings(text: string): string[] {
  const runs = (text.match(/[A-Za-z0-9+/_-]{8,}/gu) ?? []).flatMap((run) =>
    [0, 1, 2, 3].map((from) => Buffer.from(run.slice(from), "base64").toString("latin1")),
  );
  const percent = text.replaceAll(/%([0-9A-Fa-f]{2})/gu, (_, hex: string) =>
    String.fromCharCode(Number.parseInt(hex, 16)),
  );
  const escaped = text.replaceAll(/\\u([0-9A-Fa-f]{4})/gu, (_, hex: string) =>
    String.fromCharCode(Number.parseInt(hex, 16)),
  );
  return [percent, escaped, runs.join("\n")];
}
