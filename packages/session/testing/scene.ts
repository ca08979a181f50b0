/**
 * Sessions as text tables, one message or event a line:
 *
 * ```
 * at      from    message               ids
 * 0 ms    worker  start_stream          worker=w1
 * 2 ms    host    worker_init_request
 * 9 ms    worker  worker_init_response  status=Failure exception="no module named app"
 * 12 ms   event   process-exited        workerId=w1 code=1
 * 12 ms   worker  lost
 * ```
 *
 * `cut=7` leaves the last 7 bytes of a message out, as a stream that ends in the middle of it does; `bytes hex=220c…` is a message as it
 * stands. The line with the column names is left out of the session. A stream begins with its first line; `stream=2` puts a line on
 * another one than the first; `agent=…` and `encoding=…` of its first line are the worker's user-agent and the host's grpc-encoding.
 * "end", "reset" and "lost" end a stream, `grpc=14 says="…"` being its status. Values that
 * are JSON are taken as such; `json={…}` is merged into the message's content.
 */

import type { EndInfo, Nanos } from "@inspector/contract/page";
import { FLAG_COMPRESSED, FLAG_TRUNCATED } from "@inspector/filter/message-flags";
import { contentKinds, encodeMessage, messageFromJson } from "@inspector/proto";
import { type Database, inTransaction } from "../src/database.ts";
import { createSessionBuilder, type SessionBuilder } from "./session-builder.ts";

type Values = Readonly<Record<string, unknown>>;

type Line = { readonly at: Nanos; readonly from: string; readonly what: string; readonly values: Values };

const UNITS: Readonly<Record<string, number>> = { ms: 1e6, s: 1e9, min: 60e9, h: 3600e9 };

/** @param database an empty one */
export function writeScene(database: Database, table: string): void {
  const builder = createSessionBuilder(database);
  const streams = new Map<string, number>();
  inTransaction(database, () => {
    for (const line of parseScene(table)) {
      writeLine(builder, streams, line);
    }
  });
  builder.commit();
}

export function parseScene(table: string): Line[] {
  return table.split("\n").flatMap((text) => {
    const line = /^\s*([\d.]+) (ms|s|min|h)\s+(\w+)\s+(\S+)\s*(.*)$/u.exec(text);
    if (line === null) {
      if (text.trim() === "" || /^\s*at\s/u.test(text)) {
        return [];
      }
      throw new SyntaxError(`Not a line of a scene: ${text}`);
    }
    const [, number, unit = "", from = "", what = "", rest = ""] = line;
    return [{ at: Math.round(Number(number) * (UNITS[unit] ?? 1)), from, what, values: parseValues(rest) }];
  });
}

function parseValues(text: string): Values {
  const values: Record<string, unknown> = {};
  for (const [, key = "", value = ""] of text.matchAll(/(\w+)=("(?:[^"\\]|\\.)*"|[{[].*[}\]](?=\s|$)|\S+)/gu)) {
    values[key] = parseValue(value);
  }
  return values;
}

function parseValue(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

function writeLine(builder: SessionBuilder, streams: Map<string, number>, { at, from, what, values }: Line): void {
  if (from === "event") {
    return builder.event(at, what, values);
  }
  const name = String(values["stream"] ?? 1);
  let stream = streams.get(name);
  if (stream === undefined) {
    const { agent, encoding } = values;
    stream = builder.stream(at, {
      ...(typeof agent === "string" && { userAgent: agent }),
      ...(typeof encoding === "string" && { encoding }),
    });
    streams.set(name, stream);
  }
  if (what === "opens") {
    return;
  }
  if (what === "end" || what === "reset" || what === "lost") {
    return builder.endStream(at, stream, endOf(from, what, values));
  }
  if (from !== "host" && from !== "worker") {
    throw new SyntaxError(`Neither host nor worker: ${from}`);
  }
  const flags = (values["compressed"] ? FLAG_COMPRESSED : 0) | (values["truncated"] ? FLAG_TRUNCATED : 0);
  const bytes = encodeLine(what, values);
  const cut = typeof values["cut"] === "number" ? values["cut"] : 0;
  builder.message(at, stream, from, cut === 0 ? bytes : bytes.subarray(0, bytes.length - cut), {
    flags: cut === 0 ? flags : FLAG_TRUNCATED,
    announced: bytes.length,
  });
}

function endOf(from: string, how: EndInfo["how"], { grpc, says, code }: Values): EndInfo {
  return {
    by: from === "host" || from === "worker" ? from : "relay",
    how,
    ...(typeof grpc === "number" && { grpcStatus: grpc }),
    ...(typeof says === "string" && { grpcMessage: says }),
    ...((typeof code === "number" || typeof code === "string") && { code }),
  };
}

function encodeLine(kind: string, values: Values): Uint8Array {
  if (kind === "garbage") {
    return new Uint8Array([0xff, 0xff, 0xff]);
  }
  if (kind === "bytes") {
    return Uint8Array.from(Buffer.from(String(values["hex"] ?? ""), "hex"));
  }
  const isEmpty = kind === "empty";
  if (!isEmpty && !contentKinds.some(({ name }) => name === kind)) {
    throw new SyntaxError(`No kind of message: ${kind}`);
  }
  const parsed = messageFromJson({
    ...(values["request"] !== undefined && { requestId: String(values["request"]) }),
    ...(!isEmpty && { [camelCase(kind)]: withoutGaps({ ...contentOf(kind, values), ...objectOf(values["json"]) }) }),
  });
  if (!parsed.ok) {
    throw new SyntaxError(`${kind} ${parsed.path}: ${parsed.reason}`);
  }
  return encodeMessage(parsed.message);
}

/** The parts of a message that scenes are about, by short names. */
function contentOf(kind: string, values: Values): Values {
  const { worker, id, function: name, text, level, category, capabilities, runtime, trace } = values;
  const functionId = name === undefined ? {} : { functionId: name };
  switch (kind) {
    case "start_stream":
      return { workerId: worker };
    case "worker_init_response":
      return {
        ...resultOf(values),
        capabilities: objectOf(capabilities),
        ...(runtime !== undefined && { workerMetadata: { runtimeName: runtime } }),
      };
    case "function_environment_reload_response":
      return { ...resultOf(values), capabilities: objectOf(capabilities) };
    case "function_load_request":
      return { ...functionId, metadata: { name } };
    case "invocation_request":
      return { invocationId: id, ...functionId, ...(trace !== "none" && { traceContext: {} }) };
    case "invocation_cancel":
      return { invocationId: id };
    case "rpc_log":
      return {
        ...(id !== undefined && { invocationId: id }),
        message: text ?? "",
        level: level ?? "Information",
        logCategory: category ?? "User",
      };
    case "invocation_response":
      return { invocationId: id, ...resultOf(values) };
    case "function_load_response":
      return { ...functionId, ...resultOf(values) };
    case "function_metadata_response":
    case "worker_warmup_response":
      return resultOf(values);
    default:
      return {};
  }
}

function withoutGaps(values: Values): Values {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined));
}

/** Success unless a line says otherwise; "none" leaves the result out. */
function resultOf({ status = "Success", exception, stack }: Values): Values {
  if (status === "none") {
    return {};
  }
  const told = { message: exception ?? "", stackTrace: stack ?? "" };
  return { result: { status, ...((exception ?? stack) !== undefined && { exception: told }) } };
}

function objectOf(value: unknown): Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? { ...value } : {};
}

function camelCase(name: string): string {
  return name.replace(/_([a-z])/gu, (_, letter: string) => letter.toUpperCase());
}
