/** A session whose messages are written out: a host and a worker on grpc-js say them in turn, with the command between them. */
import { once } from "node:events";
import { encodeMessage, messageFromJson } from "@inspector/proto";
import { type Call, connectRawWorker, startRawHost } from "./grpc-pair.ts";
import { type InspectorProcess, startInspector } from "./inspector-process.ts";

/** Who says it, and the message as proto3 JSON. */
export type Line = readonly ["host" | "worker", object];

export type SpokenScene = {
  readonly inspector: InspectorProcess;
  /** Resolves when the other side has heard the last line. */
  say(lines: readonly Line[]): Promise<void>;
  end(): Promise<void>;
};

export async function startSpokenScene(state: string, lines: readonly Line[]): Promise<SpokenScene> {
  let onHostCall: (call: Call) => void = () => {};
  const hostCall = new Promise<Call>((resolve) => {
    onHostCall = resolve;
  });
  const host = await startRawHost((call) => {
    call.on("error", () => {});
    onHostCall(call);
  });
  const inspector = await startInspector(["--listen", "0", "--upstream", `127.0.0.1:${host.port}`], state);
  const worker = connectRawWorker(inspector.listen);
  // A call is on its way with its first message.
  const [first, ...others] = lines;
  if (first?.[0] !== "worker") {
    throw new Error("a worker speaks first");
  }
  worker.call.write(bytesOf(first[1]));
  const call = await hostCall;
  await once(call, "data");
  const say = async (next: readonly Line[]): Promise<void> => {
    for (const [from, message] of next) {
      const [speaker, listener] = from === "host" ? [call, worker.call] : [worker.call, call];
      const heard = once(listener, "data");
      speaker.write(bytesOf(message));
      await heard;
    }
  };
  await say(others);
  return {
    inspector,
    say,
    async end() {
      worker.close();
      await inspector.stop();
      host.close();
    },
  };
}

function bytesOf(message: object): Buffer {
  const parsed = messageFromJson(message);
  if (!parsed.ok) {
    throw new Error(parsed.reason);
  }
  return Buffer.from(encodeMessage(parsed.message));
}

const SUCCESS = { status: "Success" };

/** A worker that starts, and loads functions that are triggered by HTTP. */
export function startUp(functions: readonly string[]): readonly Line[] {
  return [
    ["worker", { startStream: { workerId: "w-1" } }],
    ["host", { workerInitRequest: { hostVersion: "4.1", functionAppDirectory: "/srv/shop" } }],
    ["worker", { workerInitResponse: { workerMetadata: { runtimeName: "node" }, result: SUCCESS } }],
    ...functions.flatMap((name): Line[] => [
      [
        "host",
        {
          functionLoadRequest: {
            functionId: name,
            metadata: { name, bindings: { req: { type: "httpTrigger", direction: "in" } } },
          },
        },
      ],
      ["worker", { functionLoadResponse: { functionId: name, result: SUCCESS } }],
    ]),
  ];
}

/** An invocation by an HTTP request. @param answer what the worker answers beside the id @param logs said before it */
export function call(functionId: string, invocationId: string, answer: object, logs: readonly string[] = []): Line[] {
  const http = { method: "GET", url: `http://localhost/api/${functionId}` };
  return [
    ["host", { invocationRequest: { invocationId, functionId, inputData: [{ name: "req", data: { http } }] } }],
    ...logs.map(
      (message): Line => [
        "worker",
        { rpcLog: { invocationId, category: `Function.${functionId}`, level: "Information", message } },
      ],
    ),
    ["worker", { invocationResponse: { invocationId, ...answer } }],
  ];
}

/** An answer over HTTP. */
export function httpAnswer(statusCode: number): object {
  return { result: SUCCESS, returnValue: { http: { statusCode: String(statusCode) } } };
}
