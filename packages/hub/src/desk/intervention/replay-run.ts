/** One run: an invocation that is sent once or several times, and what becomes of each. */

import type { ReplayOrder, ReplayResult, ReplayRun } from "@inspector/contract/intervention";
import type { InterventionOrder } from "@inspector/contract/intervention-lines";
import type { Nanos, Seq } from "@inspector/contract/page";
import { encodeMessage, messageFromJson } from "@inspector/proto";
import type { LiveStream } from "./live-streams.ts";
import { inLines } from "./message-lines.ts";
import { freshIds, type ReplaySource } from "./replay-source.ts";
import { sendHttpLeg } from "./send-leg.ts";

const TIMEOUT_MS = 60_000;
/** Replays in one turn of a run that is behind its rate. */
const MAX_AT_ONCE = 20;

/** What is recorded of a replay. */
export type RecordedReplay = {
  readonly invocation: number;
  readonly state: "in-flight" | "success" | "failed" | "cancelled";
  readonly text?: string;
  readonly duration?: Nanos;
  /** The message that answers it. */
  readonly answer?: Seq;
};

export type RunPorts = {
  /** @returns false where no relay takes it */
  send(order: InterventionOrder): boolean;
  recorded(invocationId: string): RecordedReplay | undefined;
  /** Has the worker free what an answer leaves in shared memory. */
  free(answer: Seq): void;
  /** A replay is given up, but its answer may still come and leave something there. */
  late(invocationId: string): void;
  isStreamEnded(): boolean;
  onChange(): void;
};

export type RunningReplay = {
  readonly run: ReplayRun;
  /** Whether anything can still happen to it. */
  readonly isOpen: boolean;
  /** Something was recorded. */
  advance(): void;
  /** The relay sent one. */
  sent(invocationId: string): void;
  /** The relay could not. */
  failed(invocationId: string, reason: string): void;
  cancel(): void;
  close(): void;
};

export type RunPlan = {
  readonly id: number;
  readonly order: ReplayOrder;
  readonly stream: LiveStream;
  readonly source: ReplaySource;
  readonly isEdited: boolean;
  readonly startedAt: Nanos;
};

