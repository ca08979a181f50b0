/** Recorded invocations, sent to a fresh worker, and how its answers compare. */
import { setTimeout as sleep } from "node:timers/promises";
import { messageToJson, type StreamingMessage } from "@inspector/proto";
import { type Answer, compareAnswers, type Difference, type Nanos, prepareReplay } from "@inspector/session";
import type { FreshWorker } from "./fresh-worker.ts";
import type { RecordedCall } from "./recorded-calls.ts";

/** An answer may take this long, or three times as long as the recorded one. */
const ANSWER_LIMIT_MS = 60_000;

export type CallOutcome = {
  readonly call: RecordedCall;
  /** "unanswered": it was sent, or should have been, and no answer came. */
  readonly outcome: "same" | "different" | "unanswered" | "skipped";
  /** Of what is unanswered or was skipped: why. */
  readonly reason?: string;
  readonly differences: readonly Difference[];
  readonly duration?: Nanos;
};

export type ReplayCallsOptions = {
  readonly calls: readonly RecordedCall[];
  readonly worker: FreshWorker;
  /** "order": each after the answer of the one before. "recorded": as far apart as they began. */
  readonly timing: "order" | "recorded";
  readonly ignore: readonly string[];
  /** What has another value on each side and means the same; see {@link Answer.known}. */
  readonly known: (call: RecordedCall) => { readonly recorded: Known; readonly replayed: Known };
  readonly onProgress: (done: number) => void;
};

type Known = Readonly<Record<string, string>>;

type Sent = { readonly reason?: string; readonly isSkipped?: boolean; readonly duration?: Nanos };

/**
 * Sends every invocation under its recorded ids and closes the worker. Answers are compared when it has said its last, so
 * that logs behind a response count.
 */
export async function replayCalls(options: ReplayCallsOptions): Promise<CallOutcome[]> {
  const { calls, worker, timing, onProgress } = options;
  const sent: Sent[] = [];
  let done = 0;
  const run = async (call: RecordedCall, at: number): Promise<void> => {
    sent[at] = await sendCall(call, worker);
    done += 1;
    onProgress(done);
  };
  if (timing === "order") for (const [at, call] of calls.entries()) await run(call, at);
  else {
    const first = calls[0]?.row.startedAt ?? 0;
    const startedAt = performance.now();
    await Promise.all(
      calls.map(async (call, at) => {
        await sleep(Math.max(((call.row.startedAt ?? first) - first) / 1e6 - (performance.now() - startedAt), 0));
        await run(call, at);
      }),
    );
  }
  await worker.close();
  return calls.map((call, at) => judge(call, sent[at] ?? {}, options));
}

async function sendCall(call: RecordedCall, worker: FreshWorker): Promise<Sent> {
  if (call.obstacle !== undefined) return { isSkipped: true, reason: call.obstacle };
  const recorded = call.request();
  if (recorded === undefined) return { isSkipped: true, reason: "its request is not in the session, or too large" };
  const { target, conversation } = worker;
  const { invocationId, duration = 0 } = call.row;
  const prepared = prepareReplay({ recorded, functionName: call.functionName, target, ids: { invocationId } });
  if (prepared.needsHttpRequest) {
    return { isSkipped: true, reason: "its HTTP request goes to the worker's own server, beside the stream" };
  }
  if (prepared.bytes === undefined) {
    const { message = "" } = prepared.concerns.find(({ severity }) => severity === "error") ?? {};
    return { reason: message };
  }
  const startedAt = process.hrtime.bigint();
  const answer = conversation.answer(
    "invocationResponse",
    invocationId,
    Math.max(ANSWER_LIMIT_MS, (duration * 3) / 1e6),
  );
  worker.send(prepared.bytes);
  try {
    await answer;
    return { duration: Number(process.hrtime.bigint() - startedAt) };
  } catch (cause) {
    return { reason: cause instanceof Error ? cause.message : String(cause) };
  }
}

function judge(call: RecordedCall, sent: Sent, { worker, ignore, known }: ReplayCallsOptions): CallOutcome {
  const { invocationId } = call.row;
  const replayed = worker.conversation.takeAnswer(invocationId);
  if (sent.reason !== undefined) {
    return { call, outcome: sent.isSkipped ? "skipped" : "unanswered", reason: sent.reason, differences: [] };
  }
  const names = known(call);
  const answer = (messages: readonly StreamingMessage[], side: Known): Answer => ({
    invocationId,
    known: side,
    messages: messages.map(messageToJson),
  });
  const differences = compareAnswers(answer(call.answer(), names.recorded), answer(replayed, names.replayed), {
    ignore,
  });
  return {
    call,
    outcome: differences.length === 0 ? "same" : "different",
    differences,
    ...(sent.duration !== undefined && { duration: sent.duration }),
  };
}
