import type { FunctionInfo, RejectedFunction } from "./functions.ts";
import type { StepLimits } from "./limits.ts";
import type { WorkerEnd } from "./restart-policy.ts";

export type Address = { readonly host: string; readonly port: number };

export type LogLevel = "Trace" | "Debug" | "Information" | "Warning" | "Error" | "Critical" | "None";

export type InvocationStatus = "Success" | "Failure" | "Cancelled";

/** What the host waited for in vain. */
export type TimedOutStep = "start-stream" | "init" | "metadata" | "load" | "invocation" | "terminate";

/** All that happens in a host. Durations and limits are in milliseconds. */
export type HostEvent =
  | { readonly kind: "listening"; readonly grpc: Address; readonly http: Address }
  | {
      readonly kind: "worker-spawned";
      readonly workerId: string;
      readonly pid: number;
      /** The executable, then its arguments. */
      readonly argv: readonly string[];
      readonly cwd: string;
      /** All of it, secrets included. */
      readonly environment: Readonly<Record<string, string | undefined>>;
      /** How long the host waits for it. */
      readonly limits: StepLimits;
      /** Processes of the app that run side by side. */
      readonly processCount: number;
    }
  | {
      readonly kind: "worker-output";
      readonly workerId: string;
      readonly stream: "stdout" | "stderr";
      /** One line without its end; without the prefix where `isSystemLog`. */
      readonly text: string;
      /** The worker marked the line as meant for the host (`LanguageWorkerConsoleLog`). */
      readonly isSystemLog: boolean;
    }
  | {
      readonly kind: "worker-exited";
      readonly workerId: string;
      readonly pid: number | undefined;
      readonly code: number | undefined;
      readonly signal: string | undefined;
      /** What the host ended it for, or asked it to end for. */
      readonly endedByHost?: WorkerEnd["endedByHost"];
      /** It could not be started: why. */
      readonly failure?: string;
    }
  | {
      /** The worker has answered the init request; its functions are not loaded yet. */
      readonly kind: "worker-initialized";
      readonly workerId: string;
      readonly capabilities: Readonly<Record<string, string>>;
      readonly runtime: { readonly name: string; readonly version: string; readonly workerVersion: string } | undefined;
    }
  | { readonly kind: "worker-ready"; readonly workerId: string }
  | { readonly kind: "worker-failed"; readonly workerId: string; readonly reason: string }
  | { readonly kind: "worker-status"; readonly workerId: string; readonly latency: number }
  | {
      readonly kind: "worker-log";
      readonly workerId: string;
      readonly invocationId: string;
      readonly category: string;
      readonly source: "user" | "system" | "metric";
      readonly level: LogLevel;
      readonly message: string;
      /** Message and stack of an exception that came with the log; "" for none. */
      readonly exception: string;
    }
  | {
      readonly kind: "functions-indexed";
      /** Who lists the functions: the worker, or the folders of the app. */
      readonly source: "worker" | "function.json";
      readonly language: string;
      readonly functions: readonly FunctionInfo[];
      readonly rejected: readonly RejectedFunction[];
    }
  | {
      readonly kind: "function-loaded";
      readonly workerId: string;
      readonly functionName: string;
      readonly isLoaded: boolean;
      /** Why it could not be loaded. */
      readonly reason?: string;
    }
  | {
      readonly kind: "invocation-started";
      readonly invocationId: string;
      readonly functionName: string;
      readonly workerId: string;
      readonly cause: string;
    }
  | {
      readonly kind: "invocation-finished";
      readonly invocationId: string;
      readonly functionName: string;
      readonly workerId: string;
      readonly status: InvocationStatus;
      readonly duration: number;
      /** What a failed one failed with. */
      readonly reason?: string;
    }
  | {
      readonly kind: "timed-out";
      readonly step: TimedOutStep;
      readonly workerId: string;
      readonly limit: number;
      readonly functionName?: string;
      readonly invocationId?: string;
    }
  | {
      readonly kind: "restarting";
      readonly cause: "worker-exit" | "file-change";
      readonly delay: number;
      readonly path?: string;
    }
  | { readonly kind: "gave-up"; readonly message: string }
  /** All functions that can be loaded are loaded, timers run. */
  | { readonly kind: "ready"; readonly functionCount: number }
  /** Functions could not be listed; the worker goes on living. */
  | { readonly kind: "metadata-failed"; readonly reason: string }
  | { readonly kind: "log"; readonly level: LogLevel; readonly message: string };

export type EventSink = (event: HostEvent) => void;
