/** What is done with the messages of one connection: which are swallowed, held or rewritten. */
import type { Direction } from "@inspector/contract/intervention-lines";
import type { Lane } from "./lane.ts";
import { HEAD_BYTES, IdFilter, MessageHeadReader, type MessageIds, MORE, NO_IDS } from "./message-head.ts";
import { MAX_REWRITTEN_BYTES, REWRITTEN_KINDS } from "./rewrite.ts";

/** Larger messages are never held: they would have to be kept in memory. */
export const MAX_HELD_BYTES = 64 * 1024 * 1024;

/** Ids that are remembered of one connection, at most: of replays, and of invocations with their functions. */
const MAX_IDS = 100_000;

const KIND_RPC_LOG = 2;
const KIND_INVOCATION_REQUEST = 4;
const KIND_INVOCATION_RESPONSE = 5;
const KIND_MAPS_CLOSED = 28;
/** What a worker says because of what we sent it. */
const ANSWERS: readonly number[] = [KIND_RPC_LOG, KIND_INVOCATION_RESPONSE, KIND_MAPS_CLOSED];
const KINDS_WITH_INVOCATION = [KIND_RPC_LOG, KIND_INVOCATION_REQUEST, KIND_INVOCATION_RESPONSE, 21];

export type HoldRule = {
  readonly rule: number;
  readonly stream: number;
  readonly direction: Direction;
  /** Empty where it is spent: nothing more is held because of it. */
  readonly kinds: ReadonlySet<number>;
  readonly functionIds: ReadonlySet<string> | undefined;
  readonly ask: boolean;
};

/** A message that is kept: held by a rule, or because one of its invocation is held, or until it was rewritten. */
export type Keeping =
  | { readonly why: "hold"; readonly rule: HoldRule; readonly kind: number; readonly invocationId: string | undefined }
  | { readonly why: "queue"; readonly invocationId: string }
  | { readonly why: "rewrite"; readonly kind: number };

export type Verdict = "pass" | "swallow" | Keeping;

/** Judges by the first bytes, and changes nothing but what it remembers of invocations. */
export class Rules {
  readonly holds = new Map<number, HoldRule>();
  /** Streams whose worker may still say what is rewritten. */
  readonly #starting = new Set<number>();
  readonly #head = new MessageHeadReader();
  /** By stream, what the worker answers to replays. */
  readonly #replays = new Map<number, Set<string>>();
  readonly #replayFilter = new IdFilter();
  readonly #functions = new Map<string, string>();
  /** How many messages are held, by stream, direction and invocation. */
  readonly #heldInvocations = new Map<string, number>();

  get isEmpty(): boolean {
    return !this.isRewriting && this.holds.size === 0 && this.#replays.size === 0;
  }

  get isRewriting(): boolean {
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

  /** What the worker says of this invocation, or of closing this map of shared memory, is for us alone. */
  swallow(stream: number, invocationId: string): void {
    const ids = this.#replays.get(stream) ?? new Set();
    this.#replays.set(stream, ids);
    remember(ids, () => ids.add(invocationId));
    this.#replayFilter.add(invocationId);
  }

  forgetStream(stream: number): void {
    this.#replays.delete(stream);
    this.#starting.delete(stream);
    for (const { rule, stream: held } of this.holds.values()) {
      if (held === stream) {
        this.holds.delete(rule);
      }
    }
  }

  /** Messages of a held one's invocation queue behind it, as long as any is held. */
  invocationHeld(stream: number, direction: Direction, invocationId: string, change: 1 | -1): void {
    const key = keyOf(stream, direction, invocationId);
    const count = (this.#heldInvocations.get(key) ?? 0) + change;
    if (count > 0) {
      this.#heldInvocations.set(key, count);
    } else {
      this.#heldInvocations.delete(key);
    }
  }

  /** Which kinds of message must be looked at; undefined where none. */
  kindsOf(stream: number, direction: Direction): Uint8Array | undefined {
    const kinds: number[] = [];
    if (direction === "to-host" && this.#replays.has(stream)) {
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
        kinds.push(KIND_INVOCATION_REQUEST);
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
    if (direction === "to-host" && kind === KIND_INVOCATION_RESPONSE && this.#starting.delete(lane.stream)) {
      lane.kinds = this.kindsOf(lane.stream, direction);
    }
    if (lane.kinds?.[kind] !== 1) {
      return "pass";
    }
    if (direction === "to-host" && this.#starting.has(lane.stream) && REWRITTEN_KINDS.includes(kind)) {
      if (size <= MAX_REWRITTEN_BYTES) {
        return { why: "rewrite", kind };
      }
    }
    if (this.holds.size === 0 && !this.#head.mayBeOneOf(this.#replayFilter, kind, chunk, end)) {
      return "pass";
    }
    const ids = this.#head.ids(kind, chunk, end, isWhole);
    return ids === undefined ? undefined : this.#judgeIds(direction, lane.stream, kind, ids, size);
  }

  #judgeIds(direction: Direction, stream: number, kind: number, ids: MessageIds, size: number): Verdict {
    const { invocationId, functionId } = ids;
    if (invocationId !== undefined) {
      if (direction === "to-host" && ANSWERS.includes(kind) && this.#replays.get(stream)?.has(invocationId)) {
        return "swallow";
      }
      // What it says of maps belongs to no invocation.
      if (kind === KIND_MAPS_CLOSED) {
        return this.#judgeIds(direction, stream, kind, NO_IDS, size);
      }
      if (functionId !== undefined) {
        remember(this.#functions, () => this.#functions.set(invocationId, functionId));
      }
      if (this.#heldInvocations.has(keyOf(stream, direction, invocationId))) {
        return { why: "queue", invocationId };
      }
    }
    if (size > MAX_HELD_BYTES) {
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

function keyOf(stream: number, direction: Direction, invocationId: string): string {
  return `${stream} ${direction} ${invocationId}`;
}

/** Adds to what is remembered; the oldest is forgotten where it is too much. */
function remember(memory: { size: number; keys(): Iterator<string>; delete(key: string): boolean }, add: () => void) {
  add();
  if (memory.size <= MAX_IDS) {
    return;
  }
  const oldest = memory.keys().next();
  if (oldest.done !== true) {
    memory.delete(oldest.value);
  }
}
