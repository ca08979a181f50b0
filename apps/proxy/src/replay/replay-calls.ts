/** Recorded invocations, sent to a fresh worker, and how its answers compare. */

import type { Answer, HttpAnswer } from "@inspector/analysis/replay/answer";
import { compareAnswers } from "@inspector/analysis/replay/compare";
import type { Difference } from "@inspector/analysis/replay/differences";
import { sharedMemoryIn } from "@inspector/analysis/replay/inline-memory";
import { prepareReplay } from "@inspector/analysis/replay/prepare";
import type { ReplayTarget } from "@inspector/analysis/replay/target";
import { answerLimit } from "@inspector/contract/answer-limit";
import { reasonOf } from "@inspector/contract/inspector-error";
import type { Nanos } from "@inspector/contract/page";
import { type LegRequest, sendHttpLeg } from "@inspector/hub/intervention/send-leg";
import { messageToJson } from "@inspector/proto";
import type { FreshWorker } from "./fresh-worker.ts";
import type { RecordedCall, RecordedHttp } from "./recorded-calls.ts";
import { runAll, type Timing } from "./schedule.ts";

/** An answer may take this long, or three times as long as the recorded one. */

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
  readonly timing: Timing;
  readonly ignore: readonly string[];
  /** What has another value on each side and means the same; see {@link Answer.known}. */
  readonly known: (call: RecordedCall) => { readonly recorded: Known; readonly replayed: Known };
  readonly onProgress: (done: number) => void;
};

export type Known = Readonly<Record<string, string>>;

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
  let sent: readonly Sent[];
  try {
    sent = await runAll(calls, timing, (call) => sendCall(call, worker), onProgress);
  } finally {
    await worker.close();
  }
  return calls.map((call, at) => judge(call, sent[at] ?? {}, options));
}

async function sendCall(call: RecordedCall, worker: FreshWorker): Promise<Sent> {
  const obstacle = obstacleTo(call);
  if (obstacle !== undefined) {
    return skipped(obstacle);
  }
  const recorded = call.request();
  if (recorded === undefined) {
    return skipped(UNREADABLE);
  }
  const { functionName, row } = call;
  const ids = { invocationId: row.invocationId };
  const prepared = prepareReplay({ recorded, functionName, target: worker.target, ids });
  if (prepared.bytes === undefined) {
    const { message = "" } = prepared.concerns.find(({ severity }) => severity === "error") ?? {};
    return { reason: message };
  }
  const http = call.http();
  if (!prepared.needsHttpRequest) {
    // What is left of it on the stream is empty, and the worker may wait for the rest for ever.
    return http === undefined ? await exchange(call, prepared.bytes, worker, undefined) : { reason: NO_HTTP_SERVER };
  }
  if (http !== undefined) {
    return await exchange(call, prepared.bytes, worker, http);
  }
  return skipped(HTTP_NOT_WHOLE);
}

const UNREADABLE = "its request or its answer was given up or cut off, or is too large";
const NOT_HEARD = "its request was kept from the worker: the answer is not the worker's";

const NOT_COPIED = "its answer was in shared memory, of which there is no whole copy, or which is too large";
export const NO_HTTP_SERVER =
  "its HTTP request went to the worker's own server, and this worker declares none (capability HttpUri)";
const HTTP_NOT_WHOLE =
  "its HTTP request went beside the stream, to the worker's own server, and was not recorded as a whole";

/** Why an invocation is not sent: where answers could not be compared, nothing is run for it. */
export function obstacleTo(call: RecordedCall): string | undefined {
  if (call.obstacle !== undefined) {
    return call.obstacle;
  }
  if (call.requestSeq() === undefined) {
    return NOT_HEARD;
  }
  if (call.httpExtent() === "in part") {
    return HTTP_NOT_WHOLE;
  }
  const answer = call.answer();
  if (answer === undefined) {
    return UNREADABLE;
  }
  // What is known of a value then is not enough to compare it with another.
  return answer.some((message) => sharedMemoryIn(message).length > 0) ? NOT_COPIED : undefined;
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
  const { invocationId } = row;
  const limit = answerLimit(row.duration);
  const startedAt = process.hrtime.bigint();
  const leg = http && startLeg(http.request, { target, invocationId });
  const timer = setTimeout(() => leg?.giveUp(), limit);
  try {
    const answer = conversation.answer("invocationResponse", invocationId, limit);
    send(message);
    await answer;
    // Where none was recorded, the function failed and nobody answered; nor will anybody now.
    if (http?.response === undefined) {
      leg?.giveUp();
    }
    const replayed = await leg?.response;
    const time = Number(process.hrtime.bigint() - startedAt);
    return { duration: time, ...(http !== undefined && { http: { recorded: http.response, replayed } }) };
  } catch (cause) {
    return { reason: reasonOf(cause) };
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
  const messages = worker.conversation.takeAnswer(call.row.invocationId).map(messageToJson);
  if (sent.reason !== undefined) {
    return { call, outcome: sent.isSkipped ? "skipped" : "unanswered", reason: sent.reason, differences: [] };
  }
  const { invocationId } = call.row;
  const names = known(call);
  const replayed = answerOf(invocationId, messages, names.replayed, sent.http?.replayed);
  return compared(call, replayed, { ignore, known: names.recorded, http: sent.http?.recorded }, sent.duration);
}

/** @param http what the worker's own HTTP server answered, where it was asked */
export function answerOf(
  invocationId: string,
  messages: readonly unknown[],
  known: Known,
  http: HttpAnswer | undefined,
): Answer {
  return { invocationId, known, messages, ...(http !== undefined && { http }) };
}

/** What became of an invocation that was answered. */
export function compared(
  call: RecordedCall,
  replayed: Answer,
  {
    ignore,
    known,
    http,
  }: { readonly ignore: readonly string[]; readonly known: Known; readonly http: HttpAnswer | undefined },
  duration: Nanos | undefined,
): CallOutcome {
  const recorded = answerOf(call.row.invocationId, (call.answer() ?? []).map(messageToJson), known, http);
  const differences = compareAnswers(recorded, replayed, { ignore });
  const outcome = differences.length === 0 ? "same" : "different";
  return { call, outcome, differences, ...(duration !== undefined && { duration }) };
}
