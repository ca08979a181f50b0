import {
  type RpcException,
  type RpcLog,
  RpcLog_Level,
  RpcLog_RpcLogCategory,
  type StatusResult,
  StatusResult_Status,
  stackBeginsWith,
} from "@inspector/proto";
import type { HostEvent, InvocationStatus, LogLevel } from "./events.ts";

/** An absent result means failure, as zero is Failure in the contract. */
export function statusOf(result: StatusResult | undefined): InvocationStatus {
  switch (result?.status) {
    case StatusResult_Status.Success:
      return "Success";
    case StatusResult_Status.Cancelled:
      return "Cancelled";
    default:
      return "Failure";
  }
}

/** What a result says about its failure, in one text. */
export function formatFailure(result: StatusResult | undefined): string {
  const exception = formatException(result?.exception);
  // The Java worker says in `result` what its exception says again.
  const said = exception.includes(result?.result ?? "") ? "" : (result?.result ?? "");
  const text = [said, exception].filter((part) => part !== "").join(": ");
  return text === "" ? "the worker gave no reason" : text;
}

/** Message and stack; a stack that begins with the message stands alone. */
export function formatException(exception: RpcException | undefined): string {
  const { message = "", stackTrace = "" } = exception ?? {};
  if (stackTrace === "" || message === "") {
    return message + stackTrace;
  }
  return stackBeginsWith(stackTrace, message) ? stackTrace : `${message}\n${stackTrace}`;
}

const LEVELS: Readonly<Record<number, LogLevel>> = {
  [RpcLog_Level.Trace]: "Trace",
  [RpcLog_Level.Debug]: "Debug",
  [RpcLog_Level.Information]: "Information",
  [RpcLog_Level.Warning]: "Warning",
  [RpcLog_Level.Error]: "Error",
  [RpcLog_Level.Critical]: "Critical",
  [RpcLog_Level.None]: "None",
};

const SOURCES: Readonly<Record<number, "user" | "system" | "metric">> = {
  [RpcLog_RpcLogCategory.User]: "user",
  [RpcLog_RpcLogCategory.System]: "system",
  [RpcLog_RpcLogCategory.CustomMetric]: "metric",
};

export function logEventOf(workerId: string, log: RpcLog): HostEvent {
  return {
    kind: "worker-log",
    workerId,
    invocationId: log.invocationId,
    category: log.category,
    source: SOURCES[log.logCategory] ?? "user",
    level: LEVELS[log.level] ?? "Information",
    message: log.message,
    exception: formatException(log.exception),
  };
}
