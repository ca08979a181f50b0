import { ownValue } from "@inspector/contract/own-value";
import { SECOND } from "@inspector/session/limits";
import { isBusy } from "../exits.ts";
import type { ProblemSession } from "../problem-session.ts";
import type { Description, Finding, Rule, Severity } from "../rule.ts";
import { evidenceOf, formatBytes, nameOfKind } from "../words.ts";
import type { WorkerStream } from "../worker-stream.ts";
import { damageBeforeEnd, describeDamage } from "./damage.ts";
import { isRefused } from "./unknown-worker-id.ts";

/** How a stream ended that nobody had announced; undefined for one that is open, or whose end is in order. */
export function unexpectedEnd(
  session: ProblemSession,
  stream: WorkerStream,
): "clean" | "status" | "reset" | "lost" | "finished" | undefined {
  const { id, end, endedAt } = stream;
  if (end === undefined || endedAt === undefined || session.terminatedAt(id) !== undefined) {
    return undefined;
  }
  if (session.endedWithRelay(stream) || isRefused(session, stream)) {
    return undefined;
  }
  if (end.how !== "end") {
    return end.how;
  }
  if (end.by !== "host") {
    return end.by === "worker" ? "finished" : undefined;
  }
  return (end.grpcStatus ?? 0) === 0 ? "clean" : "status";
}

function ended(session: ProblemSession, how: ReturnType<typeof unexpectedEnd>): WorkerStream[] {
  return session.streams.filter((stream) => unexpectedEnd(session, stream) === how);
}

/** Another stream of the same worker that was open when this one ended. */
export function otherStreamOf(
  session: ProblemSession,
  { id, workerId = "", endedAt = session.now }: WorkerStream,
): WorkerStream | undefined {
  return session.streams.find(
    (other) =>
      other.id !== id &&
      workerId !== "" &&
      other.workerId === workerId &&
      other.openedAt < endedAt &&
      (other.endedAt ?? Number.POSITIVE_INFINITY) > endedAt,
  );
}

/** How bad the end of a stream is, by what it took along. */
function severityOf(session: ProblemSession, stream: WorkerStream): Severity {
  if (otherStreamOf(session, stream) !== undefined) {
    return "info";
  }
  return isBusy(session, stream) ? "error" : "warning";
}

function findingOf(session: ProblemSession, stream: WorkerStream, description: Omit<Description, "evidence">): Finding {
  const { id, openedAt, endedAt = session.now } = stream;
  const unanswered = session.unanswered(stream)[0]?.first;
  const other = otherStreamOf(session, stream);
  return {
    subject: `stream ${id}`,
    at: endedAt,
    stream: id,
    ...(other !== undefined && { severity: "info" as const }),
    isUncertain: session.hasGap(openedAt, endedAt),
    describe: () => ({
      ...description,
      ...(other !== undefined && {
        consequence: `The worker has another stream to the host (${other.id}) and speaks on over it.`,
      }),
      evidence: evidenceOf(
        ["start_stream", session.firstMessages.get(id)?.seq],
        ["cut off", session.cutMessage(stream)?.seq],
        ["still in flight", unanswered],
      ),
    }),
  };
}

/** What a worker does when its stream ends, by its runtime. */
const AFTER_ERROR: Readonly<Record<string, string>> = {
  node: "The Node.js worker exits with code 1, and the host starts another one.",
  java: "The Java worker exits with an error, and the host starts another one.",
  powershell: "The PowerShell worker exits with an error, and the host starts another one.",
};
const LIVES_ON =
  "The process lives on and never connects again, so the host takes the worker for alive and waits for its answers.";

function afterError(stream: WorkerStream): string {
  const { runtime = "" } = stream;
  if (runtime === "dotnet" || runtime === "python") {
    return LIVES_ON;
  }
  return (
    ownValue(AFTER_ERROR, runtime) ??
    "A worker that exits with an error is started again; one that lives on is never noticed by the host."
  );
}

/** Status OK from the host's side, to a worker that nobody asked to stop. */
export const cleanEnd: Rule = {
  id: "clean-end",
  severity: "error",
  review: (session) =>
    ended(session, "clean").map((stream) =>
      findingOf(session, stream, {
        title: "The call was ended with OK while the worker was alive",
        consequence:
          stream.runtime === "dotnet" || stream.runtime === "python"
            ? LIVES_ON
            : "The worker takes it for the end of its work and exits with code 0, so the host does not start another one: its functions are gone.",
        advice:
          "Find what stands for the host here. Where it fails, it must end the call with an error status, so that the worker exits with an error and is started again.",
      }),
    ),
};

/** A worker that ended its call although nobody had asked it to stop. */
export const workerEnd: Rule = {
  id: "worker-end",
  severity: "warning",
  review: (session) =>
    ended(session, "finished").map((stream) => ({
      ...findingOf(session, stream, {
        title: "The worker ended its call although nobody had asked it to stop",
        consequence:
          "The host completes the call and learns nothing else from it: to it the worker is there until its process exits.",
        advice: "Look at what made the worker stop: a signal, an end of its main function, a call of its shutdown.",
      }),
      severity: severityOf(session, stream),
    })),
};

