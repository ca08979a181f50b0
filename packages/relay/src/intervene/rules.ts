/** What is done with the messages of one connection: which are swallowed, held or rewritten. */
import type { Direction } from "@inspector/contract/intervention-lines";
import { KIND } from "../content-kinds.ts";
import { MAX_HELD_MESSAGE_BYTES } from "./holding.ts";
import type { Lane } from "./lane.ts";
import { HEAD_BYTES, MessageHeadReader, type MessageIds, MORE, NO_IDS } from "./message-head.ts";
import { ReplayedIds, remember } from "./replayed-ids.ts";
import { MAX_REWRITTEN_BYTES, REWRITTEN_KINDS } from "./rewrite.ts";

/** What a worker says because of what we sent it. */
const ANSWERS: readonly number[] = [KIND.rpcLog, KIND.invocationResponse, KIND.closeSharedMemoryResourcesResponse];
const KINDS_WITH_INVOCATION = [KIND.rpcLog, KIND.invocationRequest, KIND.invocationResponse, KIND.invocationCancel];

/** A rule as the hub orders it, for one direction of one stream. `rule` is the hub's number for it, `stream` HTTP/2's for the call. */
export type HoldRule = {
  readonly rule: number;
  readonly stream: number;
  readonly direction: Direction;
  /** Empty where it is spent: nothing more is held because of it. */
  readonly kinds: ReadonlySet<number>;
  readonly functionIds: ReadonlySet<string> | undefined;
  /** Whether the hub says of each message if it stays. */
  readonly ask: boolean;
  /** How long each message is held at most. */
  readonly limitNanos: number;
};

/** A message that is kept: held by a rule, or because one of its invocation is held, or until it was rewritten. */
export type Keeping =
  | { readonly why: "hold"; readonly rule: HoldRule; readonly kind: number; readonly invocationId: string | undefined }
  | { readonly why: "queue"; readonly invocationId: string }
  | { readonly why: "rewrite"; readonly kind: number };

/** A message that goes no further, since it belongs to a replay. `isAnswer` where it is the worker's last word on it. */
export type Swallowing = { readonly why: "swallow"; readonly invocationId: string; readonly isAnswer: boolean };

/** What becomes of a message. Known by its first bytes, and not changed any more once it has begun to go on. */
export type Verdict = "pass" | Swallowing | Keeping;

/** Whether a message is kept in memory. */
export function isKeeping(verdict: Verdict): verdict is Keeping {
  return verdict !== "pass" && verdict.why !== "swallow";
}

/** Judges by the first bytes, and changes nothing but what it remembers of invocations. */
export class Rules {
  readonly holds = new Map<number, HoldRule>();
  /** Streams whose worker may still say what is rewritten. */
  readonly #starting = new Set<number>();
  readonly #head = new MessageHeadReader();
  /** What the worker says of these invocations, or of closing these maps of shared memory, is for us alone. */
  readonly replays = new ReplayedIds();
  readonly #functions = new Map<string, string>();
  /** Whether a message of {@link REWRITTEN_KINDS} is to be rewritten. */
  readonly isWanted: (message: Uint8Array) => boolean;
  readonly #isHeld: (stream: number, direction: Direction, invocationId: string) => boolean;

  /**
   * @param isHeld whether a message of an invocation is held, behind which others of it have to wait
   * @param isWanted whether a message of {@link REWRITTEN_KINDS} is to be rewritten
   */
  constructor(
    isHeld: (stream: number, direction: Direction, invocationId: string) => boolean,
    isWanted: (message: Uint8Array) => boolean = () => true,
  ) {
    this.#isHeld = isHeld;
    this.isWanted = isWanted;
  }

  /** Whether messages of a direction of a stream must be judged before any of their bytes goes on. */
  mustJudge(stream: number, direction: Direction): boolean {
    if (direction === "to-host" && this.replays.isAwaiting(stream)) {
      return true;
    }
    for (const rule of this.holds.values()) {
      if (rule.stream === stream && isLookedAt(rule, direction)) {
        return true;
      }
    }
    return false;
  }

  /** Whether any stream's worker may still say what is rewritten. */
  get isAnyStarting(): boolean {
    return this.#starting.size > 0;
  }

  /** Nothing more is held because of a rule. What is held, and what queues behind that, stays. */
  spend(rule: number): void {
    const found = this.holds.get(rule);
    if (found !== undefined) {
      this.holds.set(rule, { ...found, kinds: new Set() });
    }
  }

