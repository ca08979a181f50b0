/** A host and a worker on grpc-js with the relay between them, and a page that intervenes. */
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import * as grpc from "@grpc/grpc-js";
import { decodeMessage, messageToJson } from "@inspector/proto";
import type { Holds, MessagePage, ReplayRun } from "@inspector/session";
import { afterEach, beforeEach, expect, test } from "vitest";
import { createControl } from "../../relay/control.ts";
import { createJournal } from "../../relay/journal.ts";
import { createRelay, type Relay } from "../../relay/relay.ts";
import { type ServedLive, serveLive } from "../testing/recorded-live.ts";
import { bytesOf, EVENT_STREAM } from "../testing/scripted-relay.ts";
import { type Folder, makeFolder } from "../testing/served-sessions.ts";

type Call = grpc.ServerDuplexStream<Buffer, Buffer>;

const same = (bytes: Buffer): Buffer => bytes;
const invocation = (invocationId: string, text = "recorded") => ({
  invocationRequest: {
    invocationId,
    functionId: "f1",
    inputData: [{ name: "item", data: { string: text } }],
    traceContext: { traceParent: "00-aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa-bbbbbbbbbbbbbbbb-01" },
  },
});

let folder: Folder;
let relay: Relay;
let live: ServedLive;
let host: { readonly call: Call; readonly heard: Heard };
const closing: (() => void | Promise<void>)[] = [];

beforeEach(async () => {
  folder = makeFolder();
  const file = folder.file("one");
  const { port, calls } = await startHost();
  const directory = join(folder.journals, "j1");
  mkdirSync(directory);
  relay = await createRelay({
    listen: { host: "127.0.0.1", port: 0 },
    upstream: { host: "127.0.0.1", port },
    openJournal: (_, positions) => {
      const journal = createJournal({ directory, positions });
      journal.event({ type: "relay-started", startedAt: performance.timeOrigin, listen: "", upstream: "" });
      return journal;
    },
  });
  const control = join(directory, "control.sock");
  const closeControl = await createControl(directory, { session: file, control, startedAt: Date.now() }, relay);
  live = await serveLive(folder, file);
  closing.push(async () => {
    closeControl();
    await relay.close();
    relay.journal.close();
    await live.close();
    folder.remove();
  });
  startWorker(relay.address.port);
  const call = await calls;
  host = { call, heard: hear(call) };
  tell({ workerInitRequest: { hostVersion: "4" } });
  const bindings = { item: { type: "queueTrigger", direction: "in" } };
  tell({ functionLoadRequest: { functionId: "f1", metadata: { name: "hello", bindings } } });
  tell(invocation("a"));
  await host.heard.until((said) => said.find((text) => text.includes('"a"')));
});

afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

async function startHost(): Promise<{ port: number; calls: Promise<Call> }> {
  const server = new grpc.Server();
  const method = {
    path: EVENT_STREAM,
    requestStream: true,
    responseStream: true,
    requestSerialize: same,
    requestDeserialize: same,
    responseSerialize: same,
    responseDeserialize: same,
  } as const;
  const calls = new Promise<Call>((resolve) => server.addService({ EventStream: method }, { EventStream: resolve }));
  const port = await new Promise<number>((resolve, reject) => {
    server.bindAsync("127.0.0.1:0", grpc.ServerCredentials.createInsecure(), (error, bound) =>
      error === null ? resolve(bound) : reject(error),
    );
  });
  closing.push(() => server.forceShutdown());
  return { port, calls };
}

