import type { ReplayMark, ReplayOrder, ReplayResult, ReplayRun } from "@inspector/contract/intervention";
import type { InterventionOrder } from "@inspector/contract/intervention-lines";
import type { Nanos, Seq } from "@inspector/contract/page";
import { encodeMessage, messageFromJson } from "@inspector/proto";
import type { LiveStream } from "./live-streams.ts";
import { inLines } from "./message-lines.ts";
import { ReplayLegs } from "./replay-legs.ts";
import type { ReplayRoom } from "./replay-room.ts";
import { freshIds, type ReplaySource } from "./replay-source.ts";

const TIMEOUT_MS = 60_000;
/** Replays in one turn of a run that is behind its rate. */
const MAX_AT_ONCE = 20;
/** How long a run waits that finds no room. */
const NO_ROOM_MS = 50;
/** How often a replay is sent anew whose line was cut while it was given to the relay. */
const MAX_CUTS = 3;

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
  readonly room: ReplayRoom;
  /** @returns false where no relay takes it */
  send(order: InterventionOrder): boolean;
  /** Whether the relay keeps up with what it is sent. */
  hasLineRoom(): boolean;
  recorded(invocationId: string): RecordedReplay | undefined;
  /** Has the worker free what an answer leaves in shared memory. */
  free(answer: Seq): void;
  /** A replay is given up, but its answer may still come and leave something there. */
  late(invocationId: string): void;
  isStreamEnded(): boolean;
  onChange(): void;
};

export type RunPlan = {
  readonly id: number;
  readonly order: ReplayOrder;
  readonly stream: LiveStream;
  readonly source: ReplaySource;
  readonly isEdited: boolean;
  readonly startedAt: Nanos;
};

/** What of an order is needed once the first replay is made. */
type Pace = Pick<ReplayOrder, "source" | "times" | "perSecond" | "timeoutMs">;

type OpenReplay = { readonly index: number; readonly timer: NodeJS.Timeout };

/**
 * One run: an invocation that is sent once or several times, and what becomes of each.
 *
 * A run is *running* until the last of its replays is over (*done*), somebody cancels it (*cancelled*), or the worker's stream
 * ends (*done*). While it finds no room for its next replay it waits, and says so.
 *
 * Each replay is *sending* until the relay has begun to send it, then *in-flight* until it is answered, not answered in time,
 * or lost with the stream. One that the relay cannot send is *not-sent*.
 */
export class RunningReplay {
  readonly #plan: Omit<RunPlan, "source" | "order"> & { readonly order: Pace };
  readonly #ports: RunPorts;
  readonly #functionName: string;
  readonly #canCancel: boolean;
  readonly #canShareMemory: boolean;
  /** Absent once nothing more is sent: it may be large, and runs are remembered. */
  #source: ReplaySource | undefined;
  readonly #results: ReplayResult[] = [];
  readonly #open = new Map<string, OpenReplay>();
  readonly #legs: ReplayLegs;
  readonly #began = performance.now();
  #state: ReplayRun["state"] = "running";
  #isWaiting = false;
  /** Lines cut beneath the next replay. */
  #cuts = 0;
  #next: NodeJS.Timeout | undefined;

