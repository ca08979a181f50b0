import { request } from "node:http";
import { RpcLog_Level as Level, StatusResult_Status as Status } from "@inspector/proto";
import { beforeAll, describe, expect, test } from "vitest";
import { buildWorker } from "../build.mjs";
import { type Data, initialise, terminate, triggerOf, userLines } from "../testing/conversation.ts";
import { fixture, startWorker } from "../testing/scripted-host.ts";

beforeAll(async () => {
  await buildWorker();
});

describe("http streaming", () => {
  test("request and response cross over http, paired by the invocation id", async () => {
    await using worker = await startWorker();
    const { run } = worker;
    const { capabilities } = await initialise(run, fixture("stream"));
    expect(capabilities).toMatchObject({ DemoCapability: "yes" });
    const { HttpUri: uri } = capabilities;
    const answer = post(`${uri}api/stream/news`, "the body", {
      "x-ms-invocation-id": "streamed",
      "x-forwarded-host": "demo.example",
      "x-forwarded-proto": "https",
    });
    const inputData = [{ name: await triggerOf(run, "streamOut"), rpcData: { case: "data", value: empty } as const }];
    const triggerMetadata = { topic: { data: { case: "string", value: "news" } as const } };
    run.send({
      case: "invocationRequest",
      value: { invocationId: "streamed", functionId: "streamOut", inputData, triggerMetadata },
    });
    expect(await answer).toEqual({ status: 202, topic: "news", body: "first then the body" });
    const { value } = await run.next("invocationResponse");
    expect([value.result?.status, value.returnValue]).toEqual([Status.Success, undefined]);
    expect(userLines(run.logs)).toEqual([[Level.Information, "POST https://demo.example/api/stream/news topic=news"]]);
    await terminate(run);
  });
});

const empty: Data = { data: { case: "http", value: {} } };

function post(url: string, body: string, headers: Record<string, string>) {
  return new Promise<{ status: number | undefined; topic: unknown; body: string }>((resolve, reject) => {
    const sent = request(url, { method: "POST", headers, family: 4 }, (response) => {
      let received = "";
      response.on("data", (chunk: Buffer) => {
        received += chunk.toString();
      });
      response.on("end", () =>
        resolve({ status: response.statusCode, topic: response.headers["x-topic"], body: received }),
      );
    });
    sent.on("error", reject);
    sent.end(body);
  });
}
