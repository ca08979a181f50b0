/** Reads what a shim says. Another program may have found the socket, so nothing of it is taken for granted. */
import type { FromShim, HandlerPlace, OutputStream } from "./gate-lines.ts";

/** @returns undefined where a shim says no such thing */
export function parseFromShim(value: unknown): FromShim | undefined {
  if (typeof value !== "object" || value === null) {
    return undefined;
  }
  const said = value as Readonly<Record<string, unknown>>;
  switch (said["type"]) {
    case "hello":
      return parseHello(said);
    case "started": {
      const { pid, argv } = said;
      return isPid(pid) && isStrings(argv) ? { type: "started", pid, argv } : undefined;
    }
    case "output": {
      const { stream, bytes } = said;
      return isStream(stream) && typeof bytes === "string" ? { type: "output", stream, bytes } : undefined;
    }
    case "left-out": {
      const { stream, bytes } = said;
      return isStream(stream) && typeof bytes === "number" ? { type: "left-out", stream, bytes } : undefined;
    }
    case "exited": {
      const { code, signal, failure } = said;
      return {
        type: "exited",
        code: typeof code === "number" ? code : null,
        signal: typeof signal === "string" ? signal : null,
        ...(typeof failure === "string" && { failure }),
      };
    }
    default:
      return undefined;
  }
}

function parseHello(said: Readonly<Record<string, unknown>>): FromShim | undefined {
  const { language, args, cwd, pid, parent, network, variables } = said;
  const handler = parseHandler(said["handler"]);
  if (typeof language !== "string" || typeof cwd !== "string" || !isStrings(args) || !isPid(pid) || !isPid(parent)) {
    return undefined;
  }
  const pairs = typeof variables === "object" && variables !== null ? Object.entries(variables) : [];
  return {
    type: "hello",
    language,
    args,
    cwd,
    pid,
    parent,
    ...(typeof network === "string" && { network }),
    ...(handler !== undefined && { handler }),
    variables: Object.fromEntries(pairs.flatMap(([name, one]) => (typeof one === "string" ? [[name, one]] : []))),
  };
}

function parseHandler(value: unknown): HandlerPlace | undefined {
  if (typeof value !== "object" || value === null) {
    return undefined;
  }
  const { port, workerId, appRoot } = value as Readonly<Record<string, unknown>>;
  const isPort = typeof port === "number" && Number.isSafeInteger(port) && port > 0 && port < 65_536;
  return isPort && typeof workerId === "string" && typeof appRoot === "string"
    ? { port, workerId, appRoot }
    : undefined;
}

function isPid(value: unknown): value is number {
  return typeof value === "number" && Number.isSafeInteger(value) && value > 0;
}

function isStrings(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((one) => typeof one === "string");
}

function isStream(value: unknown): value is OutputStream {
  return value === "stdout" || value === "stderr";
}
