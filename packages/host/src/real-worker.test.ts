import { dirname } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeAll, describe, expect, test } from "vitest";
import { buildWorker } from "../../worker/build.mjs";
import { createEventRecorder, type EventRecorder } from "../testing/event-recorder.ts";
import type { HostEvent } from "./events.ts";
import { createHost, type Host } from "./host.ts";

let workerDirectory = "";
let host: Host | undefined;

beforeAll(async () => {
  workerDirectory = dirname(dirname(await buildWorker()));
});
afterEach(() => host?.close());

async function open(app: string): Promise<{ host: Host; recorder: EventRecorder }> {
  const recorder = createEventRecorder();
  host = await createHost({
    appDirectory: fileURLToPath(new URL(`../fixtures/${app}`, import.meta.url)),
    workerDirectory,
    onEvent: recorder.record,
  });
  await host.whenReady();
  return { host, recorder };
}

function userLog(event: HostEvent): boolean {
  return event.kind === "worker-log" && event.source === "user";
}

describe("an @azure/functions app on the Node worker", () => {
  test("takes an order by http, passes it through a queue, runs its timer and ends in order", async () => {
    const { host, recorder } = await open("app");
    expect(host.functions.map(({ name }) => name).sort()).toEqual(["fail", "order", "resize", "tick"]);

    const answer = await fetch(`http://127.0.0.1:${host.httpAddress.port}/api/order/Ada`, {
      method: "POST",
      body: '{"id":7}',
      headers: { "content-type": "application/json" },
    });
    expect([answer.status, answer.headers.getSetCookie()]).toEqual([202, ["seen=1; path=/"]]);
    expect(await answer.json()).toEqual({ accepted: 7 });
    await recorder.until("worker-log", ({ message }) => message === "order of Ada");
    await recorder.until("worker-log", ({ message }) => message === "resize 7 for Ada, try 1");
    await recorder.until("worker-log", ({ message }) => message === "past due: false");
    await host.close();
    expect(recorder.all("worker-exited")).toMatchObject([{ code: 0 }]);
    expect(recorder.events.filter(userLog).length).toBeGreaterThanOrEqual(3);
  });

  test("answers 500 with the error of a function that throws", async () => {
    const { host, recorder } = await open("app");
    const answer = await fetch(`http://127.0.0.1:${host.httpAddress.port}/api/fail`);
    expect(answer.status).toBe(500);
    expect(await answer.text()).toContain("on purpose");
    const { reason } = await recorder.until("invocation-finished", ({ functionName }) => functionName === "fail");
    expect(reason).toMatch(/on purpose[\s\S]*functions\.js/);
  });

  test("streams its answers where it asks for that, and a failure still gets an answer", async () => {
    const { host } = await open("stream");
    const base = `http://127.0.0.1:${host.httpAddress.port}/api`;
    const answer = await fetch(`${base}/count/3`);
    expect([answer.status, answer.headers.get("x-from")]).toEqual([200, "function"]);
    expect(await answer.text()).toBe("0\n1\n2\n");
    expect((await fetch(`${base}/fail`)).status).toBe(500);
  });
});
