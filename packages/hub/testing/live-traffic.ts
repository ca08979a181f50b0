/** A host and a worker on grpc-js with the relay between them, recorded and served to a page that intervenes. */
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import * as grpc from "@grpc/grpc-js";
import type { Holds, ReplayRun } from "@inspector/contract/intervention";
import { decodeMessage, messageToJson, type StreamingMessage } from "@inspector/proto";
import { createControl } from "@inspector/relay/control";
import { createJournal } from "@inspector/relay/journal";
import { thisProcess } from "@inspector/relay/process-identity";
import { createRelay } from "@inspector/relay/relay";
import { type ServedLive, serveLive } from "./recorded-live.ts";
import { bytesOf, EVENT_STREAM } from "./scripted-relay.ts";
import { makeFolder } from "./served-sessions.ts";

type Call = grpc.ServerDuplexStream<Buffer, Buffer>;

const same = (bytes: Buffer): Buffer => bytes;

/** Peers take messages of any size, as the host and its workers do. */
const ANY_SIZE = { "grpc.max_receive_message_length": -1, "grpc.max_send_message_length": -1 };

export type Heard = {
  /** Everything a peer was told, as JSON, in order. */
  readonly said: readonly string[];
  until<T>(condition: (said: readonly string[]) => T | undefined): Promise<T>;
};

export type LiveTraffic = {
  readonly live: ServedLive;
  readonly host: Heard;
  readonly worker: Heard;
  /** The host says something to the worker, which answers invocations with what they were given. */
  tell(message: unknown): void;
  /** Sends the recorded invocation "a" to the worker and waits for the end of it. */
  replay(more: object): Promise<ReplayRun>;
  /** The relay has taken what the hub ordered before: a replay that is sent behind it has crossed. */
  ordersTaken(): Promise<void>;
  /** What the page was told of holds last, once it is so. */
  toldHolds(condition: (holds: Holds) => boolean): Promise<Holds>;
  /** Numbers of the messages that match now, once there are any. */
  rows(filter: string): Promise<number[]>;
  close(): Promise<void>;
};

export const invocation = (invocationId: string, text = "recorded") => ({
  invocationRequest: {
    invocationId,
    functionId: "f1",
    inputData: [{ name: "item", data: { string: text } }],
    traceContext: { traceParent: "00-aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa-bbbbbbbbbbbbbbbb-01" },
  },
});

/** The worker has loaded the function "hello" as "f1", and has answered the invocation "a" of it. */
export async function startLiveTraffic(): Promise<LiveTraffic> {
  const folder = makeFolder();
  const file = folder.file("one");
  const server = new grpc.Server(ANY_SIZE);
  const { port, calls } = await startHost(server);
  const directory = join(folder.journals, "j1");
  mkdirSync(directory);
  const relay = await createRelay({
    listen: { host: "127.0.0.1", port: 0 },
    upstream: { host: "127.0.0.1", port },
    openJournal: (_, positions) => {
      const journal = createJournal({ directory, positions });
      journal.event({ type: "relay-started", startedAt: performance.timeOrigin, listen: "", upstream: "" });
      return journal;
    },
  });
  const control = join(directory, "control.sock");
  const { close: closeControl } = await createControl({
    directory,
    description: { session: file, control, process: thisProcess(), startedAt: Date.now() },
    relay,
  });
  const live = await serveLive(folder, file);
  const client = new grpc.Client(`127.0.0.1:${relay.address.port}`, grpc.credentials.createInsecure(), ANY_SIZE);
  const worker = startWorker(client);
  const call = await calls;
  const host = hear(call);

  function tell(message: unknown): void {
    call.write(Buffer.from(bytesOf(message)));
  }

  let views = 0;

  function rows(filter: string): Promise<number[]> {
    views += 1;
    const view = views;
    live.page.subscribe(view, filter, "messages");
    return live.page.until(({ column }) => {
      const found = column(view);
      return found.length > 0 ? found : undefined;
    });
  }

  async function replay(more: object): Promise<ReplayRun> {
    const [seq = 0] = await rows("kind:invocation_request id:a");
    const answer = await live.served.change("POST", "/api/replays", { stream: 1, source: { seq }, ...more });
    if (answer.status !== 201) {
      throw new Error(`the replay was refused: ${answer.body}`);
    }
    const { id } = answer.json as ReplayRun;
    return live.page.until(({ messages }) =>
      messages
        .flatMap((one) => (one.type === "replays" ? one.runs : []))
        .find((run) => run.id === id && run.state === "done"),
    );
  }

  tell({ workerInitRequest: { hostVersion: "4" } });
  const bindings = { item: { type: "queueTrigger", direction: "in" } };
  tell({ functionLoadRequest: { functionId: "f1", metadata: { name: "hello", bindings } } });
  tell(invocation("a"));
  await host.until((said) => said.find((text) => text.includes('"a"')));

  return {
    live,
    host,
    worker,
    tell,
    replay,
    rows,
    async ordersTaken() {
      await replay({});
    },
    toldHolds: (condition) =>
      live.page.until(({ messages }) =>
        messages.flatMap((one) => (one.type === "holds" ? [one.holds] : [])).findLast(condition),
      ),
    async close() {
      client.close();
      closeControl();
      await relay.close();
      relay.journal.close();
      await live.close();
      folder.remove();
      server.forceShutdown();
    },
  };
}

async function startHost(server: grpc.Server): Promise<{ port: number; calls: Promise<Call> }> {
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
  return { port, calls };
}

function startWorker(client: grpc.Client): Heard {
  const call = client.makeBidiStreamRequest(EVENT_STREAM, same, same);
  const say = (message: unknown): void => void call.write(Buffer.from(bytesOf(message)));
  const heard = hear(call, ({ content }) => answer(content, say));
  say({ startStream: { workerId: "w1" } });
  return heard;
}

function answer(content: StreamingMessage["content"], say: (message: unknown) => void): void {
  const result = { status: "Success" };
  if (content.case === "workerInitRequest") {
    say({ workerInitResponse: { result, workerMetadata: { runtimeName: "node" } } });
  }
  if (content.case === "functionLoadRequest") {
    say({ functionLoadResponse: { functionId: "f1", result } });
  }
  if (content.case === "invocationRequest") {
    const { invocationId, inputData } = content.value;
    const [input] = inputData;
    const given = input?.rpcData.case === "data" ? input.rpcData.value.data.value : undefined;
    const text = String(given).slice(0, 100);
    say({ rpcLog: { invocationId, message: `working on ${text}`, level: "Information" } });
    say({ invocationResponse: { invocationId, result, returnValue: { string: `got ${text}` } } });
  }
}

function hear(
  call: Call | grpc.ClientDuplexStream<Buffer, Buffer>,
  onSaid: (message: StreamingMessage) => void = () => {},
): Heard {
  const said: string[] = [];
  const waiting = new Set<() => void>();
  call.on("error", () => {});
  call.on("data", (bytes: Buffer) => {
    const decoded = decodeMessage(bytes);
    said.push(decoded.ok ? JSON.stringify(messageToJson(decoded.message)) : "undecodable");
    if (decoded.ok) {
      onSaid(decoded.message);
    }
    for (const look of waiting) {
      look();
    }
  });
  return {
    said,
    until(condition) {
      return new Promise((resolve) => {
        const look = (): void => {
          const found = condition(said);
          if (found === undefined) {
            return;
          }
          waiting.delete(look);
          resolve(found);
        };
        waiting.add(look);
        look();
      });
    },
  };
}