export function startReplayRun(plan: RunPlan, ports: RunPorts): RunningReplay {
  const { id, order, stream, source, isEdited, startedAt } = plan;
  const { times = 1, perSecond, timeoutMs = TIMEOUT_MS } = order;
  const results: ReplayResult[] = [];
  /** Time-outs of those that are not over yet. */
  const open = new Map<string, { readonly index: number; readonly timer: NodeJS.Timeout }>();
  const can = (capability: string): boolean =>
    source.target.capabilities.some(({ name, value }) => name === capability && value !== "");
  const canCancel = can("HandlesInvocationCancelMessage");
  const canShareMemory = can("SharedMemoryDataTransfer");
  /** Requests over HTTP that are under way. */
  const legs = new Map<string, AbortController>();
  const began = performance.now();
  let state: ReplayRun["state"] = "running";
  let next: NodeJS.Timeout | undefined;

  function schedule(): void {
    if (state !== "running" || results.length >= times) {
      return;
    }
    const due = perSecond === undefined ? 0 : began + (results.length * 1000) / perSecond - performance.now();
    next = setTimeout(sendDue, Math.max(due, 0));
  }

  /** All that should have gone out by now, since timers are coarse. */
  function sendDue(): void {
    const elapsed = performance.now() - began;
    const due = perSecond === undefined ? 1 : Math.floor((elapsed * perSecond) / 1000) + 1 - results.length;
    const count = Math.min(Math.max(due, 1), MAX_AT_ONCE, times - results.length);
    for (let n = 0; n < count; n += 1) {
      send();
    }
    if (perSecond !== undefined) {
      schedule();
    }
  }

  function send(): void {
    const ids = freshIds();
    const { invocationId } = ids;
    const index = results.length;
    results.push({ n: index + 1, invocationId, state: "sending" });
    open.set(invocationId, { index, timer: setTimeout(() => giveUp(invocationId), timeoutMs) });
    const { bytes, concerns } = source.prepare(ids);
    if (bytes === undefined) {
      finish(invocationId, { state: "not-sent", text: concerns[0]?.message ?? "It cannot be sent." });
    } else {
      const mark = { run: id, n: index + 1, isEdited };
      const head = { order: "replay", at: stream.at, invocationId, mark } as const;
      const lines = inLines<Extract<InterventionOrder, { order: "replay" }>>(head, bytes);
      if (lines.every(ports.send)) {
        sendLeg(invocationId, index);
      } else {
        finish(invocationId, { state: "not-sent", text: "The relay does not answer." });
      }
    }
    ports.onChange();
  }

  /** The half that goes over HTTP; the worker waits for both. Its answer is recorded on its way. */
  function sendLeg(invocationId: string, index: number): void {
    if (source.http === undefined) {
      return;
    }
    const { uri, request } = source.http;
    const abortion = new AbortController();
    legs.set(invocationId, abortion);
    sendHttpLeg({ uri, invocationId, request, signal: abortion.signal, keep: 0 })
      .then(
        ({ status }) => {
          const result = results[index];
          if (result !== undefined && result.text === undefined) {
            results[index] = { ...result, text: `HTTP ${status}` };
          }
        },
        (error: Error) => {
          if (abortion.signal.aborted) {
            return;
          }
          leave(invocationId);
          finish(invocationId, { state: "failed", text: `The worker's HTTP server: ${error.message}` });
        },
      )
      .finally(() => {
        legs.delete(invocationId);
        ports.onChange();
      });
  }

  function update(invocationId: string, change: Partial<ReplayResult>): void {
    const index = open.get(invocationId)?.index ?? -1;
    const result = results[index];
    if (result === undefined) {
      return;
    }
    results[index] = { ...result, ...change };
    ports.onChange();
  }

  function finish(invocationId: string, change: Partial<ReplayResult> & Pick<ReplayResult, "state">): void {
    const known = open.get(invocationId);
    if (known === undefined) {
      return;
    }
    clearTimeout(known.timer);
    update(invocationId, change);
    open.delete(invocationId);
    if (open.size === 0 && results.length >= times && state === "running") {
      state = "done";
    }
    if (perSecond === undefined) {
      schedule();
    }
  }

  function giveUp(invocationId: string): void {
    legs.get(invocationId)?.abort();
    cancelAtWorker(invocationId);
    leave(invocationId);
    finish(invocationId, { state: "timed-out", text: `There was no answer within ${timeoutMs} ms.` });
  }

  function cancelAtWorker(invocationId: string): void {
    const parsed = messageFromJson({ invocationCancel: { invocationId } });
    if (!canCancel || !parsed.ok) {
      return;
    }
    const message = Buffer.from(encodeMessage(parsed.message)).toString("base64");
    ports.send({ order: "inject", at: stream.at, direction: "to-worker", message });
  }

  function leave(invocationId: string): void {
    if (canShareMemory && open.has(invocationId)) {
      ports.late(invocationId);
    }
  }

  function takeRecorded(invocationId: string, index: number): void {
    const recorded = ports.recorded(invocationId);
    if (recorded === undefined) {
      return;
    }
    const { answer, ...result } = recorded;
    if (answer !== undefined && canShareMemory) {
      ports.free(answer);
    }
    if (result.state !== "in-flight") {
      finish(invocationId, result);
    } else if (results[index]?.invocation === undefined) {
      update(invocationId, result);
    }
  }

  schedule();
  return {
    get run() {
      return {
        id,
        stream: stream.id,
        source: order.source,
        isEdited,
        ...(source.functionName !== "" && { functionName: source.functionName }),
        startedAt,
        times,
        timeoutMs,
        state,
        results: [...results],
      };
    },
    get isOpen() {
      return state === "running" || open.size > 0;
    },
    advance() {
      // Asked first: whatever came before the end is recorded then.
      const isEnded = ports.isStreamEnded();
      for (const [invocationId, { index }] of [...open]) {
        takeRecorded(invocationId, index);
      }
      if (!isEnded) {
        return;
      }
      clearTimeout(next);
      if (state === "running") {
        state = "done";
      }
      for (const [invocationId, { index }] of [...open]) {
        const isSent = results[index]?.state !== "sending";
        finish(invocationId, {
          state: isSent ? "lost" : "not-sent",
          text: isSent ? "The worker's stream ended without an answer." : "The worker's stream had ended.",
        });
      }
      ports.onChange();
    },
    sent(invocationId) {
      const result = results[open.get(invocationId)?.index ?? -1];
      if (result?.state === "sending") {
        update(invocationId, { state: "in-flight" });
      }
    },
    failed(invocationId, text) {
      finish(invocationId, { state: "not-sent", text });
      legs.get(invocationId)?.abort();
    },
    cancel() {
      clearTimeout(next);
      if (state === "running") {
        state = "cancelled";
      }
      for (const invocationId of open.keys()) {
        cancelAtWorker(invocationId);
      }
      for (const leg of legs.values()) {
        leg.abort();
      }
      ports.onChange();
    },
    close() {
      clearTimeout(next);
      for (const { timer } of open.values()) {
        clearTimeout(timer);
      }
      for (const leg of legs.values()) {
        leg.abort();
      }
    },
  };
}
