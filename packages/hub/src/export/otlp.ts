/**
 * Invocations as spans and their logs as log records, in OTLP/JSON: one ExportTraceServiceRequest or ExportLogsServiceRequest a line, as
 * the Collector's file receiver takes them. Names are those of OpenTelemetry's conventions for FaaS and exceptions.
 */

import { createHash } from "node:crypto";
import { setImmediate as letSignalsIn } from "node:timers/promises";
import type { InvocationRow, Seq } from "@inspector/contract/page";
import { visibleJson } from "@inspector/contract/visible-text";
import { isServerErrorOf } from "@inspector/filter/http-status";
import type { RpcException, StreamingMessage } from "@inspector/proto";
import { type ExportSource, invocationPages } from "./export-source.ts";
import type { Sink } from "./sink.ts";

type Attribute = { readonly key: string; readonly value: Readonly<Record<string, unknown>> };
type Trace = { readonly traceId: string; readonly spanId: string; readonly parentSpanId?: string };

const KIND_SERVER = 2;
const STATUS_OK = 1;
const STATUS_ERROR = 2;
/** Trace, Debug, Information, Warning, Error, Critical; None is no level of a record. */
const SEVERITIES = [1, 5, 9, 13, 17, 21];
const LEVELS = ["Trace", "Debug", "Information", "Warning", "Error", "Critical"];

/** What OTLP knows as one request: it goes to `/v1/traces` or `/v1/logs` of an endpoint. */
export type OtlpRequest = {
  readonly signal: "traces" | "logs";
  /** OTLP/JSON. */
  readonly body: string;
  /** Spans or log records in it. */
  readonly records: number;
};

/** Log records in one request: a receiver takes some megabytes. */
const MAX_RECORDS = 500;

/** @returns how many spans */
export async function writeOtlp(output: Sink, source: ExportSource): Promise<number> {
  let count = 0;
  const begun = new Set<number>();
  for (const rows of invocationPages(source)) {
    for (const { signal, body, records } of otlpRequests(source, rows, begun)) {
      await output.write(`${body}\n`);
      count += signal === "traces" ? records : 0;
    }
    await letSignalsIn();
  }
  return count;
}

/**
 * Requests that tell of some invocations.
 * @param begun streams of which an invocation was told before: the first of each is a cold start. It grows
 */
export function* otlpRequests(
  source: ExportSource,
  rows: readonly InvocationRow[],
  begun: Set<number>,
): Generator<OtlpRequest> {
  const scope = { name: "inspector", version: source.by };
  const groups = new Map<string, { resource: unknown; spans: unknown[]; logs: unknown[] }>();
  for (const row of rows) {
    const key = `${row.stream} ${row.functionName ?? ""}`;
    const group = groups.get(key) ?? { resource: resourceOf(source, row), spans: [], logs: [] };
    groups.set(key, group);
    const { span, logs } = describe(source, row, !begun.has(row.stream));
    begun.add(row.stream);
    group.spans.push(span);
    group.logs.push(...logs);
  }
  const spans = [...groups.values()].map(({ resource, spans }) => ({ resource, scopeSpans: [{ scope, spans }] }));
  if (spans.length > 0) {
    yield { signal: "traces", body: jsonLine({ resourceSpans: spans }), records: rows.length };
  }
  for (const { resource, logs } of groups.values()) {
    for (let at = 0; at < logs.length; at += MAX_RECORDS) {
      const logRecords = logs.slice(at, at + MAX_RECORDS);
      const body = jsonLine({ resourceLogs: [{ resource, scopeLogs: [{ scope, logRecords }] }] });
      yield { signal: "logs", body, records: logRecords.length };
    }
  }
}

function jsonLine(request: unknown): string {
  return visibleJson(JSON.stringify(request));
}

function resourceOf(source: ExportSource, row: InvocationRow): unknown {
  const stream = source.queries.stream(row.stream);
  const attributes = [
    text("service.name", `azure-functions-${stream?.runtime ?? "worker"}`),
    text("cloud.provider", "azure"),
    text("cloud.platform", "azure.functions"),
    text("faas.name", row.functionName),
    text("faas.instance", stream?.workerId),
    text("process.runtime.name", stream?.runtime),
    text("process.runtime.version", stream?.runtimeVersion),
  ].flatMap((attribute) => attribute ?? []);
  return { attributes };
}

function describe(source: ExportSource, row: InvocationRow, isFirst: boolean): { span: unknown; logs: unknown[] } {
  const detail = source.invocations.detail(row.id);
  const request = source.decoded(detail?.request);
  const response = source.decoded(detail?.response);
  const trace = traceOf(row, request);
  const began = row.startedAt ?? row.answeredAt ?? 0;
  const failure =
    response?.content.case === "invocationResponse" ? response.content.value.result?.exception : undefined;
  const span = {
    ...trace,
    name: row.functionName ?? row.functionId ?? "invocation",
    kind: KIND_SERVER,
    startTimeUnixNano: String(source.unixNanos(began)),
    endTimeUnixNano: String(source.unixNanos(row.answeredAt ?? source.queries.stream(row.stream)?.endedAt ?? began)),
    attributes: [
      text("faas.trigger", triggerOf(row.trigger)),
      text("faas.invocation_id", row.invocationId),
      { key: "faas.coldstart", value: { boolValue: isFirst } },
      text("fnrpc.invocation.state", row.state),
      number("fnrpc.request.size", row.requestSize),
      number("fnrpc.response.size", row.responseSize),
      text("error.type", row.state === "failed" ? failure?.type || "error" : serverErrorOf(row)),
      number("http.response.status_code", row.httpStatus),
    ].flatMap((attribute) => attribute ?? []),
    events: failure === undefined ? [] : [exceptionEvent(source, row, failure)],
    status: statusOf(row),
  };
  const logs = (detail?.logs ?? []).flatMap((seq) => logOf(source, seq, trace) ?? []);
  return { span, logs };
}

