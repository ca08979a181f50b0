import type { EndInfo, Nanos, Seq } from "@inspector/contract/page";
import { CUSTOM_HANDLER_PATH } from "@inspector/proto";
import { numberOf, type SqlRow, textOf } from "@inspector/session/database";
import { isRecord, recordOf, textIn } from "./events.ts";

/** A worker's EventStream call as it stands now; of several calls the first, and with the end of the last. */
export type WorkerStream = {
  readonly id: number;
  readonly relay: number;
  readonly connection: number;
  readonly openedAt: Nanos;
  readonly endedAt: Nanos | undefined;
  readonly end: EndInfo | undefined;
  readonly workerId: string | undefined;
  /** "node", "dotnet", "python" …, as the worker says, or as its gRPC library gives it away before it says so. */
  readonly runtime: string | undefined;
  readonly messages: number;
  /** What the host's response headers name as grpc-encoding. */
  readonly encoding: string | undefined;
  /** There is no call: what the worker was asked and answered crossed over HTTP. */
  readonly isCustomHandler: boolean;
};

/** The first message of the worker in a stream. */
export type FirstMessage = { readonly seq: Seq; readonly kind: number; readonly at: Nanos };

/** A message of which only the beginning was there when its stream ended. */
export type CutMessage = {
  readonly seq: Seq;
  /** 0 for the host, 1 for the worker. */
  readonly side: number;
  readonly kind: number;
  /** Bytes that had come. */
  readonly size: number;
  readonly invocationId: string | undefined;
  readonly functionName: string | undefined;
};

const RUNTIMES: readonly (readonly [RegExp, string])[] = [
  [/^\.net|^dotnet/iu, "dotnet"],
  [/^node/iu, "node"],
  [/^python/iu, "python"],
  [/^java/iu, "java"],
  [/^powershell/iu, "powershell"],
  [/^go(lang)?$/iu, "go"],
];

/** PowerShell's worker and that of .NET have the same library, so that one gives nothing away. */
const LIBRARIES: readonly (readonly [RegExp, string])[] = [
  [/^grpc-node(-js)?\//u, "node"],
  [/^grpc-python\//u, "python"],
  [/^grpc-java/u, "java"],
  [/^grpc-go\//u, "go"],
];

export function workerStreamOf(row: SqlRow): WorkerStream {
  return {
    id: numberOf(row["id"]),
    relay: numberOf(row["relay"]),
    connection: numberOf(row["connection"]),
    openedAt: numberOf(row["opened_at"]),
    endedAt: typeof row["worker_ended_at"] === "number" ? row["worker_ended_at"] : undefined,
    end: endOf(row),
    workerId: textOf(row["worker_id"]),
    runtime: runtimeOf(row),
    messages: numberOf(row["messages"]),
    encoding: encodingOf(row),
    isCustomHandler: row["path"] === CUSTOM_HANDLER_PATH,
  };
}

/** "dotnet" for ".NET 8.0.1"; a name that no known worker says of itself, as it is. */
export function shortRuntime(name: string): string {
  return RUNTIMES.find(([pattern]) => pattern.test(name))?.[1] ?? name;
}

function runtimeOf(row: SqlRow): string | undefined {
  const name = textOf(row["runtime"]);
  if (name !== undefined && name !== "") {
    return shortRuntime(name);
  }
  const worker = recordOf(row["headers"])["worker"];
  const agent = isRecord(worker) ? textIn(worker, "user-agent") : "";
  return LIBRARIES.find(([pattern]) => pattern.test(agent))?.[1];
}

function encodingOf(row: SqlRow): string | undefined {
  const host = recordOf(row["headers"])["host"];
  const encoding = isRecord(host) ? textIn(host, "grpc-encoding") : "";
  return encoding === "" ? undefined : encoding;
}

function endOf(row: SqlRow): EndInfo | undefined {
  const { by, how, grpcStatus, grpcMessage, code } = recordOf(row["worker_end"]);
  if (by !== "host" && by !== "worker" && by !== "relay") {
    return undefined;
  }
  if (how !== "end" && how !== "reset" && how !== "lost") {
    return undefined;
  }
  return {
    by,
    how,
    ...(typeof grpcStatus === "number" && { grpcStatus }),
    ...(typeof grpcMessage === "string" && { grpcMessage }),
    ...((typeof code === "number" || typeof code === "string") && { code }),
  };
}
