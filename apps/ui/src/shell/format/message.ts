import type { Intervention } from "@inspector/contract/intervention";
import type { LogLevel, MessageRow, Side, StreamInfo } from "@inspector/contract/page";
import type { StreamLife } from "../data/growth.ts";

/** How a thing stands, by colour and by glyph (see StatusMark). */
export type Tone = "good" | "bad" | "warn" | "info" | "busy" | "mute" | "held";

export type RowStatus = { readonly tone: Tone; readonly label: string };

/** "host → worker": the arrow for the eye, both names for everyone. */
export function directionOf(from: Side): { readonly from: Side; readonly to: Side } {
  return from === "host" ? { from: "host", to: "worker" } : { from: "worker", to: "host" };
}

/** The content's name as it is in the contract, and plain words where there is none. */
export function formatKind(kind: string): string {
  if (kind === "") {
    return "empty envelope";
  }
  if (kind.startsWith("#")) {
    return `unknown field ${kind.slice(1)}`;
  }
  return kind;
}

const LEVELS: Readonly<Record<LogLevel, RowStatus>> = {
  Trace: { tone: "mute", label: "Trace" },
  Debug: { tone: "mute", label: "Debug" },
  Information: { tone: "info", label: "Info" },
  Warning: { tone: "warn", label: "Warning" },
  Error: { tone: "bad", label: "Error" },
  Critical: { tone: "bad", label: "Critical" },
  None: { tone: "mute", label: "None" },
};

/** What the status column says: what is wrong with the recording first, then the result, then the log's level. */
export function statusOf(row: MessageRow): RowStatus | undefined {
  if (row.isTruncated) {
    return { tone: "warn", label: "cut off" };
  }
  if (row.kind === "undecodable") {
    return { tone: "bad", label: "not decodable" };
  }
  if (row.status === "Success") {
    return { tone: "good", label: "Success" };
  }
  if (row.status === "Failure") {
    return { tone: "bad", label: "Failure" };
  }
  if (row.status === "Cancelled") {
    return { tone: "warn", label: "Cancelled" };
  }
  return row.level === undefined ? undefined : statusOfLevel(row.level);
}

export function statusOfLevel(level: LogLevel): RowStatus {
  return LEVELS[level];
}

const INTERVENTIONS: Readonly<Record<Intervention, string>> = {
  injected: "The inspector sent it in the place of its sender",
  swallowed: "The answer to a replay: it was kept from the host",
  replaced: "It went on as somebody edited it",
  held: "The inspector held it for a while",
  dropped: "It was held and never went on",
};

/** What it means that the inspector had its hand in a message. */
export function describeIntervention(intervention: Intervention): string {
  return INTERVENTIONS[intervention];
}

/** What a message belongs to: its function where it has one, else the worker. */
export function subjectOf(row: MessageRow, stream: StreamLife | undefined): { name: string; isFunction: boolean } {
  const name = row.functionName ?? row.functionId;
  if (name !== undefined) {
    return { name, isFunction: true };
  }
  return { name: stream === undefined ? `stream ${row.stream}` : workerName(stream), isFunction: false };
}

/** "node", or what else is known of a worker before it said what it is. */
export function workerName(stream: Pick<StreamInfo, "id" | "path" | "runtime" | "workerId">): string {
  if (stream.runtime !== undefined) {
    return stream.runtime;
  }
  if (stream.workerId !== undefined) {
    return `worker ${stream.workerId.slice(0, 8)}`;
  }
  return stream.path.endsWith("/EventStream") ? `worker ${stream.id}` : stream.path.slice(1);
}
