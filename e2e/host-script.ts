/** A host that says what a test tells it, with no id or time of its own, to real workers that run a real app. */
import { type ChildProcess, spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import {
  create,
  decodeMessage,
  encodeMessage,
  type InvocationResponse,
  type MessageInitShape,
  type RpcFunctionMetadata,
  type StreamingMessage,
  StreamingMessageSchema,
  type TypedDataSchema,
} from "@inspector/proto";
import { type Call, startRawHost } from "./grpc-pair.ts";

const WORKER = fileURLToPath(new URL("../apps/proxy/dist/worker/dist/worker.js", import.meta.url));
const SITE = "http://app.example";
const TRACE_PARENT = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

type Content = NonNullable<MessageInitShape<typeof StreamingMessageSchema>["content"]>;
type Contents = StreamingMessage["content"];
type Kind = Contents["case"] & string;
type Values = { [C in Contents as C["case"] & string]: C["value"] };
type Data = MessageInitShape<typeof TypedDataSchema>;

/** `id` is a name, of which {@link idOf} makes the id. */
export type Invocation = { readonly id: string; readonly of: string; readonly data: Data };

export type HostedWorker = {
  /** What it declared when it was initialised. */
  readonly capabilities: Readonly<Record<string, string>>;
  /** Sends the request at once; resolves with the answer. */
  invoke(invocation: Invocation): Promise<InvocationResponse>;
  /** Ends it as a host does; resolves with its exit code. */
  terminate(): Promise<number | null>;
  kill(): Promise<void>;
};

export type ScriptedHost = {
  /** Where it really listens, on 127.0.0.1. */
  readonly port: number;
  /**
   * Starts a worker and goes through its start: init, metadata, one load a function.
   * @param address what the worker is told to connect to: there may be something in between
   */
  startWorker(workerId: string, address: string): Promise<HostedWorker>;
  /** Leaves nothing of the workers and the server. */
  close(): Promise<void>;
};

/** @param app the folder of the app that its workers run */
export async function startScriptedHost(app: string): Promise<ScriptedHost> {
  let accept = (_: Call): void => {};
  const server = await startRawHost((call) => accept(call));
  const children: ChildProcess[] = [];
  return {
    port: server.port,
    async startWorker(workerId, address) {
      const arrived = new Promise<Call>((resolve) => {
        accept = resolve;
      });
      const child = spawn(process.execPath, [WORKER, ...argumentsOf(workerId, address)], { cwd: app, stdio: "ignore" });
      children.push(child);
      const gone = once(child, "exit").then(() => {
        throw new Error(`${workerId} is gone: ${child.signalCode ?? child.exitCode}`);
      });
      gone.catch(() => {});
      return await startUp(child, app, new Stream(await Promise.race([arrived, gone]), gone));
    },
    async close() {
      await Promise.all(children.map(kill));
      server.close();
    },
  };
}

function argumentsOf(workerId: string, address: string): string[] {
  return [
    ["--functions-uri", `http://${address}/`],
    ["--functions-worker-id", workerId],
    ["--functions-request-id", "start"],
    ["--functions-grpc-max-message-length", "2147483647"],
  ].flat();
}

/** One worker's stream, and what came on it that nobody has asked for yet. */
class Stream {
  readonly #call: Call;
  /** Rejects when the process is gone. */
  readonly #gone: Promise<never>;
  readonly #messages: StreamingMessage[] = [];

  constructor(call: Call, gone: Promise<never>) {
    this.#call = call;
    this.#gone = gone;
    call.on("data", (bytes: Buffer) => {
      const decoded = decodeMessage(bytes);
      if (!decoded.ok) {
        throw new Error(decoded.reason);
      }
      this.#messages.push(decoded.message);
    });
    call.on("end", () => call.end());
    call.on("error", () => {});
  }

  send(content: Content, requestId: string): void {
    this.#call.write(Buffer.from(encodeMessage(create(StreamingMessageSchema, { requestId, content }))));
  }

  /** The first message of a kind that no earlier call has taken; where `isIt` is given, of which that holds. */
  async next<K extends Kind>(kind: K, isIt: (value: Values[K]) => boolean = () => true): Promise<Values[K]> {
    for (;;) {
      for (const [index, { content }] of this.#messages.entries()) {
        if (!hasKind(content, kind) || !isIt(content.value)) {
          continue;
        }
        this.#messages.splice(index, 1);
        return content.value;
      }
      await Promise.race([once(this.#call, "data"), this.#gone]);
    }
  }
}

function hasKind<K extends Kind>(contents: Contents, kind: K): contents is Contents & { case: K; value: Values[K] } {
  return contents.case === kind;
}

async function startUp(child: ChildProcess, app: string, stream: Stream): Promise<HostedWorker> {
  await stream.next("startStream");
  const init = { hostVersion: "4.1037.0.0", functionAppDirectory: app, capabilities: { MultiStream: "10" } };
  stream.send({ case: "workerInitRequest", value: init }, "init");
  const { capabilities } = await stream.next("workerInitResponse");
  stream.send({ case: "functionsMetadataRequest", value: { functionAppDirectory: app } }, "metadata");
  const { functionMetadataResults: functions } = await stream.next("functionMetadataResponse");
  for (const metadata of functions) {
    const { functionId } = metadata;
    stream.send({ case: "functionLoadRequest", value: { functionId, metadata } }, `load ${metadata.name}`);
    await stream.next("functionLoadResponse");
  }
  return {
    capabilities,
    invoke({ id, of, data }) {
      const { functionId, trigger } = triggerOf(functions, of);
      const invocationId = idOf(id);
      const value = {
        invocationId,
        functionId,
        inputData: [{ name: trigger, rpcData: { case: "data", value: data } as const }],
        traceContext: { traceParent: TRACE_PARENT },
      };
      stream.send({ case: "invocationRequest", value }, "");
      const answer = stream.next("invocationResponse", (value) => value.invocationId === invocationId);
      // Who has it in flight while something else fails never gets to wait for it.
      answer.catch(() => {});
      return answer;
    },
    async terminate() {
      stream.send({ case: "workerTerminate", value: { gracePeriod: { seconds: 30n } } }, "");
      if (child.exitCode === null) {
        await once(child, "exit");
      }
      return child.exitCode;
    },
    kill: () => kill(child),
  };
}

function triggerOf(functions: readonly RpcFunctionMetadata[], name: string) {
  const found = functions.find((one) => one.name === name);
  const [trigger] = Object.entries(found?.bindings ?? {}).find(([, { type }]) => type.endsWith("Trigger")) ?? [];
  if (found === undefined || trigger === undefined) {
    throw new Error(`the app has no function ${name}`);
  }
  return { functionId: found.functionId, trigger };
}

async function kill(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) {
    return;
  }
  child.kill("SIGKILL");
  await once(child, "exit");
}

/** A request with its query beside its address, as a host sends it to workers with these capabilities. */
export function http(method: string, path: string, body?: string): Data {
  const url = new URL(path, SITE);
  const query = [...url.searchParams].map(([name, value]) => [name, { string: { case: "value", value } as const }]);
  return {
    data: {
      case: "http",
      value: {
        method,
        url: url.href,
        nullableQuery: Object.fromEntries(query),
        ...(body !== undefined && { body: { data: { case: "bytes", value: Buffer.from(body) } } }),
      },
    },
  };
}

export function queueMessage(value: unknown): Data {
  return { data: { case: "string", value: JSON.stringify(value) } };
}

/** An id in the form that the host's own have, always the same for one name. */
export function idOf(name: string): string {
  const hex = createHash("sha256").update(name).digest("hex").slice(0, 12);
  return `00000000-0000-4000-8000-${hex}`;
}

/** What crosses the stream of a request that goes to the worker's own HTTP server. */
export const besideTheStream: Data = { data: { case: "http", value: {} } };
