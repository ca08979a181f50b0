/** Recorded invocations, sent to a fresh worker, and how its answers compare. */
import { setTimeout as sleep } from "node:timers/promises";
import { messageToJson, type StreamingMessage } from "@inspector/proto";
import {
  type Answer,
  compareAnswers,
  type Difference,
  type HttpAnswer,
  type Nanos,
  prepareReplay,
  type ReplayTarget,
} from "@inspector/session";
import { type LegRequest, sendHttpLeg } from "../http-capture/send-leg.ts";
import type { FreshWorker } from "./fresh-worker.ts";
import type { RecordedCall, RecordedHttp } from "./recorded-calls.ts";

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

type Sent = {
  readonly reason?: string;
  readonly isSkipped?: boolean;
  readonly duration?: Nanos;
  readonly http?: { readonly recorded: HttpAnswer | undefined; readonly replayed: HttpAnswer | undefined };
};

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
  if (call.obstacle !== undefined) return skipped(call.obstacle);
  const recorded = call.request();
  if (recorded === undefined) return skipped("its request is not in the session, or too large");
  const { functionName, row } = call;
  const ids = { invocationId: row.invocationId };
  const prepared = prepareReplay({ recorded, functionName, target: worker.target, ids });
  if (prepared.bytes === undefined) {
    const { message = "" } = prepared.concerns.find(({ severity }) => severity === "error") ?? {};
    return { reason: message };
  }
  if (!prepared.needsHttpRequest) return await exchange(call, prepared.bytes, worker, undefined);
  const http = call.http();
  if (http !== undefined) return await exchange(call, prepared.bytes, worker, http);
  return skipped(
    "its HTTP request went beside the stream, to the worker's own server, and was not recorded as a whole",
  );
}

function skipped(reason: string): Sent {
  return { isSkipped: true, reason };
}

/** Sends the message, and the HTTP request with it where there is one, and waits for both answers. */
async function exchange(
  { row }: RecordedCall,
  message: Uint8Array,
  { target, conversation, send }: FreshWorker,
  http: RecordedHttp | undefined,
): Promise<Sent> {
  const { invocationId, duration = 0 } = row;
  const limit = Math.max(ANSWER_LIMIT_MS, (duration * 3) / 1e6);
  const startedAt = process.hrtime.bigint();
  const leg = http && startLeg(http.request, { target, invocationId });
  const timer = setTimeout(() => leg?.giveUp(), limit);
  try {
    const answer = conversation.answer("invocationResponse", invocationId, limit);
    send(message);
    await answer;
    // Where none was recorded, the function failed and nobody answered; nor will anybody now.
    if (http?.response === undefined) leg?.giveUp();
    const replayed = await leg?.response;
    const time = Number(process.hrtime.bigint() - startedAt);
    return { duration: time, ...(http !== undefined && { http: { recorded: http.response, replayed } }) };
  } catch (cause) {
    return { reason: cause instanceof Error ? cause.message : String(cause) };
  } finally {
    clearTimeout(timer);
    leg?.giveUp();
  }
}

type Leg = { readonly response: Promise<HttpAnswer | undefined>; giveUp(): void };

function startLeg(request: LegRequest, to: { readonly target: ReplayTarget; readonly invocationId: string }): Leg {
  const uri = to.target.capabilities.find(({ name }) => name === "HttpUri")?.value ?? "";
  const abortion = new AbortController();
  const { invocationId } = to;
  return {
    response: sendHttpLeg({ uri, invocationId, request, signal: abortion.signal }).catch(() => undefined),
    giveUp: () => abortion.abort(),
  };
}

function judge(call: RecordedCall, sent: Sent, { worker, ignore, known }: ReplayCallsOptions): CallOutcome {
  const { invocationId } = call.row;
  const replayed = worker.conversation.takeAnswer(invocationId);
  if (sent.reason !== undefined) {
    return { call, outcome: sent.isSkipped ? "skipped" : "unanswered", reason: sent.reason, differences: [] };
  }
  const names = known(call);
  const answer = (messages: readonly StreamingMessage[], known: Known, http: HttpAnswer | undefined): Answer => ({
    invocationId,
    known,
    messages: messages.map(messageToJson),
    ...(http !== undefined && { http }),
  });
  const before = answer(call.answer(), names.recorded, sent.http?.recorded);
  const after = answer(replayed, names.replayed, sent.http?.replayed);
  const differences = compareAnswers(before, after, { ignore });
  return {
    call,
    outcome: differences.length === 0 ? "same" : "different",
    differences,
    ...(sent.duration !== undefined && { duration: sent.duration }),
  };
}
