/**
 * A language worker for tests, run as a real child process. It does what `script.json` in the app's folder says and
 * prints every message it receives, as JSON behind RECEIVED, so that a test can see what the host sent.
 */
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { parseArgs } from "node:util";
import * as grpc from "@grpc/grpc-js";
import { decodeMessage, encodeMessage, type InvocationRequest, messageFromJson, messageToJson } from "@inspector/proto";
import type { WorkerScript } from "./worker-script.ts";

const script = readScript();
const text = { type: "string" } as const;
const { values: options } = parseArgs({
  strict: false,
  options: { "functions-uri": text, "functions-worker-id": text, "functions-request-id": text },
});
const workerId = String(options["functions-worker-id"]);
const attempts = new Map<string, number>();
const client = new grpc.Client(new URL(String(options["functions-uri"])).host, grpc.credentials.createInsecure(), {
  "grpc.max_receive_message_length": -1,
  "grpc.max_send_message_length": -1,
});
const pass = (bytes: Buffer): Buffer => bytes;
let stream: grpc.ClientDuplexStream<Buffer, Buffer> | undefined;

main();

function main(): void {
  process.stdout.write(`LanguageWorkerConsoleLogworker ${workerId} starts\n`);
  if (script.atStart === "exit") {
    process.exit(script.exitCode ?? 1);
  }
  if (script.atStart === "silence") {
    setInterval(() => {}, 60_000);
    return;
  }
  connect(script.atStart === "unknown-id" ? "no-such-worker" : workerId);
}

function connect(id: string): void {
  stream = client.makeBidiStreamRequest("/AzureFunctionsRpcMessages.FunctionRpc/EventStream", pass, pass);
  stream.on("data", (bytes: Buffer) => receive(bytes));
  stream.on("error", (error) => {
    process.stderr.write(`stream error: ${error.message}\n`);
    process.exit(1);
  });
  stream.on("end", () => {
    process.stdout.write("STREAM ENDED\n");
    if (id !== workerId) {
      connect(workerId);
    } else {
      process.exit(0);
    }
  });
  send({ requestId: String(options["functions-request-id"]), startStream: { workerId: id } });
}

function send(json: unknown): void {
  const parsed = messageFromJson(json);
  if (!parsed.ok) {
    process.stderr.write(`bad script at ${parsed.path}: ${parsed.reason}\n`);
    process.exit(3);
  }
  stream?.write(Buffer.from(encodeMessage(parsed.message)));
}

function receive(bytes: Buffer): void {
  const decoded = decodeMessage(bytes);
  if (!decoded.ok) {
    throw new Error(decoded.reason);
  }
  const { message } = decoded;
  process.stdout.write(`RECEIVED ${JSON.stringify(messageToJson(message))}\n`);
  const { requestId, content } = message;
  const success = { status: "Success" };
  switch (content.case) {
    case "workerInitRequest":
      void answerInit();
      break;
    case "functionsMetadataRequest":
      answerMetadata();
      break;
    case "functionLoadRequest": {
      const { functionId, metadata } = content.value;
      const handler = script.functions?.find(({ name }) => name === metadata?.name);
      if (handler?.load !== "silence") {
        const failure = { status: "Failure", exception: { message: "cannot be parsed", stackTrace: "at line 1" } };
        send({ functionLoadResponse: { functionId, result: handler?.load === "failure" ? failure : success } });
      }
      break;
    }
    case "workerStatusRequest":
      send({ requestId, workerStatusResponse: {} });
      break;
    case "invocationRequest":
      invoke(content.value);
      break;
    case "invocationCancel":
      send({ invocationResponse: { invocationId: content.value.invocationId, result: { status: "Cancelled" } } });
      break;
    case "workerTerminate":
      if (script.atTerminate !== "stay") {
        process.exit(0);
      }
      break;
    default:
      break;
  }
}

async function answerInit(): Promise<void> {
  const capabilities = { ...script.capabilities };
  if (script.isHttpProxied === true) {
    capabilities["HttpUri"] = await openHttpServer();
  }
  if (script.atInit === "failure") {
    send({ workerInitResponse: { result: { status: "Failure", exception: { message: "wrong runtime" } } } });
  } else if (script.atInit !== "silence") {
    const workerMetadata = { runtimeName: "test", runtimeVersion: "1", workerVersion: "2" };
    send({ workerInitResponse: { capabilities, workerMetadata, result: { status: "Success" } } });
  }
}

function answerMetadata(): void {
  if (script.atMetadata === "failure") {
    send({ functionMetadataResponse: { result: { status: "Failure", exception: { message: "entry point broken" } } } });
  } else if (script.atMetadata === "function-json") {
    send({ functionMetadataResponse: { useDefaultMetadataIndexing: true, result: { status: "Success" } } });
  } else if (script.atMetadata !== "silence") {
    const functionMetadataResults = (script.functions ?? []).map(({ name, bindings, retryOptions }) => ({
      name,
      functionId: `id-of-${name}`,
      directory: process.cwd(),
      scriptFile: "script.js",
      ...(retryOptions && { retryOptions }),
      rawBindings: bindings.map((binding) => JSON.stringify(binding)),
    }));
    send({ functionMetadataResponse: { functionMetadataResults, result: { status: "Success" } } });
  }
}

function invoke({ invocationId, functionId, inputData }: InvocationRequest): void {
  const handler = script.functions?.find(({ name }) => functionId === `id-of-${name}`) ?? script.functions?.[0];
  const tried = (attempts.get(functionId) ?? 0) + 1;
  attempts.set(functionId, tried);
  send({
    rpcLog: { invocationId, category: `Function.${handler?.name}`, level: "Information", message: `try ${tried}` },
  });
  const respond = (response: Readonly<Record<string, unknown>>): void =>
    send({ invocationResponse: { invocationId, ...response } });
  const failure = { result: { status: "Failure", exception: { message: "it broke", stackTrace: "at handler" } } };
  switch (handler?.does) {
    case "fail":
      respond(failure);
      break;
    case "crash":
      process.exit(handler.exitCode ?? 7);
      break;
    case "nothing":
      break;
    case "http": {
      const value = inputData[0]?.rpcData.case === "data" ? inputData[0].rpcData.value.data : undefined;
      const body = value?.case === "http" ? value.value.body?.data : undefined;
      const bytes = body?.case === "bytes" ? Buffer.from(body.value).toString("base64") : "";
      respond({
        result: { status: "Success" },
        returnValue: {
          http: {
            statusCode: "201",
            headers: { "x-mine": "1" },
            cookies: [{ name: "c", value: "a b" }],
            body: { bytes },
          },
        },
      });
      break;
    }
    default:
      respond(tried <= (handler?.failures ?? 0) ? failure : { result: { status: "Success" }, ...handler?.response });
  }
}

/** Answers with what came, like a worker that streams http; the invocation's response is sent on its own. */
function openHttpServer(): Promise<string> {
  const server = createServer((incoming, outgoing) => {
    const chunks: Buffer[] = [];
    incoming.on("data", (chunk: Buffer) => chunks.push(chunk));
    incoming.on("end", () => {
      if (incoming.url?.includes("unanswered") !== true) {
        outgoing.writeHead(202, { "x-from": "worker" });
        const { method, url, headers } = incoming;
        outgoing.end(JSON.stringify({ method, url, headers, body: Buffer.concat(chunks).toString() }));
      }
    });
  });
  return new Promise((resolve) => {
    server.listen(0, "127.0.0.1", () => resolve(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`));
  });
}

function readScript(): WorkerScript {
  return JSON.parse(readFileSync(join(process.cwd(), "script.json"), "utf8")) as WorkerScript;
}