/** As OpenTelemetry has it for the spans of servers: 5xx is an error, and its type is the status. */
function serverErrorOf(row: InvocationRow): string | undefined {
  return isServerErrorOf(row) ? String(row.httpStatus) : undefined;
}

function statusOf(row: InvocationRow): unknown {
  const { state, result } = row;
  if (state === "success") {
    return serverErrorOf(row) === undefined ? { code: STATUS_OK } : { code: STATUS_ERROR };
  }
  return state === "failed" || state === "lost" ? { code: STATUS_ERROR, message: result ?? state } : {};
}

/** The caller's trace where the host passed one on, else one of the invocation's own. */
function traceOf(row: InvocationRow, request: StreamingMessage | undefined): Trace {
  const own = createHash("sha256").update(`${row.stream} ${row.invocationId} ${row.attempt}`).digest("hex");
  const context = request?.content.case === "invocationRequest" ? request.content.value.traceContext : undefined;
  const parent = /^[0-9a-f]{2}-([0-9a-f]{32})-([0-9a-f]{16})-/u.exec(context?.traceParent ?? "");
  const [, traceId = "", parentSpanId = ""] = parent ?? [];
  const spanId = own.slice(32, 48);
  return parent === null ? { traceId: own.slice(0, 32), spanId } : { traceId, spanId, parentSpanId };
}

const TRIGGERS: Readonly<Record<string, string>> = {
  http: "http",
  timer: "timer",
  queue: "pubsub",
  servicebus: "pubsub",
  eventhub: "pubsub",
  eventgrid: "pubsub",
  kafka: "pubsub",
  rabbitmq: "pubsub",
  blob: "datasource",
  cosmosdb: "datasource",
  sql: "datasource",
};

function triggerOf(trigger: string | undefined): string {
  const known = trigger?.toLowerCase() ?? "";
  return (Object.hasOwn(TRIGGERS, known) ? TRIGGERS[known] : undefined) ?? "other";
}

function logOf(source: ExportSource, seq: Seq, { traceId, spanId }: Trace): unknown {
  const row = source.queries.message(seq);
  const message = source.decoded(seq);
  if (row === undefined || message?.content.case !== "rpcLog") {
    return undefined;
  }
  const { level, message: body, category, exception } = message.content.value;
  const severityNumber = SEVERITIES[level];
  if (severityNumber === undefined) {
    return undefined;
  }
  return {
    timeUnixNano: String(source.unixNanos(row.at)),
    severityNumber,
    severityText: LEVELS[level],
    body: { stringValue: body },
    attributes: [text("fnrpc.log.category", category), ...exceptionAttributes(exception)].flatMap((it) => it ?? []),
    traceId,
    spanId,
  };
}

function exceptionEvent(source: ExportSource, row: InvocationRow, exception: RpcException): unknown {
  return {
    name: "exception",
    timeUnixNano: String(source.unixNanos(row.answeredAt ?? 0)),
    attributes: exceptionAttributes(exception).flatMap((attribute) => attribute ?? []),
  };
}

function exceptionAttributes(exception: RpcException | undefined): (Attribute | undefined)[] {
  return [
    text("exception.type", exception?.type),
    text("exception.message", exception?.message),
    text("exception.stacktrace", exception?.stackTrace),
  ];
}

function text(key: string, value: string | undefined): Attribute | undefined {
  return value === undefined || value === "" ? undefined : { key, value: { stringValue: value } };
}

function number(key: string, value: number | undefined): Attribute | undefined {
  return value === undefined ? undefined : { key, value: { intValue: String(value) } };
}

/** Reads a line of {@link writeOtlp} as the request that it is. */
export function readOtlpLine(line: string): OtlpRequest {
  const { resourceSpans = [], resourceLogs = [] } = JSON.parse(line) as {
    readonly resourceSpans?: readonly { readonly scopeSpans: readonly { readonly spans: readonly unknown[] }[] }[];
    readonly resourceLogs?: readonly { readonly scopeLogs: readonly { readonly logRecords: readonly unknown[] }[] }[];
  };
  const spans = resourceSpans.flatMap(({ scopeSpans }) => scopeSpans.flatMap((scope) => scope.spans)).length;
  const logs = resourceLogs.flatMap(({ scopeLogs }) => scopeLogs.flatMap((scope) => scope.logRecords)).length;
  return { signal: spans > 0 ? "traces" : "logs", body: line.trimEnd(), records: spans + logs };
}