  constructor({ source, order: { message: _, http: __, ...pace }, ...plan }: RunPlan, ports: RunPorts) {
    const can = (capability: string): boolean =>
      source.target.capabilities.some(({ name, value }) => name === capability && value !== "");
    this.#plan = { ...plan, order: pace };
    this.#ports = ports;
    this.#source = source;
    this.#functionName = source.functionName;
    this.#canCancel = can("HandlesInvocationCancelMessage");
    this.#canShareMemory = can("SharedMemoryDataTransfer");
    this.#legs = new ReplayLegs(plan.stream.isCustomHandler, {
      onCount: (change) => {
        ports.room.countLegs(change);
        if (change < 0) {
          ports.onChange();
        }
      },
      onAnswered: (index, status) => {
        const result = this.#results[index];
        if (result !== undefined && result.text === undefined) {
          this.#results[index] = { ...result, text: `HTTP ${status}` };
        }
      },
      onFailed: (invocationId, text) => {
        this.#leave(invocationId);
        this.#finish(invocationId, { state: "failed", text });
      },
    });
    this.#schedule();
  }

  get run(): ReplayRun {
    const { id, stream, order, isEdited, startedAt } = this.#plan;
    return {
      id,
      stream: stream.id,
      source: order.source,
      isEdited,
      ...(this.#functionName !== "" && { functionName: this.#functionName }),
      startedAt,
      times: this.#times,
      timeoutMs: this.#timeoutMs,
      state: this.#state,
      ...(this.#isWaiting && { isWaiting: true }),
      results: [...this.#results],
    };
  }

  /** Whether anything can still happen to it. */
  get isOpen(): boolean {
    return this.#state === "running" || this.#open.size > 0;
  }

  /** Replays that were sent, or were to be. */
  get count(): number {
    return this.#results.length;
  }

  /** Bytes that it keeps in order to send more. */
  get keptBytes(): number {
    return this.#source?.keptBytes ?? 0;
  }

  /** Something was recorded. */
  advance(): void {
    // Asked first: whatever came before the end is recorded then.
    const isEnded = this.#ports.isStreamEnded();
    for (const [invocationId, { index }] of [...this.#open]) {
      this.#takeRecorded(invocationId, index);
    }
    if (!isEnded) {
      return;
    }
    this.#stop("done");
    for (const [invocationId, { index }] of [...this.#open]) {
      const isSent = this.#results[index]?.state !== "sending";
      this.#finish(invocationId, {
        state: isSent ? "lost" : "not-sent",
        text: isSent ? "The worker's stream ended without an answer." : "The worker's stream had ended.",
      });
    }
    this.#ports.onChange();
  }

  /** The relay has begun to send one. */
  sent(invocationId: string): void {
    const result = this.#results[this.#open.get(invocationId)?.index ?? -1];
    if (result?.state === "sending") {
      this.#update(invocationId, { state: "in-flight" });
      this.#legs.announced(invocationId);
    }
  }

  /** The relay could not. */
  failed(invocationId: string, text: string): void {
    this.#finish(invocationId, { state: "not-sent", text });
    this.#legs.abort(invocationId);
  }

  cancel(): void {
    this.#stop("cancelled");
    for (const [invocationId, { index }] of this.#open) {
      this.#cancelAtWorker(invocationId);
      if (this.#results[index]?.state === "sending") {
        this.#withdraw(invocationId);
      }
    }
    this.#legs.abortAll();
    this.#ports.onChange();
  }

  close(): void {
    this.#stop("cancelled");
    for (const { timer } of this.#open.values()) {
      clearTimeout(timer);
    }
    this.#legs.abortAll();
  }

  get #times(): number {
    return this.#plan.order.times ?? 1;
  }

  get #timeoutMs(): number {
    return this.#plan.order.timeoutMs ?? TIMEOUT_MS;
  }

  /** Nothing more is sent. */
  #stop(state: "done" | "cancelled"): void {
    clearTimeout(this.#next);
    if (this.#state === "running") {
      this.#state = state;
    }
    this.#isWaiting = false;
    this.#source = undefined;
  }

  #schedule(afterMs = 0): void {
    if (this.#state !== "running" || this.#results.length >= this.#times) {
      return;
    }
    const { perSecond } = this.#plan.order;
    const due =
      perSecond === undefined ? 0 : this.#began + (this.#results.length * 1000) / perSecond - performance.now();
    clearTimeout(this.#next);
    this.#next = setTimeout(() => this.#sendDue(), Math.max(due, afterMs, 0));
  }

  /** All that should have gone out by now, since timers are coarse. */
  #sendDue(): void {
    const { perSecond } = this.#plan.order;
    const elapsed = performance.now() - this.#began;
    const due = perSecond === undefined ? 1 : Math.floor((elapsed * perSecond) / 1000) + 1 - this.#results.length;
    const count = Math.min(Math.max(due, 1), MAX_AT_ONCE, this.#times - this.#results.length);
    for (let n = 0; n < count; n += 1) {
      if (!this.#findRoom() || !this.#send()) {
        this.#schedule(NO_ROOM_MS);
        return;
      }
    }
    if (perSecond !== undefined) {
      this.#schedule();
    }
  }

  #findRoom(): boolean {
    const { bytes = 0, http } = this.#source ?? {};
    const isWaiting = !this.#ports.hasLineRoom() || !this.#ports.room.hasFor({ bytes, hasHttpLeg: http !== undefined });
    if (isWaiting !== this.#isWaiting) {
      this.#isWaiting = isWaiting;
      this.#ports.onChange();
    }
    return !isWaiting;
  }

  /** @returns false where it has to be sent anew */
  #send(): boolean {
    const { room } = this.#ports;
    const { id, stream, isEdited } = this.#plan;
    const ids = freshIds();
    const { invocationId } = ids;
    const index = this.#results.length;
    this.#results.push({ n: index + 1, invocationId, state: "sending" });
    this.#open.set(invocationId, { index, timer: setTimeout(() => this.#giveUp(invocationId), this.#timeoutMs) });
    room.countUnanswered(1);
    const { bytes, concerns = [] } = this.#source?.prepare(ids) ?? {};
    if (bytes === undefined) {
      this.#finish(invocationId, { state: "not-sent", text: concerns[0]?.message ?? "It cannot be sent." });
    } else {
      const mark = { run: id, n: index + 1, isEdited };
      const lines = linesOf(stream, invocationId, mark, bytes);
      if (lines.every((line) => this.#ports.send(line))) {
        this.#cuts = 0;
        room.queued(stream.journal, invocationId, bytes.length);
        const http = this.#source?.http;
        if (http !== undefined) {
          this.#legs.send(http, invocationId, index);
        }
      } else if (this.#cuts < MAX_CUTS) {
        this.#takeBack(invocationId);
        return false;
      } else {
        this.#cuts = 0;
        this.#finish(invocationId, { state: "not-sent", text: "The relay does not answer." });
      }
    }
    if (this.#results.length >= this.#times) {
      this.#source = undefined;
    }
    this.#ports.onChange();
    return true;
  }

  /** A relay forgets what it had of a message when the line is cut, as it is where this process did not answer for a while. */
  #takeBack(invocationId: string): void {
    this.#cuts += 1;
    clearTimeout(this.#open.get(invocationId)?.timer);
    this.#open.delete(invocationId);
    this.#results.pop();
    this.#ports.room.countUnanswered(-1);
  }

  #update(invocationId: string, change: Partial<ReplayResult>): void {
    const index = this.#open.get(invocationId)?.index ?? -1;
    const result = this.#results[index];
    if (result === undefined) {
      return;
    }
    this.#results[index] = { ...result, ...change };
    this.#ports.onChange();
  }

  #finish(invocationId: string, change: Partial<ReplayResult> & Pick<ReplayResult, "state">): void {
    const known = this.#open.get(invocationId);
    if (known === undefined) {
      return;
    }
    clearTimeout(known.timer);
    this.#legs.forget(invocationId);
    this.#update(invocationId, change);
    this.#open.delete(invocationId);
    this.#ports.room.countUnanswered(-1);
    if (this.#open.size === 0 && this.#results.length >= this.#times) {
      this.#stop("done");
    }
    if (this.#plan.order.perSecond === undefined) {
      this.#schedule();
    }
  }

  #giveUp(invocationId: string): void {
    this.#legs.abort(invocationId);
    this.#cancelAtWorker(invocationId);
    this.#withdraw(invocationId);
    this.#leave(invocationId);
    this.#finish(invocationId, {
      state: "timed-out",
      text: `There was no answer within ${this.#timeoutMs} ms.`,
    });
  }

  /** The relay need not wait for its answer any more, nor send it where it has not begun to. */
  #withdraw(invocationId: string): void {
    this.#ports.send({ order: "give-up", at: this.#plan.stream.at, invocationId });
  }

  #cancelAtWorker(invocationId: string): void {
    const parsed = messageFromJson({ invocationCancel: { invocationId } });
    if (!this.#canCancel || !parsed.ok) {
      return;
    }
    const message = Buffer.from(encodeMessage(parsed.message)).toString("base64");
    this.#ports.send({ order: "inject", at: this.#plan.stream.at, direction: "to-worker", message });
  }

  #leave(invocationId: string): void {
    if (this.#canShareMemory && this.#open.has(invocationId)) {
      this.#ports.late(invocationId);
    }
  }

  #takeRecorded(invocationId: string, index: number): void {
    const recorded = this.#ports.recorded(invocationId);
    if (recorded === undefined) {
      return;
    }
    const { answer, ...result } = recorded;
    if (answer !== undefined && this.#canShareMemory) {
      this.#ports.free(answer);
    }
    if (result.state !== "in-flight") {
      this.#finish(invocationId, result);
    } else if (this.#results[index]?.invocation === undefined) {
      this.#update(invocationId, result);
    }
  }
}

/** What the relay gets of one replay: the message, or for a custom handler that its request is about to come. */
function linesOf(
  { at, isCustomHandler }: LiveStream,
  invocationId: string,
  mark: ReplayMark,
  bytes: Uint8Array,
): readonly InterventionOrder[] {
  if (isCustomHandler) {
    return [{ order: "announce-replay", at, invocationId, mark }];
  }
  const head = { order: "replay", at, invocationId, mark } as const;
  return inLines<Extract<InterventionOrder, { order: "replay" }>>(head, bytes);
}
