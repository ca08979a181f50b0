import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import * as grpc from "@grpc/grpc-js";
import {
  create,
  decodeMessage,
  EVENT_STREAM_PATHS,
  encodeMessage,
  type RpcLog,
  type StreamingMessage,
  StreamingMessageSchema,
} from "@inspector/proto";
import type { Content } from "../src/channel.ts";

type Call = grpc.ServerDuplexStream<Buffer, Uint8Array>;
type Kind = NonNullable<StreamingMessage["content"]["case"]>;
type Contents = StreamingMessage["content"];
type Values = { [C in Contents as C["case"] & string]: C["value"] };

export type Received<T> = { readonly requestId: string; readonly value: T };

export type Exit = { readonly code: number | null; readonly signal: string | null };

/** The host side of one event stream with the built worker, driven step by step by a test. */
export type WorkerRun = {
  send(content: Content, requestId?: string): void;
  /** The next message of a kind that no earlier call has taken; rejects when the worker exits without sending it. */
  next<K extends Kind>(kind: K): Promise<Received<Values[K]>>;
  /** Ends the call as a host would: with OK, or with an error status. */
  endCall(status?: { code: grpc.status; details: string }): void;
  /** Every log so far. */
  readonly logs: readonly RpcLog[];
  /** The worker's output so far. */
  readonly stdout: () => string;
  readonly stderr: () => string;
  /** Of the process, once all it sent has been read. */
  readonly exit: Promise<Exit>;
};

const workerPath = fileURLToPath(new URL("../dist/worker.js", import.meta.url));

/** Absolute path of an app in the fixtures folder. */
export function fixture(name: string): string {
  return fileURLToPath(new URL(`../fixtures/${name}`, import.meta.url));
}

/** Starts a gRPC server on a free port and the built worker against it; `dispose` leaves nothing of either. */
export async function startWorker(arguments_: (port: number) => string[] = fourArguments) {
  const server = new grpc.Server({ "grpc.max_receive_message_length": -1, "grpc.max_send_message_length": -1 });
  const arrived = new Promise<Call>((resolve) => server.addService(eventStream, { eventStream: resolve }));
  const port = await listen(server);
  const child = spawn(process.execPath, [workerPath, ...arguments_(port)], { stdio: ["ignore", "pipe", "pipe"] });
  const run = observe(child, arrived);
  return {
    run,
    async [Symbol.asyncDispose]() {
      if (child.exitCode === null && child.signalCode === null) {
        child.kill("SIGKILL");
      }
      await run.exit;
      server.forceShutdown();
    },
  };
}

function fourArguments(port: number): string[] {
  return [
    ["--functions-uri", `http://127.0.0.1:${port}/`],
    ["--functions-worker-id", "worker-1"],
    ["--functions-request-id", "request-1"],
    ["--functions-grpc-max-message-length", "2147483647"],
  ].flat();
}

const eventStream: grpc.ServiceDefinition = {
  eventStream: {
    path: EVENT_STREAM_PATHS[0] ?? "",
    requestStream: true,
    responseStream: true,
    requestSerialize: (bytes: Buffer) => bytes,
    requestDeserialize: (bytes: Buffer) => bytes,
    responseSerialize: (bytes: Uint8Array) => Buffer.from(bytes),
    responseDeserialize: (bytes: Buffer) => bytes,
  },
};

function listen(server: grpc.Server): Promise<number> {
  return new Promise((resolve, reject) => {
    server.bindAsync("127.0.0.1:0", grpc.ServerCredentials.createInsecure(), (error, port) =>
      error === null ? resolve(port) : reject(error),
    );
  });
}

function observe(child: ChildProcess, arrived: Promise<Call>): WorkerRun {
  const inbox: StreamingMessage[] = [];
  const logs: RpcLog[] = [];
  const output = { stdout: "", stderr: "" };
  let onChange = () => {};
  let changed = new Promise<void>((resolve) => {
    onChange = resolve;
  });
  const notify = () => {
    onChange();
    changed = new Promise((resolve) => {
      onChange = resolve;
    });
  };

  child.stdout?.on("data", (text: Buffer) => {
    output.stdout += text.toString();
  });
  child.stderr?.on("data", (text: Buffer) => {
    output.stderr += text.toString();
  });
  let hasExited = false;
  let isRead: Promise<unknown> | undefined;
  const exit = once(child, "close").then(async ([code, signal]): Promise<Exit> => {
    await isRead;
    hasExited = true;
    notify();
    return { code, signal };
  });
  const call = arrived.then((stream) => {
    isRead = new Promise((resolve) => {
      for (const event of ["end", "cancelled", "error"]) {
        stream.once(event, resolve);
      }
    });
    stream.on("data", (bytes: Buffer) => {
      const decoded = decodeMessage(bytes);
      if (!decoded.ok) {
        throw new Error(decoded.reason);
      }
      if (decoded.message.content.case === "rpcLog") {
        logs.push(decoded.message.content.value);
      }
      inbox.push(decoded.message);
      notify();
    });
    stream.on("end", () => stream.end());
    stream.on("error", () => undefined);
    return stream;
  });
  const onCall = (action: (stream: Call) => void) => void call.then(action);

  return {
    logs,
    exit,
    stdout: () => output.stdout,
    stderr: () => output.stderr,
    send: (content, requestId = "") =>
      onCall((stream) => stream.write(encodeMessage(create(StreamingMessageSchema, { requestId, content })))),
    endCall: (status) => onCall((stream) => (status === undefined ? stream.end() : stream.emit("error", status))),
    async next<K extends Kind>(kind: K) {
      for (;;) {
        for (const [index, { requestId, content }] of inbox.entries()) {
          if (!hasKind(content, kind)) {
            continue;
          }
          inbox.splice(index, 1);
          return { requestId, value: content.value };
        }
        if (hasExited) {
          throw new Error(`The worker exited without ${kind}.\n${output.stdout}${output.stderr}`);
        }
        await changed;
      }
    },
  };
}

function hasKind<K extends Kind>(contents: Contents, kind: K): contents is Contents & { case: K; value: Values[K] } {
  return contents.case === kind;
}