/** Answers everything, invocations with what they were given. */
function startWorker(port: number): void {
  const client = new grpc.Client(`127.0.0.1:${port}`, grpc.credentials.createInsecure());
  const call = client.makeBidiStreamRequest(EVENT_STREAM, same, same);
  const say = (message: unknown): void => void call.write(Buffer.from(bytesOf(message)));
  const result = { status: "Success" };
  call.on("error", () => {});
  call.on("data", (bytes: Buffer) => {
    const decoded = decodeMessage(bytes);
    if (!decoded.ok) return;
    const { content } = decoded.message;
    if (content.case === "workerInitRequest") {
      say({ workerInitResponse: { result, workerMetadata: { runtimeName: "node" } } });
    }
    if (content.case === "functionLoadRequest") say({ functionLoadResponse: { functionId: "f1", result } });
    if (content.case === "invocationRequest") {
      const { invocationId, inputData } = content.value;
      const [input] = inputData;
      const given = input?.rpcData.case === "data" ? input.rpcData.value.data.value : undefined;
      say({ rpcLog: { invocationId, message: `working on ${String(given)}`, level: "Information" } });
      say({ invocationResponse: { invocationId, result, returnValue: { string: `got ${String(given)}` } } });
    }
  });
  say({ startStream: { workerId: "w1" } });
  closing.push(() => client.close());
}

type Heard = {
  /** Everything the host was told, as JSON, in order. */
  readonly said: readonly string[];
  until<T>(condition: (said: readonly string[]) => T | undefined): Promise<T>;
};

function hear(call: Call): Heard {
  const said: string[] = [];
  let onMessage = (): void => {};
  call.on("error", () => {});
  call.on("data", (bytes: Buffer) => {
    const decoded = decodeMessage(bytes);
    said.push(decoded.ok ? JSON.stringify(messageToJson(decoded.message)) : "undecodable");
    onMessage();
  });
  return {
    said,
    until(condition) {
      return new Promise((resolve) => {
        onMessage = () => {
          const found = condition(said);
          if (found !== undefined) resolve(found);
        };
        onMessage();
      });
    },
  };
}

function tell(message: unknown): void {
  host.call.write(Buffer.from(bytesOf(message)));
}

/** The number of the recorded request "a". */
async function recordedRequest(): Promise<number> {
  const [found = 0] = await rows("kind:invocation_request id:a");
  return found;
}

let views = 0;

/** Numbers of the messages that match now, once there are any. */
async function rows(filter: string): Promise<number[]> {
  views += 1;
  const view = views;
  live.page.subscribe(view, filter, "messages");
  return await live.page.until(({ column }) => {
    const found = column(view);
    return found.length > 0 ? found : undefined;
  });
}

async function startReplay(more: object): Promise<ReplayRun> {
  const order = { stream: 1, source: { seq: await recordedRequest() }, ...more };
  const answer = await live.served.change("POST", "/api/replays", order);
  expect(answer.status, String(answer.body)).toBe(201);
  const { id } = answer.json as ReplayRun;
  return await live.page.until(({ messages }) =>
    messages
      .flatMap((one) => (one.type === "replays" ? one.runs : []))
      .find((run) => run.id === id && run.state === "done"),
  );
}

function toldHolds(condition: (holds: Holds) => boolean): Promise<Holds> {
  return live.page.until(({ messages }) =>
    messages.flatMap((one) => (one.type === "holds" ? [one.holds] : [])).findLast(condition),
  );
}

test("a replay is answered by the worker, recorded and marked, and the host hears nothing of it", async () => {
  const run = await startReplay({ times: 20, message: invocation("a", "edited") });
  expect(run.isEdited).toBe(true);
  expect(run.results.map(({ state }) => state)).toEqual(Array(20).fill("success"));
  tell(invocation("b"));
  await host.heard.until((said) => said.find((text) => text.includes("invocationResponse") && text.includes('"b"')));
  expect(host.heard.said.filter((text) => text.includes("edited"))).toEqual([]);
  expect(host.heard.said.filter((text) => text.includes("got recorded"))).toHaveLength(2);
  const [last] = run.results.slice(-1);
  const { json } = await live.served.ask(`/api/invocations/${last?.invocation ?? 0}`);
  expect(json).toMatchObject({ row: { state: "success", logs: 1, replay: { run: run.id, n: 20, isEdited: true } } });
  const { messages } = json as { messages: number[] };
  const page = (await live.served.ask(`/api/messages?seqs=${messages.join(",")}`)).json as MessagePage;
  expect(page.rows.map(({ kind, intervention }) => [kind, intervention])).toEqual([
    ["invocation_request", "injected"],
    ["rpc_log", "swallowed"],
    ["invocation_response", "swallowed"],
  ]);
  expect((await live.served.ask("/api/functions")).json).toMatchObject([{ name: "hello", calls: 2 }]);
});

