/** Recorded invocations, sent to the worker of a running inspector beside the host's own. */
import { setTimeout as sleep } from "node:timers/promises";
import type { Answer, HttpAnswer } from "@inspector/analysis/replay/answer";
import { inlineSharedMemory, readWithin } from "@inspector/analysis/replay/inline-memory";
import { hasHttpUri } from "@inspector/analysis/replay/target";
import { answerLimit } from "@inspector/contract/answer-limit";
import { InspectorError } from "@inspector/contract/inspector-error";
import type { ReplayOrder, ReplayResult, ReplayRun } from "@inspector/contract/intervention";
import type { FunctionInfo, InvocationDetail, MessageDetail, StreamInfo, WorkerInfo } from "@inspector/contract/page";
import { isCopying } from "@inspector/contract/shared-memory";
import { CUSTOM_HANDLER_PATH, decodeMessage, encodeMessage, messageFromJson, messageToJson } from "@inspector/proto";
import type { HubClient } from "./hub-client.ts";
import { MAX_MESSAGE_BYTES, type RecordedCall } from "./recorded-calls.ts";
import { answerOf, type CallOutcome, compared, type Known, NO_HTTP_SERVER, obstacleTo } from "./replay-calls.ts";
import { runAll, type Timing } from "./schedule.ts";

const POLL_MS = 25;
/**
 * How long after the beginning a function may still be unknown: what a worker has loaded just now is in the session a
 * moment later.
 */
const LOADING_MS = 15_000;
/** Where logs followed the recorded response, they are waited for. */
const LATE_LOGS_MS = 100;
/** How long an HTTP answer may take to begin where the function has failed: of many workers none ever does. */
const FAILED_HTTP_MS = 2000;

export type ReplayLiveOptions = {
  readonly calls: readonly RecordedCall[];
  readonly hub: HubClient;
  /** Name of the session that the calls are in; undefined where it is the one that is being recorded. */
  readonly session: string | undefined;
  readonly timing: Timing;
  readonly ignore: readonly string[];
  /** What has another value on each side and means the same; see {@link Answer.known}. */
  readonly known: (call: RecordedCall, to: StreamInfo) => { readonly recorded: Known; readonly replayed: Known };
  readonly onProgress: (done: number) => void;
};

/**
 * Has the inspector send every invocation to a live worker that loaded its function, and compares the answers. The host
 * notices nothing.
 *
 * @throws {InspectorError} where the inspector goes away
 */
export async function replayLive(options: ReplayLiveOptions): Promise<CallOutcome[]> {
  const targets: Targets = new Map();
  const patience = Date.now() + LOADING_MS;
  const run = (call: RecordedCall): Promise<CallOutcome> => replayOne(call, targets, patience, options);
  return await runAll(options.calls, options.timing, run, options.onProgress);
}

/**
 * A worker's stream, whether that worker takes HTTP requests on a server of its own, and whether it takes nothing else: a custom handler,
 * whose messages say all that crossed.
 */
type Target = { readonly stream: StreamInfo; readonly takesHttp: boolean; readonly isHandler: boolean };

/** Where a function is sent to, by its name, until something goes wrong there. */
type Targets = Map<string, Promise<Target>>;

async function replayOne(
  call: RecordedCall,
  targets: Targets,
  patience: number,
  options: ReplayLiveOptions,
): Promise<CallOutcome> {
  const outcome = (kind: "skipped" | "unanswered", reason: string): CallOutcome => {
    return { call, outcome: kind, reason, differences: [] };
  };
  const obstacle = obstacleTo(call);
  if (obstacle !== undefined) {
    return outcome("skipped", obstacle);
  }
  const seq = call.requestSeq();
  if (seq === undefined) {
    return outcome("skipped", "its request is not in the session");
  }
  const { hub, session, ignore } = options;
  try {
    const chosen = targets.get(call.functionName) ?? targetFor(call.functionName, hub, patience);
    targets.set(call.functionName, chosen);
    const { stream, takesHttp, isHandler } = await chosen;
    const http = isHandler ? undefined : call.http();
    if (http !== undefined && !takesHttp) {
      return outcome("unanswered", NO_HTTP_SERVER);
    }
    const source: ReplayOrder["source"] = { seq, ...(session !== undefined && { session }) };
    const order: ReplayOrder = { stream: stream.id, source, timeoutMs: answerLimit(call.row.duration) };
    const result = await resultOf(await hub.post<ReplayRun>("/api/replays", order), hub);
    if (result.invocation === undefined || !ANSWERED.has(result.state)) {
      targets.delete(call.functionName);
      return outcome("unanswered", result.text ?? result.state);
    }
    if (call.row.lateLogs > 0) {
      await sleep(LATE_LOGS_MS);
    }
    if (http?.response !== undefined) {
      await httpAnswered(result, answerLimit(call.row.duration), hub);
    }
    const answer = await answerTo(result.invocation, hub);
    const known = options.known(call, stream);
    const heard = isHandler ? undefined : answer.http;
    const replayed = answerOf(result.invocationId, answer.messages, known.replayed, heard);
    const recorded = { ignore, known: known.recorded, http: http?.response };
    return compared(call, replayed, recorded, result.duration);
  } catch (cause) {
    targets.delete(call.functionName);
    if (!(cause instanceof InspectorError) || cause.code === "hub-away") {
      throw cause;
    }
    return outcome("unanswered", cause.message);
  }
}

const ANSWERED: ReadonlySet<ReplayResult["state"]> = new Set(["success", "failed", "cancelled"]);

