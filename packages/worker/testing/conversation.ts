import {
  RpcLog_RpcLogCategory as Category,
  type InvocationResponse,
  RpcLog_Level as Level,
  type MessageInitShape,
  type RetryContextSchema,
  type RpcLog,
  type RpcTraceContextSchema,
  type TypedDataSchema,
} from "@inspector/proto";
import { expect } from "vitest";
import type { WorkerRun } from "./scripted-host.ts";

export type Data = MessageInitShape<typeof TypedDataSchema>;
export type RequestParts = {
  triggerMetadata?: Record<string, Data>;
  retryContext?: MessageInitShape<typeof RetryContextSchema>;
  traceContext?: MessageInitShape<typeof RpcTraceContextSchema>;
};

export async function initialise(run: WorkerRun, functionAppDirectory: string) {
  run.send({ case: "workerInitRequest", value: { hostVersion: "4.1037.0.0", functionAppDirectory } });
  return (await run.next("workerInitResponse")).value;
}

let invocations = 0;

export async function invoke(
  run: WorkerRun,
  functionId: string,
  inputs: Readonly<Record<string, Data>>,
  more: RequestParts = {},
): Promise<{ response: InvocationResponse; logs: readonly RpcLog[] }> {
  const invocationId = `invocation-${++invocations}`;
  const inputData = Object.entries(inputs).map(([name, value]) => ({
    name,
    rpcData: { case: "data", value } as const,
  }));
  run.send({ case: "invocationRequest", value: { ...more, invocationId, functionId, inputData } });
  const { value } = await run.next("invocationResponse");
  expect(value.invocationId).toBe(invocationId);
  return { response: value, logs: run.logs.filter((log) => log.invocationId === invocationId) };
}

export async function terminate(run: WorkerRun): Promise<void> {
  run.send({ case: "workerTerminate", value: { gracePeriod: { seconds: 5n } } });
  expect(await run.exit).toEqual({ code: 0, signal: null });
}

const text = (bytes: Uint8Array) => Buffer.from(bytes).toString();

/** [level, text] of the app's own lines. */
export function userLines(logs: readonly RpcLog[]) {
  return logs.filter((log) => log.logCategory === Category.User).map((log) => [log.level, log.message]);
}

export function systemErrors(run: WorkerRun) {
  return run.logs
    .filter((log) => log.logCategory === Category.System && log.level === Level.Error)
    .map((log) => log.message);
}

export function get(url: string): Data {
  return { data: { case: "http", value: { method: "GET", url } } };
}

export async function triggerOf(run: WorkerRun, functionName: string): Promise<string> {
  run.send({ case: "functionsMetadataRequest", value: {} });
  const { value } = await run.next("functionMetadataResponse");
  const bindings = value.functionMetadataResults.find(({ name }) => name === functionName)?.bindings ?? {};
  return Object.entries(bindings).find(([, { type }]) => type.endsWith("Trigger"))?.[0] ?? "";
}

export function bodyOf(response: InvocationResponse): string {
  const data = response.returnValue?.data;
  const body = data?.case === "http" ? data.value.body?.data : undefined;
  return body?.case === "bytes" ? text(body.value) : "";
}
