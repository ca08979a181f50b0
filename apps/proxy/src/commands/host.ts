/** `inspector host APP` */
import { readFileSync } from "node:fs";
import { createServer } from "node:net";
import { InspectorError, reasonOf } from "@inspector/contract/inspector-error";
import { type HostEvent, parseJsonFile } from "@inspector/host";
import { type Address, parseAddress } from "../address.ts";
import { complain, print, say } from "../output.ts";
import { startHostedApp } from "./hosted-app.ts";
import { parseOptions, RECORDING_OPTIONS, recordingValues } from "./options.ts";
import { listenForStop, untilStopped } from "./until-stopped.ts";

const FREE_PORT = { host: "127.0.0.1", port: 0 };
/** Where the Functions host serves, and people look for it. */
const USUAL_HTTP = { host: "127.0.0.1", port: 7071 };

export async function host(args: readonly string[]): Promise<number> {
  const isSetting = (arg: string): boolean => /^(?:\/|--)?languageWorkers:/iu.test(arg);
  const options = {
    ...RECORDING_OPTIONS,
    worker: { type: "string" },
    http: { type: "string" },
    config: { type: "string" },
    processes: { type: "string" },
    "no-watch": { type: "boolean" },
  } as const;
  const { values, positionals } = parseOptions(
    "host",
    args.filter((arg) => !isSetting(arg)),
    options,
    1,
  );
  const [app] = positionals;
  if (app === undefined) {
    throw new InspectorError("missing-app", "Which app? Its folder is missing", {
      hint: "For example: inspector host ./my-app",
    });
  }
  const common = recordingValues(values, FREE_PORT);
  // It may be a pipe of a shell: until that has ended, signals end the command.
  const json = values.config === undefined ? undefined : readConfig(values.config);
  const stop = listenForStop();
  const write = common.isJson ? complain : print;
  const running = await startHostedApp({
    signal: stop.signal,
    ...common,
    app,
    worker: values.worker,
    http: values.http === undefined ? await usualOrFree() : parseAddress(values.http, "--http", USUAL_HTTP),
    isWatching: values["no-watch"] !== true,
    processCount: values.processes === undefined ? undefined : parseCount(values.processes),
    configuration: {
      arguments: args.filter(isSetting),
      environment: process.env,
      ...(json !== undefined && { json }),
    },
    onEvent: (event) => {
      const line = describe(event);
      if (line !== undefined) {
        write(`${line}\n`);
      }
    },
  });
  return await untilStopped(stop, running.close, say);
}

/** The usual port, unless another program has it. */
function usualOrFree(): Promise<Address> {
  return new Promise((resolve) => {
    const probe = createServer();
    probe.once("error", () => resolve(FREE_PORT));
    probe.listen(USUAL_HTTP, () => probe.close(() => resolve(USUAL_HTTP)));
  });
}

function parseCount(text: string): number {
  const count = Number(text);
  if (Number.isInteger(count) && count >= 1 && count <= 10) {
    return count;
  }
  throw new InspectorError("bad-count", `--processes ${text} is no number from 1 to 10`, {
    hint: "For example: --processes 2",
  });
}

function readConfig(file: string): unknown {
  try {
    return parseJsonFile(file, readFileSync(file));
  } catch (cause) {
    throw new InspectorError("bad-config", `--config cannot be used: ${reasonOf(cause)}`, {
      hint: 'It is JSON such as {"languageWorkers": {"node": {"arguments": "--inspect"}}}.',
      cause,
    });
  }
}

type EventOf<Kind extends HostEvent["kind"]> = Extract<HostEvent, { readonly kind: Kind }>;

/** One line of the host's log, or nothing for what only the page shows. */
function describe(event: HostEvent): string | undefined {
  switch (event.kind) {
    case "ready":
      return event.functionCount === 0
        ? "Host ready, but without functions: there is nothing to call"
        : `Host ready: ${event.functionCount} function${event.functionCount === 1 ? "" : "s"}`;
    case "functions-indexed":
      return describeIndex(event);
    case "worker-spawned":
      return `Worker started: pid ${event.pid}`;
    case "worker-exited":
      // Of one that could not be started "worker-failed" says why.
      return event.failure !== undefined
        ? undefined
        : `Worker ${event.pid ?? ""} exited: ${event.signal ?? `code ${event.code}`}`;
    case "worker-output":
      return event.isSystemLog ? undefined : `  [${event.stream}] ${event.text}`;
    case "worker-failed":
    case "metadata-failed":
      return `Error: ${event.reason}`;
    case "function-loaded":
      return event.isLoaded ? undefined : `Error: ${event.functionName} was not loaded: ${event.reason ?? ""}`;
    case "invocation-finished":
      return `${event.functionName}: ${event.status} in ${event.duration.toFixed(0)} ms${event.reason === undefined ? "" : ` (${event.reason.split("\n")[0]})`}`;
    case "timed-out":
      return event.step === "invocation"
        ? `Error: ${event.functionName ?? "a function"} ran longer than functionTimeout (${event.limit / 1000} s), so its worker is ended`
        : `Error: no ${event.step} within ${event.limit / 1000} s`;
    case "restarting":
      return `Restarting (${event.cause}${event.path === undefined ? "" : `: ${event.path}`})`;
    case "gave-up":
      return `Error: ${event.message}`;
    case "log":
      return event.message;
    case "worker-log":
      return event.source === "user" ? `  [${event.level}] ${event.message}` : undefined;
    default:
      return undefined;
  }
}

/** The functions with their triggers, and those that cannot be used with the reason. */
function describeIndex({ functions, rejected, source, language }: EventOf<"functions-indexed">): string {
  const lines = [
    ...functions.map(({ name, trigger }) => `  ${name}  (${trigger.type})`),
    ...rejected.map(({ name, reason }) => `Error: ${name} is left out: ${reason}`),
  ];
  if (lines.length > 0) {
    return lines.join("\n");
  }
  return source === "worker"
    ? `Warning: the ${language} worker listed no functions. Look at what it printed while it loaded the app`
    : `Warning: the ${language} worker found no functions, and no folder of the app has a function.json`;
}