/**
 * The newest stream whose worker has loaded the function.
 * @param patience until when (milliseconds since 1970) it is waited for
 * @throws {InspectorError} "function-not-loaded"
 */
async function targetFor(functionName: string, hub: HubClient, patience: number): Promise<Target> {
  for (;;) {
    const found = await loadedTarget(functionName, hub);
    if (found !== undefined) {
      return found;
    }
    if (Date.now() > patience) {
      throw new InspectorError("function-not-loaded", `No worker that runs now has loaded ${functionName}.`);
    }
    await sleep(POLL_MS);
  }
}

async function loadedTarget(functionName: string, hub: HubClient): Promise<Target | undefined> {
  const [workers, functions] = await Promise.all([
    hub.get<WorkerInfo[]>("/api/workers"),
    hub.get<FunctionInfo[]>("/api/functions"),
  ]);
  const loaded = functions.filter(({ name, load }) => name === functionName && load !== "failed");
  const found = workers.findLast(
    ({ stream: { id, endedAt } }) => endedAt === undefined && loaded.some(({ stream }) => stream === id),
  );
  if (found === undefined) {
    return undefined;
  }
  const { stream, workerCapabilities: capabilities } = found;
  return { stream, takesHttp: hasHttpUri({ capabilities }), isHandler: stream.path === CUSTOM_HANDLER_PATH };
}

async function resultOf(started: ReplayRun, hub: HubClient): Promise<ReplayResult> {
  let run = started;
  while (run.state === "running") {
    await sleep(POLL_MS);
    run = await hub.get<ReplayRun>(`/api/replays/${run.id}`);
  }
  const [result] = run.results;
  if (result !== undefined) {
    return result;
  }
  throw new InspectorError("not-sent", "it was not sent");
}

type RecordedAnswer = { readonly messages: readonly unknown[]; readonly http: HttpAnswer | undefined };

/** What the hub does not decode, since a page could not show it, is decoded here, up to this size. */
const MAX_ANSWER_BYTES = 256 * 1024 * 1024;

/**
 * A message with the values that were in shared memory in their places.
 * @throws {InspectorError} "not-compared"
 */
async function inlinedMessage(seq: number, hub: HubClient): Promise<unknown> {
  const path = `/api/messages/${seq}`;
  let detail = await hub.get<MessageDetail>(path);
  for (; detail.memory?.some(isCopying) === true; detail = await hub.get<MessageDetail>(path)) {
    await sleep(POLL_MS);
  }
  if (detail.message === undefined) {
    return await largeMessage(detail, hub);
  }
  const { message, memory = [] } = detail;
  const parsed = memory.length === 0 ? undefined : messageFromJson(message);
  if (parsed?.ok !== true) {
    return message;
  }
  const contents = new Map<string, Uint8Array>();
  for (const { name } of memory) {
    contents.set(name, await hub.bytes(`${path}/memory/${encodeURIComponent(name)}`));
  }
  const bytes = encodeMessage(parsed.message);
  const read = readWithin(MAX_MESSAGE_BYTES - bytes.length, ({ name, offset, count }) => {
    const value = contents.get(name)?.subarray(Number(offset), Number(offset + count));
    return value?.length === Number(count) ? value : undefined;
  });
  const inlined = decodeMessage(inlineSharedMemory(bytes, read));
  return inlined.ok ? messageToJson(inlined.message) : message;
}

async function largeMessage({ row, reason }: MessageDetail, hub: HubClient): Promise<unknown> {
  const isThere = row.isBodyDropped !== true && row.isTruncated !== true && row.isCompressed !== true;
  if (!isThere || row.size > MAX_ANSWER_BYTES) {
    throw new InspectorError("not-compared", `one came that cannot be compared: ${reason ?? "it is too large"}`);
  }
  const decoded = decodeMessage(await hub.bytes(`/api/messages/${row.seq}/bytes`));
  if (decoded.ok) {
    return messageToJson(decoded.message);
  }
  throw new InspectorError("not-compared", `one came that cannot be compared: ${decoded.reason}`);
}

/**
 * Waits for the end of what comes over HTTP: the Python worker answers on the stream first. Of a function that failed there may
 * be nothing at all.
 */
async function httpAnswered({ invocation, state }: ReplayResult, limitMs: number, hub: HubClient): Promise<void> {
  const began = Date.now();
  for (;;) {
    const { http } = await hub.get<InvocationDetail>(`/api/invocations/${invocation}`);
    if (http?.lost !== undefined || http?.response?.endedAt !== undefined) {
      return;
    }
    const isNothingToCome = state === "failed" && http?.response === undefined;
    if (Date.now() - began > (isNothingToCome ? FAILED_HTTP_MS : limitMs)) {
      return;
    }
    await sleep(POLL_MS);
  }
}

/** What the inspector recorded of a replay. */
async function answerTo(invocation: number, hub: HubClient): Promise<RecordedAnswer> {
  const detail = await hub.get<InvocationDetail>(`/api/invocations/${invocation}`);
  const answers = detail.messages.filter((seq) => seq !== detail.request);
  const messages: unknown[] = [];
  for (const seq of answers) {
    messages.push(await inlinedMessage(seq, hub));
  }
  const { http } = detail;
  if (http?.response === undefined) {
    return { messages, http: undefined };
  }
  const body = await hub.bytes(`/api/http/${http.id}/response`);
  return { messages, http: { ...http.response, body } };
}