test("what is held is replaced on its way, and the worker answers what it got", async () => {
  // A rule for a function by name holds once it is recorded under which id the worker loaded that.
  await recordedRequest();
  const rule = await live.served.change("POST", "/api/holds/rules", { from: "host", functions: ["hello"] });
  expect(rule.status).toBe(201);
  await ordersTaken();
  tell(invocation("c"));
  const { held } = await toldHolds((holds) => holds.held.length === 1);
  expect(held).toMatchObject([{ kind: "invocation_request", invocationId: "c", message: invocation("c") }]);
  const path = `/api/holds/${held[0]?.id}/release`;
  const order = { action: "replace", message: invocation("c", "edited") };
  expect((await live.served.change("POST", path, order)).status).toBe(204);
  const answer = await host.heard.until((said) => said.find((text) => text.includes("got edited")));
  expect(answer).toContain('"c"');
  const [replaced = 0] = await rows("kind:invocation_request id:c");
  const marked = async (): Promise<unknown> => (await live.served.ask(`/api/messages?seqs=${replaced}`)).json;
  await expect.poll(marked).toMatchObject({ rows: [{ intervention: "replaced" }] });
  const found = async (): Promise<unknown> => (await live.served.ask(`/api/invocations/${replaced}`)).json;
  await expect.poll(found).toMatchObject({ row: { attempt: 1, state: "success", extraAnswers: 0 } });
});

test("what is held goes on as it was when its rule is taken away, and is dropped or answered when told so", async () => {
  const rule = await live.served.change("POST", "/api/holds/rules", { from: "host" });
  const { id } = rule.json as { id: number };
  await ordersTaken();
  for (const name of ["d", "e", "f"]) tell(invocation(name));
  const { held } = await toldHolds((holds) => holds.held.length === 3);
  const pathOf = (name: string) => `/api/holds/${held.find((one) => one.invocationId === name)?.id}/release`;
  const message = { invocationResponse: { invocationId: "d", result: { status: "Success" }, outputData: [] } };
  expect((await live.served.change("POST", pathOf("d"), { action: "answer", message })).status).toBe(204);
  expect((await live.served.change("POST", pathOf("e"), { action: "drop" })).status).toBe(204);
  expect((await live.served.change("DELETE", `/api/holds/rules/${id}`)).status).toBe(204);
  await host.heard.until((said) => said.find((text) => text.includes("got recorded") && text.includes('"f"')));
  const answers = host.heard.said.filter((text) => text.includes("invocationResponse"));
  expect(answers.filter((text) => text.includes('"d"'))).toHaveLength(1);
  expect(answers.filter((text) => text.includes('"e"'))).toEqual([]);
});

test("what is held goes on, in order, when the hub is gone, and what was replayed stays unheard", async () => {
  await live.served.change("POST", "/api/holds/rules", { from: "worker", kinds: ["rpc_log", "invocation_response"] });
  await ordersTaken();
  tell(invocation("g"));
  tell(invocation("h"));
  await toldHolds((holds) => holds.held.length === 2 && holds.held.every(({ queued }) => queued === 1));
  await live.close();
  await host.heard.until((said) => said.find((text) => text.includes("invocationResponse") && text.includes('"h"')));
  const last = host.heard.said.slice(-4).map((text) => [text.includes("rpcLog"), text.includes('"g"')]);
  expect(last.filter(([, isFirst]) => isFirst)).toEqual([
    [true, true],
    [false, true],
  ]);
  expect(last.map(([isLog]) => isLog).filter(Boolean)).toHaveLength(2);
  tell(invocation("i"));
  await host.heard.until((said) => said.find((text) => text.includes("invocationResponse") && text.includes('"i"')));
});

/** The relay has taken what the hub ordered before: a replay that is sent behind it has crossed. */
async function ordersTaken(): Promise<void> {
  await startReplay({});
}