  /** What this stream's worker says is rewritten, until it answers its first invocation: its start is over then. */
  rewrite(stream: number): void {
    this.#starting.add(stream);
  }

  /** The worker of a stream has started: nothing it says is rewritten any more. */
  endStart(lane: Lane): void {
    this.#starting.delete(lane.stream);
    lane.isStarting = false;
    lane.kinds = this.kindsOf(lane.stream, "to-host");
  }

  forgetStream(stream: number): void {
    this.replays.forget(stream);
    this.#starting.delete(stream);
    for (const { rule, stream: held } of this.holds.values()) {
      if (held === stream) {
        this.holds.delete(rule);
      }
    }
  }

  /** Which kinds of message must be looked at; undefined where none. */
  kindsOf(stream: number, direction: Direction): Uint8Array | undefined {
    const kinds: number[] = [];
    if (direction === "to-host" && this.replays.hasAny(stream)) {
      kinds.push(...ANSWERS);
    }
    if (direction === "to-host" && this.#starting.has(stream)) {
      kinds.push(...REWRITTEN_KINDS);
    }
    for (const rule of this.holds.values()) {
      if (rule.stream !== stream) {
        continue;
      }
      if (rule.direction === direction) {
        kinds.push(...rule.kinds, ...KINDS_WITH_INVOCATION);
      } else if (direction === "to-worker" && rule.functionIds !== undefined) {
        kinds.push(KIND.invocationRequest);
      }
    }
    if (kinds.length === 0) {
      return undefined;
    }
    const table = new Uint8Array(256);
    for (const kind of kinds) {
      table[kind] = 1;
    }
    return table;
  }

  /** As {@link Judge}. */
  judge(
    direction: Direction,
    lane: Lane,
    chunk: Uint8Array,
    start: number,
    end: number,
    size: number,
  ): Verdict | undefined {
    const isWhole = end - start >= Math.min(size, HEAD_BYTES);
    const kind = this.#head.kind(chunk, start, end, isWhole);
    if (kind === MORE) {
      return undefined;
    }
    if (direction === "to-host" && kind === KIND.invocationResponse && lane.isStarting) {
      this.endStart(lane);
    }
    if (lane.kinds?.[kind] !== 1) {
      return "pass";
    }
    if (direction === "to-host" && lane.isStarting && REWRITTEN_KINDS.includes(kind) && size <= MAX_REWRITTEN_BYTES) {
      // What is not all there is kept until it is: the rewriter says then whether it stays.
      if (end - start < size || this.isWanted(chunk.subarray(start, start + size))) {
        return { why: "rewrite", kind };
      }
    }
    if (this.holds.size === 0 && !this.#head.mayBeOneOf(this.replays.filter, kind, chunk, end)) {
      return "pass";
    }
    const ids = this.#head.ids(kind, chunk, end, isWhole);
    return ids === undefined ? undefined : this.#judgeIds(direction, lane.stream, kind, ids, size);
  }

  #judgeIds(direction: Direction, stream: number, kind: number, ids: MessageIds, size: number): Verdict {
    const { invocationId, functionId } = ids;
    if (invocationId !== undefined) {
      if (direction === "to-host" && ANSWERS.includes(kind) && this.replays.has(stream, invocationId)) {
        return { why: "swallow", invocationId, isAnswer: kind !== KIND.rpcLog };
      }
      // What it says of maps belongs to no invocation.
      if (kind === KIND.closeSharedMemoryResourcesResponse) {
        return this.#judgeIds(direction, stream, kind, NO_IDS, size);
      }
      if (functionId !== undefined) {
        remember(this.#functions, () => this.#functions.set(invocationId, functionId));
      }
      if (this.#isHeld(stream, direction, invocationId)) {
        return { why: "queue", invocationId };
      }
    }
    if (size > MAX_HELD_MESSAGE_BYTES) {
      return "pass";
    }
    const functionOf = functionId ?? (invocationId === undefined ? undefined : this.#functions.get(invocationId));
    for (const rule of this.holds.values()) {
      if (rule.stream !== stream || rule.direction !== direction || !rule.kinds.has(kind)) {
        continue;
      }
      if (rule.functionIds === undefined || (functionOf !== undefined && rule.functionIds.has(functionOf))) {
        return { why: "hold", rule, kind, invocationId };
      }
    }
    return "pass";
  }
}

/** Whether a rule makes the relay look at messages of a direction: its own, and requests that name the function of an answer. */
function isLookedAt(rule: HoldRule, direction: Direction): boolean {
  return rule.direction === direction || (direction === "to-worker" && rule.functionIds !== undefined);
}