export const errorEnd: Rule = {
  id: "error-end",
  severity: "error",
  review: (session) =>
    ended(session, "status").map((stream) =>
      findingOf(session, stream, {
        title: `The host ended the call with gRPC status ${nameOfStatus(stream.end?.grpcStatus)}`,
        consequence: `${behindDamage(session, stream)}${afterError(stream)}`,
        advice: "Look at the host's log at that time.",
        quote: stream.end?.grpcMessage,
      }),
    ),
};

export const resetStream: Rule = {
  id: "reset-stream",
  severity: "error",
  review: (session) =>
    ended(session, "reset").map((stream) =>
      findingOf(session, stream, {
        title: `The ${stream.end?.by} cancelled the call${inTheMiddleOf(session, stream)} (HTTP/2 error ${stream.end?.code ?? "unknown"})`,
        consequence: `${behindDamage(session, stream)}${afterError(stream)}`,
        advice: `Look at what the ${stream.end?.by} wrote at that time: a message that is too large, an exception in its stream handling.`,
      }),
    ),
};

/** "It came behind message 6, invocation_request, which is malformed: … "; "" where nothing damaged had come. */
function behindDamage(session: ProblemSession, stream: WorkerStream): string {
  const damaged = damageBeforeEnd(session, stream);
  return damaged === undefined
    ? ""
    : `It came behind message ${damaged.seq}, ${nameOfKind(damaged.kind)}, which ${describeDamage(damaged.damage)}. `;
}

/** The connection ended under the stream: a worker that crashed, a host that is gone, a network that broke. */
export const connectionLost: Rule = {
  id: "connection-lost",
  severity: "warning",
  review: (session) =>
    ended(session, "lost")
      .filter((stream) => session.processOf(stream)?.exit === undefined)
      .map((stream) => ({
        ...findingOf(session, stream, {
          title: lostTitle(session, stream),
          consequence:
            "A worker that crashes, is killed or exits in peace leaves the same trace: its connection closes. What the host does depends on the exit code, which was not recorded.",
          advice:
            "Look at the process: its exit code and what it wrote last. `inspector run` and `inspector host` record both.",
        }),
        severity: severityOf(session, stream),
      })),
};

/** " in the middle of invocation_response (64 KiB so far)"; "" where the stream ended between messages. */
function inTheMiddleOf(session: ProblemSession, stream: WorkerStream): string {
  const cut = session.cutMessage(stream);
  return cut === undefined ? "" : ` in the middle of ${nameOfKind(cut.kind)} (${formatBytes(cut.size)} so far)`;
}

function lostTitle(session: ProblemSession, stream: WorkerStream): string {
  const { end } = stream;
  const middle = inTheMiddleOf(session, stream);
  const code = end?.code === undefined ? "" : ` (${end.code})`;
  if (end?.by === "host" || end?.by === "worker") {
    return `The ${end.by} broke the connection${middle}${code} although nobody had ended the call`;
  }
  return `The connection closed${middle} although nobody had ended the call`;
}

/** A worker whose stream is over and whose process is not. */
export const lingeringWorker: Rule = {
  id: "lingering-worker",
  severity: "warning",
  review: (session) =>
    session.streams.flatMap((stream): Finding[] => {
      const process = session.processOf(stream);
      const { endedAt, workerId } = stream;
      if (endedAt === undefined || process?.spawnedAt === undefined || process.exit !== undefined) {
        return [];
      }
      const isReplaced = session.streams.some((other) => other.workerId === workerId && other.endedAt === undefined);
      if (isReplaced || session.now - endedAt < 10 * SECOND || session.endedWithRelay(stream)) {
        return [];
      }
      return [
        findingOf(session, stream, {
          title: "The worker's stream ended and its process lives on",
          consequence: LIVES_ON,
          advice: "End the process; the host starts another worker when it exits with a code other than 0.",
        }),
      ];
    }),
};

const STATUSES = [
  "OK",
  "CANCELLED",
  "UNKNOWN",
  "INVALID_ARGUMENT",
  "DEADLINE_EXCEEDED",
  "NOT_FOUND",
  "ALREADY_EXISTS",
  "PERMISSION_DENIED",
  "RESOURCE_EXHAUSTED",
  "FAILED_PRECONDITION",
  "ABORTED",
  "OUT_OF_RANGE",
  "UNIMPLEMENTED",
  "INTERNAL",
  "UNAVAILABLE",
  "DATA_LOSS",
  "UNAUTHENTICATED",
];

/** "14 (UNAVAILABLE)". */
export function nameOfStatus(status: number | undefined): string {
  return status === undefined ? "unknown" : `${status} (${STATUSES[status] ?? "unknown"})`;
}
