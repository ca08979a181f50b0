/** Custom handlers in Go and Python below `inspector run`, on a host that records for itself what it asks and hears. */
import { spawnSync } from "node:child_process";
import { copyFileSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { ReplayRun } from "@inspector/contract/intervention";
import type { InvocationDetail, MessageDetail, WorkerInfo } from "@inspector/contract/page";
import { DatabaseSync } from "@photostructure/sqlite";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { hostCommand, startRun } from "./attached-run.ts";
import { eventually } from "./eventually.ts";
import { askHub } from "./hub-api.ts";
import { COMMAND, exportSession, type InspectorProcess, startInspector, temporaryFolder } from "./inspector-process.ts";
import { compileGo } from "./peers/toolchains.ts";
import { readSession } from "./session-file.ts";

const SOURCES = fileURLToPath(new URL("./peers/custom-handler", import.meta.url));
/** The standard library of Go may have to be compiled first. */
const BUILD_TIMEOUT_MS = 600_000;

const state = temporaryFolder();
afterAll(() => state.remove());

const isThere = (tool: string, ...args: string[]): boolean => spawnSync(tool, args).status === 0;
const hasGo = isThere("go", "version");
const hasPython = isThere("python3", "--version");

/** An app with a function that requests call and one for messages of a queue. */
function handlerApp(name: string, description: object): string {
  const app = join(state.path, `a handler of ü in ${name}`);
  const write = (file: string, content: object): void => writeFileSync(join(app, file), JSON.stringify(content));
  for (const folder of ["hello", "orders"]) {
    mkdirSync(join(app, folder), { recursive: true });
  }
  write("host.json", { version: "2.0", customHandler: { description, enableForwardingHttpRequest: true } });
  write("hello/function.json", {
    bindings: [
      { type: "httpTrigger", direction: "in", name: "req", authLevel: "anonymous", route: "greet/{name}" },
      { type: "http", direction: "out", name: "res" },
    ],
  });
  write("orders/function.json", {
    bindings: [
      { type: "queueTrigger", direction: "in", name: "order", queueName: "orders" },
      { type: "queue", direction: "out", name: "receipt", queueName: "receipts" },
    ],
  });
  return app;
}

/** All HTTP of a session, headers and bodies as they crossed. */
function legsOf(session: string): unknown[] {
  const database = new DatabaseSync(session, { readOnly: true });
  try {
    const body = (part: string): string =>
      `(SELECT group_concat(hex(b.bytes)) FROM body b WHERE b.id / 4096 = l.${part}_body)`;
    return database
      .prepare(
        `SELECT method, target, status, reason, request_headers, response_headers, request_size, response_size,
           ${body("request")} AS request, ${body("response")} AS response FROM http_leg l WHERE invocation_id IS NOT NULL ORDER BY id`,
      )
      .all();
  } finally {
    database.close();
  }
}

/** How many of them are over: the answer is there, or never will be. */
function countOver(session: string): number {
  const database = new DatabaseSync(session, { readOnly: true });
  try {
    const over = "invocation_id IS NOT NULL AND (response_ended_at IS NOT NULL OR lost IS NOT NULL)";
    return Number(database.prepare(`SELECT count(*) AS n FROM http_leg WHERE ${over}`).get()?.["n"]);
  } finally {
    database.close();
  }
}

function countEvents(session: string, wanted: string): number {
  return readSession(session).events.filter(({ type }) => type === wanted).length;
}

async function recordRun(app: string) {
  const run = startRun(hostCommand(app), { state: state.path });
  const ready = await run.ready;
  const order = async (input: string): Promise<void> => {
    const headers = { "Content-Type": "application/json" };
    const body = JSON.stringify({ input });
    const { status } = await fetch(`${ready.http}/admin/functions/orders`, { method: "POST", headers, body });
    expect(status).toBe(202);
  };
  const heard = await eventually(async () => {
    const response = await fetch(`${ready.http}/api/greet/Ada?q=1`, {
      method: "POST",
      body: "hi",
      headers: { "X-Mine": "yes" },
    });
    return response.ok && (await response.json());
  });
  for (const [count, input] of ["no. 7", "break", "crash"].entries()) {
    await order(input);
    await eventually(() => countOver(run.session) >= count + 2);
  }
  // The host starts another one when this one has crashed.
  await eventually(() => countEvents(run.session, "process-spawned") >= 2);
  run.process.kill("SIGINT");
  expect(await run.exited).toEqual({ code: 0, signal: null });
  return { run, heard, hostSession: ready.session, messages: await exportSession(run.session, state.path) };
}

type Recorded = Awaited<ReturnType<typeof recordRun>>;

function expectInvocations({ messages, heard }: Recorded): void {
  expect(heard).toMatchObject({ path: "/api/greet/Ada?q=1", body: "hi" });
  const answers = messages.filter(({ kind }) => kind === "invocation_response");
  expect(answers.map(({ functionName, status }) => [functionName, status]).slice(0, 4)).toEqual([
    ["hello", "Success"],
    ["orders", "Success"],
    ["orders", "Failure"],
    ["orders", "Failure"],
  ]);
  expect(answers[1]?.message).toMatchObject({
    invocationResponse: { outputData: [{ name: "receipt", data: { string: 'got "no. 7"' } }] },
  });
  expect(JSON.stringify(answers[2]?.message)).toContain("answered 500");
  const logs = messages.filter(({ kind }) => kind === "rpc_log").map(({ message }) => message);
  expect(logs).toMatchObject([{ rpcLog: { message: "one" } }, { rpcLog: { message: "two" } }]);
}

function expectProcesses({ run, messages }: Recorded, app: string, program: RegExp): void {
  const { events } = readSession(run.session);
  const details = (type: string) => events.filter((event) => event.type === type).map(({ detail }) => detail);
  const [spawned, ...restarted] = details("process-spawned");
  expect(spawned).toMatchObject({ workerId: messages[0]?.worker, language: "custom", cwd: app });
  expect(String(spawned?.["argv"])).toMatch(program);
  expect(restarted.length).toBeGreaterThan(0);
  expect(details("process-exited")[0]).toMatchObject({ pid: spawned?.["pid"], code: 3 });
  const texts = details("process-output").map(({ text }) => text);
  // Nothing of ours is in its environment.
  expect(texts[0]).toMatch(/^handler in .* and \[\]$/u);
  expect(texts).toContain("the order was too much");
}

describe.skipIf(!hasPython)("an invocation of a custom handler", () => {
  let inspector: InspectorProcess;
  beforeAll(async () => {
    const app = handlerApp("Python, again", { defaultExecutablePath: "python3", arguments: ["handler.py"] });
    copyFileSync(join(SOURCES, "handler.py"), join(app, "handler.py"));
    const quiet = ["--http", "0", "--listen", "0", "--no-open", "--no-watch"];
    inspector = await startInspector(["host", app, ...quiet], state.path);
    await eventually(async () => (await fetch(`${inspector.http}/api/greet/Ada`, { method: "POST", body: "hi" })).ok);
    const order = { method: "POST", headers: { "Content-Type": "application/json" }, body: '{"input":"no. 7"}' };
    await fetch(`${inspector.http}/admin/functions/orders`, order);
    await eventually(() => legsOf(inspector.session).length >= 2);
  });
  afterAll(async () => {
    await inspector.stop();
  });

  /** What the handler said to a replay of a function's first invocation, once it is recorded. */
  async function replay(functionName: string, more: object = {}): Promise<unknown> {
    const messages = await exportSession(inspector.session, state.path);
    const request = messages.find((one) => one.kind === "invocation_request" && one.functionName === functionName);
    const [{ stream: { id: stream = 0 } = {} } = {}] = await askHub<WorkerInfo[]>(inspector, "GET", "/api/workers");
    const order = { stream, source: { seq: request?.seq }, ...more };
    const { id } = await askHub<ReplayRun>(inspector, "POST", "/api/replays", order);
    const { results } = await eventually(async () => {
      const run = await askHub<ReplayRun>(inspector, "GET", `/api/replays/${id}`);
      return run.state === "done" && run;
    });
    expect(results).toMatchObject([{ state: "success" }]);
    const detail = await askHub<InvocationDetail>(inspector, "GET", `/api/invocations/${results[0]?.invocation}`);
    const isEdited = Object.keys(more).length > 0;
    expect(detail.row).toMatchObject({ replay: { run: id, isEdited } });
    const answer = await askHub<MessageDetail>(inspector, "GET", `/api/messages/${detail.response}`);
    expect(answer.row.intervention).toBe("swallowed");
    return answer.message;
  }

  test("is posted again, as it was and edited, and its answer is recorded beside the first", async () => {
    const outputData = (text: string) => ({
      invocationResponse: { outputData: [{ name: "receipt", data: { string: text } }] },
    });
    expect(await replay("orders")).toMatchObject(outputData('got "no. 7"'));
    const body = Buffer.from('{"Data":{"order":"no. 8"},"Metadata":{}}').toString("base64");
    const http = { method: "POST", target: "/orders", headers: [["Content-Type", "application/json"]], body };
    expect(await replay("orders", { http })).toMatchObject(outputData("got no. 8"));
    expect(JSON.stringify(await replay("hello"))).toContain("/api/greet/Ada");
  });

  test("is sent again from the command line, and compared", () => {
    const args = [COMMAND, "replay", inspector.session, "--to", inspector.listen, "--filter", "fn:orders"];
    const { stdout, stderr, status } = spawnSync(process.execPath, args, {
      encoding: "utf8",
      env: { ...process.env, XDG_STATE_HOME: state.path },
    });
    expect(stderr).toBe("");
    expect(stdout).toBe("1 invocation: 1 the same\n");
    expect(status).toBe(0);
  });
});

describe("a custom handler below a command", () => {
  test.skipIf(!hasPython)("in Python is recorded as its host sees it, call by call", async () => {
    const app = handlerApp("Python", { defaultExecutablePath: "python3", arguments: ["handler.py"] });
    copyFileSync(join(SOURCES, "handler.py"), join(app, "handler.py"));
    const recorded = await recordRun(app);
    expectInvocations(recorded);
    expectProcesses(recorded, app, /python3,handler\.py$/u);
    expect(legsOf(recorded.run.session)).toEqual(legsOf(recorded.hostSession));
  });

  test.skipIf(!hasGo)(
    "in Go is the app's own program",
    async () => {
      const app = handlerApp("Go", { defaultExecutablePath: "bin/handler" });
      const built = join(app, "bin", "handler");
      await compileGo(SOURCES, "handler.go", built);
      const recorded = await recordRun(app);
      expectInvocations(recorded);
      expectProcesses(recorded, app, /bin\/handler$/u);
      expect(legsOf(recorded.run.session)).toEqual(legsOf(recorded.hostSession));
    },
    BUILD_TIMEOUT_MS,
  );
});
