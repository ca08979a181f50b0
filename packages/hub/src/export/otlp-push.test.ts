import { mkdtempSync, rmSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { encodeMessage, messageFromJson, readHead } from "@inspector/proto";
import type { Writer } from "@inspector/session/writer";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { writeSession } from "../../testing/recorded-session.ts";
import { BackOff, type OtlpEndpoint, parseEndpoint, sendOtlp, sendUntilTaken } from "./otlp-endpoint.ts";
import { createOtlpFeed } from "./otlp-live.ts";

/** What a receiver of OTLP over HTTP was sent, and what it answers next. */
type Receiver = {
  readonly requests: { path: string; headers: NodeJS.Dict<string | string[]>; json: unknown }[];
  answers: Answer[];
};
type Answer = { readonly status: number; readonly body?: unknown; readonly headers?: Record<string, string> };

const TAKEN: Answer = { status: 200, body: {} };
const folder = mkdtempSync(join(tmpdir(), "push-"));
const receiver: Receiver = { requests: [], answers: [] };
let server: Server;
let endpoint: OtlpEndpoint;

beforeAll(async () => {
  server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      const { url: path = "", headers } = request;
      receiver.requests.push({ path, headers, json: JSON.parse(Buffer.concat(chunks).toString()) });
      const { status, body = "", headers: more = {} } = receiver.answers.shift() ?? TAKEN;
      response.writeHead(status, { "content-type": "application/json", ...more });
      response.end(typeof body === "string" ? body : JSON.stringify(body));
    });
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  const { port } = server.address() as AddressInfo;
  endpoint = parseEndpoint(`http://127.0.0.1:${port}/`, { OTEL_EXPORTER_OTLP_HEADERS: "x-otlp-api-key=a%20key, b=c" });
});

afterAll(async () => {
  server.closeAllConnections();
  await new Promise((done) => server.close(done));
  rmSync(folder, { recursive: true, force: true });
});

beforeEach(() => {
  receiver.requests.length = 0;
  receiver.answers = [];
});

const REQUEST = { signal: "traces", body: '{"resourceSpans":[]}', records: 3 } as const;
const nothing = () => ({ spans: 0, logs: 0, rejected: 0 });

function say(writer: Writer, json: unknown, side: 0 | 1): void {
  const parsed = messageFromJson(json);
  const bytes = encodeMessage(parsed.ok ? parsed.message : expect.fail(JSON.stringify(parsed)));
  const { kind, ...head } = readHead(bytes);
  const body = writer.bodies.whole(bytes);
  writer.message({ at: 1e6, stream: 1, side, kind, size: bytes.length, flags: 0, body, ...head });
}

function invoke(writer: Writer, invocationId: string, text: string): void {
  const traceParent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
  say(writer, { invocationRequest: { invocationId, functionId: "f", traceContext: { traceParent } } }, 0);
  say(writer, { rpcLog: { invocationId, message: text, level: "Information" } }, 1);
  say(writer, { invocationResponse: { invocationId, result: { status: "Success" } } }, 1);
}

describe("an endpoint", () => {
  test("is an address of HTTP, below which its paths are", () => {
    expect(parseEndpoint("http://h:4318/base/v1/traces", {}).url).toBe("http://h:4318/base");
    expect(endpoint.headers).toEqual({ "x-otlp-api-key": "a key", b: "c" });
    expect(() => parseEndpoint("h:4317")).toThrow(/no address of an OpenTelemetry endpoint/u);
    expect(() => parseEndpoint("grpc://h:4317")).toThrow(/no address/u);
  });

  test("gets each request with its headers, and says what it did not take", async () => {
    receiver.answers = [{ status: 200, body: { partialSuccess: { rejectedSpans: "2", errorMessage: "too old" } } }];
    expect(await sendOtlp(endpoint, REQUEST)).toEqual({ type: "taken", rejected: 2, reason: "too old" });
    expect(receiver.requests).toMatchObject([
      { path: "/v1/traces", headers: { "content-type": "application/json", "x-otlp-api-key": "a key" } },
    ]);
  });

  test("is asked again where it is busy, as late as it says, and not where it refuses", async () => {
    receiver.answers = [
      { status: 503, headers: { "retry-after": "7" } },
      { status: 400, body: "no" },
    ];
    expect(await sendOtlp(endpoint, REQUEST)).toMatchObject({ type: "retry", afterMs: 7000 });
    expect(await sendOtlp(endpoint, REQUEST)).toMatchObject({ type: "refused", reason: "it answered 400 no" });
    const away = parseEndpoint("http://127.0.0.1:1", {});
    expect(await sendOtlp(away, REQUEST)).toMatchObject({ type: "retry" });
    const delays = new BackOff();
    expect(delays.next(undefined)).toBeLessThanOrEqual(500);
    expect(delays.next(20_000)).toBe(20_000);
  });

  test("that is busy for a moment gets the whole export once, one that refuses it is told of", async () => {
    receiver.answers = [{ status: 503 }];
    const sent = nothing();
    await sendUntilTaken(endpoint, REQUEST, sent);
    expect(sent).toEqual({ spans: 3, logs: 0, rejected: 0 });
    expect(receiver.requests).toHaveLength(2);
    receiver.answers = [{ status: 404, body: "nothing here" }];
    await expect(sendUntilTaken(endpoint, REQUEST, nothing())).rejects.toThrow(
      /does not take the export: it answered 404/u,
    );
  });
});

describe("what ends while it is recorded", () => {
  test("is told of in batches, in the caller's trace, without secrets, and once more until it is taken", async () => {
    const file = join(folder, "live.inspector");
    const writing = writeSession(file);
    writing.batch((writer) => {
      const connection = writer.connection(writer.relay("r", { segment: 0, offset: 0, seq: 0 }).id, 1, 0);
      writer.stream(connection, 1, "/AzureFunctionsRpcMessages.FunctionRpc/EventStream", 0, "{}");
      invoke(writer, "before", "told of already");
    });
    const feed = createOtlpFeed(file, "test");
    expect(feed.next()).toEqual([]);
    writing.batch((writer) => {
      say(writer, { functionEnvironmentReloadRequest: { environmentVariables: { ANY: "pa55-w0rd-here" } } }, 0);
      invoke(writer, "one", "opened with pa55-w0rd-here");
      invoke(writer, "two", "mail to ada@example.org");
    });
    const requests = feed.next();
    expect(feed.next()).toBe(requests);
    expect(requests).toHaveLength(2);
    for (const [index, request] of requests.entries()) {
      expect(await sendOtlp(endpoint, request)).toMatchObject({ type: "taken" });
      feed.taken();
      expect(feed.next()).toEqual(requests.slice(index + 1));
    }
    expect(receiver.requests.map(({ path }) => path)).toEqual(["/v1/traces", "/v1/logs"]);
    const [traces, logs] = receiver.requests.map(({ json }) => json);
    const ids = { traceId: "0af7651916cd43dd8448eb211c80319c", parentSpanId: "b7ad6b7169203331" };
    expect(Object(traces).resourceSpans[0].scopeSpans[0].spans).toMatchObject([ids, ids]);
    const texts = Object(logs).resourceLogs[0].scopeLogs[0].logRecords.map(
      (record: { body: { stringValue: string } }) => record.body.stringValue,
    );
    expect(texts).toEqual([
      expect.stringMatching(/^opened with ‹secret-\d+:ANY›$/u),
      expect.stringMatching(/^mail to ‹secret/u),
    ]);
    feed.close();
    writing.close();
  });
});
