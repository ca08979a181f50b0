import type { EndInfo, Nanos, StepRow, WorkerInfo } from "@inspector/contract/page";
import { type RowStatus, workerName } from "../../shell/format/message.ts";

/** "node 20.20.1". */
export function fullName({ stream }: WorkerInfo): string {
  const name = stream.id < 0 ? `worker ${stream.workerId?.slice(0, 8) ?? ""}`.trim() : workerName(stream);
  return [name, stream.runtimeVersion].filter(Boolean).join(" ");
}

/** From its launch, or else its first step, to the last step of its start-up; undefined where it was never ready. */
export function startUpTime({ stream, steps, process }: WorkerInfo): Nanos | undefined {
  const own = steps.filter(({ step }) => step === "start" || step === "init" || step === "index" || step === "load");
  if (stream.phase !== "loaded" && !own.some(({ step }) => step === "load")) {
    return undefined;
  }
  const first = Math.min(
    ...own.map(({ startedAt, answeredAt }) => startedAt ?? answeredAt ?? Number.POSITIVE_INFINITY),
  );
  const from = Math.min(first, process?.spawnedAt ?? first);
  const to = Math.max(...own.map(({ answeredAt }) => answeredAt ?? Number.NEGATIVE_INFINITY));
  return Number.isFinite(to - from) ? to - from : undefined;
}

const STEP_STATES: Readonly<Record<StepRow["state"], RowStatus>> = {
  success: { tone: "good", label: "done" },
  failed: { tone: "bad", label: "failed" },
  "in-flight": { tone: "busy", label: "waiting" },
  cancelled: { tone: "warn", label: "cancelled" },
  lost: { tone: "bad", label: "never answered" },
  dropped: { tone: "warn", label: "dropped" },
  unknown: { tone: "mute", label: "not seen" },
};

export function stepStatus({ step, state, text }: StepRow): RowStatus {
  const { tone, label } = STEP_STATES[state];
  // What an answer said stands for the step; without an answer there is only what was asked.
  const isAnswered = state === "success" || state === "failed";
  if (step === "start" && state === "success") {
    return { tone, label: "connected" };
  }
  return { tone, label: isAnswered && text !== undefined && text !== "" ? text : label };
}

const HOW: Readonly<Record<EndInfo["how"], string>> = {
  end: "ended by",
  reset: "reset by",
  lost: "lost with its connection, which was closed by",
};

/** "ended by the host, gRPC status 0", "lost with its connection, which was closed by the worker, code ECONNRESET". */
export function describeEnd({ by, how, grpcStatus, grpcMessage, code }: EndInfo): string {
  const who = by === "relay" ? "the inspector" : `the ${by}`;
  const status = grpcStatus === undefined ? [] : [`gRPC status ${grpcStatus}`];
  const rest = [...status, grpcMessage, code === undefined ? undefined : `code ${code}`].filter(Boolean);
  // Of a connection that is lost, "relay" only means that nobody was seen to close it.
  const seen = how === "lost" && by === "relay" ? "lost with its connection" : `${HOW[how]} ${who}`;
  return [seen, ...rest].join(", ");
}

/** @param now the present of a session that is recorded; in an opened file it is the newest time that is known of the worker */
export function presentOf(worker: WorkerInfo, now: Nanos | undefined): Nanos {
  if (now !== undefined) {
    return now;
  }
  const { stream, steps, process } = worker;
  const times = steps.flatMap(({ startedAt, answeredAt }) => [startedAt ?? 0, answeredAt ?? 0]);
  return Math.max(stream.openedAt, stream.endedAt ?? 0, process?.exitedAt ?? 0, ...times);
}
