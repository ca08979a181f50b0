import { fileURLToPath } from "node:url";
import { RpcLog_Level as Level, StatusResult_Status as Status } from "@inspector/proto";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { buildWorker } from "../build.mjs";
import { bodyOf, type Data, get, initialise, invoke, triggerOf, userLines } from "../testing/conversation.ts";
import { startWorker } from "../testing/scripted-host.ts";

const folder = fileURLToPath(new URL("../../../apps/proxy/sample-app", import.meta.url));
let worker: Awaited<ReturnType<typeof startWorker>>;

beforeAll(async () => {
  await buildWorker();
  worker = await startWorker();
  await initialise(worker.run, folder);
});

afterAll(() => worker[Symbol.asyncDispose]());

async function call(name: string, input: Data) {
  return invoke(worker.run, name, { [await triggerOf(worker.run, name)]: input });
}

const json = (value: unknown): Data => ({ data: { case: "json", value: JSON.stringify(value) } });

function http(method: string, query: Record<string, string>, body = ""): Data {
  const nullableQuery = Object.fromEntries(
    Object.entries(query).map(([key, value]) => [key, { string: { case: "value", value } as const }]),
  );
  const url = "http://demo.example/api";
  const bytes = { data: { case: "bytes", value: Buffer.from(body) } as const };
  return { data: { case: "http", value: { method, url, nullableQuery, ...(body !== "" && { body: bytes }) } } };
}

describe("the sample app", () => {
  test("registers its nine functions", async () => {
    worker.run.send({ case: "functionsMetadataRequest", value: {} });
    const { functionMetadataResults } = (await worker.run.next("functionMetadataResponse")).value;
    expect(functionMetadataResults.map(({ name }) => name)).toEqual(
      "audit chatty cleanup hello order ping report resize slow".split(" "),
    );
  });

  test("hello takes the name from query or body", async () => {
    const fromQuery = await call("hello", http("GET", { name: "Ada" }));
    const fromBody = await call("hello", http("POST", {}, '{"name":"Grace"}'));
    const fromNowhere = await call("hello", get("http://demo.example/api/hello"));
    expect(bodyOf(fromQuery.response)).toContain("Hello, Ada!");
    expect(bodyOf(fromBody.response)).toContain("Hello, Grace!");
    expect(bodyOf(fromNowhere.response)).toContain("Hello, photographer!");
  });

  test("order answers, and sends one job a picture and one audit event to the queues", async () => {
    const body = JSON.stringify({ customer: "Ada", format: "20x30", pictures: ["alps.jpg", "lake.jpg"] });
    const { response } = await call("order", http("POST", {}, body));
    expect(JSON.parse(bodyOf(response))).toEqual({ orderId: expect.any(String), totalCents: 498 });
    const [jobs, event] = response.outputData.map(({ rpcData }): unknown => {
      const data = rpcData.case === "data" ? rpcData.value.data : undefined;
      return data?.case === "json" ? JSON.parse(data.value) : data;
    });
    expect(jobs).toMatchObject([{ picture: "alps.jpg", width: 3543 }, { picture: "lake.jpg" }]);
    expect(event).toMatchObject({ action: "order.placed", customer: "Ada", totalCents: 498 });
  });

  test.each(["", "[]", '{"customer":"Ada","format":"1x1","pictures":["a"]}', '{"customer":"Ada","format":"10x15"}'])(
    "order refuses %s with status 400",
    async (body) => {
      const { response } = await call("order", http("POST", {}, body));
      expect(response.returnValue?.data.value).toMatchObject({ statusCode: "400" });
    },
  );

  test("resize fails with a RangeError for a poster, and only then", async () => {
    const small = await call("resize", json({ picture: "alps.jpg", width: 1772, height: 1181 }));
    const poster = await call("resize", json({ picture: "alps.jpg", width: 8858, height: 5906 }));
    expect(small.response.result?.status).toBe(Status.Success);
    expect(poster.response.result?.status).toBe(Status.Failure);
    expect(poster.response.result?.exception?.stackTrace).toMatch(/^RangeError: alps\.jpg needs 52,315,348 pixels/);
  });

  test("audit warns of an id that JavaScript rounds", async () => {
    const event = '{"eventId":9007199254740993,"action":"order.paid"}';
    const { logs } = await call("audit", { data: { case: "string", value: event } });
    expect(userLines(logs)).toContainEqual([Level.Warning, expect.stringContaining("9007199254740992")]);
  });

  test("slow, chatty and report do what their parameters say", async () => {
    const slow = await call("slow", http("GET", { ms: "20" }));
    const chatty = await call("chatty", http("GET", { lines: "75" }));
    const report = await call("report", http("POST", { kb: "64" }, "last month"));
    expect(slow.logs.map((log) => log.message)).toContain("Binding (75 %)");
    expect(userLines(chatty.logs)).toHaveLength(75);
    expect(bodyOf(report.response)).toHaveLength(64 * 1024);
    expect(report.response.returnValue?.data.value).toMatchObject({ headers: { "x-previous-bytes": "10" } });
  });

  test("cleanup and ping run", async () => {
    const cleanup = await call("cleanup", json({ IsPastDue: false }));
    const ping = await call("ping", http("GET", {}));
    expect(cleanup.logs.map((log) => log.message)).toContain("Removed 1 abandoned upload(s), kept 1");
    expect(bodyOf(ping.response)).toBe("pong");
  });
});
