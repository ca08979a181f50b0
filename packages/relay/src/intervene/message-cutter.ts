/** Cuts a lane's content into messages and does with each what is judged of it. */
import { uint32At } from "@inspector/wire/frames";
import { PREFIX_BYTES } from "@inspector/wire/grpc-prefix";
import { copyOf } from "./frame-bytes.ts";
import type { Lane } from "./lane.ts";
import { HEAD_BYTES } from "./message-head.ts";
import type { Outbox } from "./outbox.ts";
import { isKeeping, type Verdict } from "./rules.ts";

const NOTHING = new Uint8Array(0);

/** Asked about each message in this order: `judge`, possibly more than once, then `begin`, then `complete`. */
export type Judge = {
  /**
   * Judges message number `number` by its bytes from `start` to `end` of `chunk`; undefined where more of its `size`
   * bytes must be seen. Asked again where it was asked before of the same message: it must not remember.
   */
  judge(lane: Lane, chunk: Uint8Array, start: number, end: number, size: number): Verdict | undefined;
  /** A message that was not to pass begins. Returns what becomes of it: it passes where there is no room to keep it. */
  begin(lane: Lane, verdict: Verdict, size: number): Verdict;
  /** A message that was not to pass is complete. `bytes` with prefix where it was kept, else empty. */
  complete(lane: Lane, verdict: Verdict, number: number, bytes: Uint8Array): void;
  /** The stream ends within a message that is kept, of which there are these bytes. Takes the place of `complete`. */
  cutOff(lane: Lane, bytes: Uint8Array): void;
};

/**
 * Whether all content of a frame goes on as it is and nothing stands in its way; then it counts as gone. Where it is not
 * so, nothing has changed.
 */
export function passesWhole(lane: Lane, judge: Judge, chunk: Uint8Array, start: number, end: number): boolean {
  if (!isUnobstructed(lane)) {
    return false;
  }
  if (lane.kinds !== undefined && lane.isGrpc && allPass(lane, judge, chunk, start, end) !== true) {
    return false;
  }
  lane.skim(chunk, start, end);
  lane.sync();
  return true;
}

/** Whether every message that begins in this content passes; undefined where one cannot be judged by what is there. */
export function allPass(lane: Lane, judge: Judge, chunk: Uint8Array, start: number, end: number): boolean | undefined {
  if (lane.prefixBytes > 0) {
    return undefined;
  }
  let at = start + lane.left;
  while (at < end) {
    if (end - at < PREFIX_BYTES) {
      return undefined;
    }
    const size = uint32At(chunk, at + 1);
    const from = at + PREFIX_BYTES;
    at = from + size;
    if (chunk[from - PREFIX_BYTES] !== 0) {
      continue;
    }
    const verdict = judge.judge(lane, chunk, from, Math.min(end, at), size);
    if (verdict !== "pass") {
      return verdict && false;
    }
  }
  return true;
}

/** Whether the sender's next bytes may go on as they come: nothing waits before them, and they begin nothing that is kept. */
export function isUnobstructed(lane: Lane): boolean {
  const isFree = lane.queued === 0 && lane.own.length === 0 && lane.released.length === 0 && lane.headBytes === 0;
  return isFree && (lane.left === 0 || lane.verdict === "pass");
}

/** Takes content that came from the sender, in pieces of any size. */
export function cutMessages(
  lane: Lane,
  to: Outbox,
  judge: Judge,
  chunk: Uint8Array,
  start: number,
  end: number,
  isView = true,
): void {
  let position = start;
  while (position < end) {
    if (!lane.isGrpc) {
      to.data(lane, chunk.subarray(position, end), isView, false);
      return;
    }
    if (lane.left > 0) {
      position += takeMessage(lane, to, judge, chunk, position, end, isView);
    } else if (lane.prefixBytes > 0 || (lane.kinds === undefined && lane.headBytes === 0)) {
      const taken = lane.skimPrefix(chunk, position, end);
      lane.verdict = "pass";
      const isEmptyMessage = lane.prefixBytes === 0 && lane.left === 0;
      to.data(lane, chunk.subarray(position, position + taken), isView, isEmptyMessage);
      if (isEmptyMessage) {
        to.border(lane);
      }
      position += taken;
    } else {
      position += judgeNext(lane, to, judge, chunk, position, end);
    }
  }
}

/** What is there of a message that was not complete goes on: nothing more will come. */
export function flushIncomplete(lane: Lane, to: Outbox, judge: Judge): void {
  if (lane.kept !== undefined) {
    judge.cutOff(lane, lane.kept.subarray(0, lane.keptBytes));
  }
  lane.kept = undefined;
  if (lane.headBytes === 0) {
    return;
  }
  const head = takeHead(lane, to);
  lane.skim(head, 0, head.length);
  to.data(lane, head, false, false);
}

/** How many bytes an unjudged message lacks to be judged. */
export function headLacks(lane: Lane): number {
  const head = Buffer.concat(lane.head);
  if (head.length < PREFIX_BYTES) {
    return PREFIX_BYTES - head.length;
  }
  return PREFIX_BYTES + Math.min(uint32At(head, 1), HEAD_BYTES) - head.length;
}

/** Looks at a message from its first byte on. Returns how many bytes it put aside: none where it was judged at once. */
function judgeNext(lane: Lane, to: Outbox, judge: Judge, chunk: Uint8Array, start: number, end: number): number {
  if (lane.headBytes === 0) {
    if (judgeAt(lane, judge, chunk, start, end)) {
      return 0;
    }
    putAside(lane, to, chunk, start, end);
    return end - start;
  }
  const wanted = headLacks(lane);
  const taken = Math.min(wanted, end - start);
  putAside(lane, to, chunk, start, start + taken);
  const head = Buffer.concat(lane.head);
  lane.head = [head];
  if (judgeAt(lane, judge, head, 0, head.length)) {
    takeHead(lane, to);
    cutMessages(lane, to, judge, head, 0, head.length, false);
  }
  return taken;
}

/** Judges the message that begins at `start`, if enough of it is there; its prefix counts as part of it from then on. */
function judgeAt(lane: Lane, judge: Judge, chunk: Uint8Array, start: number, end: number): boolean {
  if (end - start < PREFIX_BYTES) {
    return false;
  }
  const flag = chunk[start] ?? 0;
  const size = uint32At(chunk, start + 1);
  const from = start + PREFIX_BYTES;
  // What is compressed cannot be judged.
  const verdict = flag !== 0 ? "pass" : judge.judge(lane, chunk, from, Math.min(end, from + size), size);
  if (verdict === undefined) {
    return false;
  }
  if (flag > 1) {
    lane.isGrpc = false;
  }
  // What it lets go of goes before it, so it must not have begun.
  lane.verdict = verdict === "pass" ? verdict : judge.begin(lane, verdict, size);
  lane.messages += 1;
  lane.left = PREFIX_BYTES + size;
  lane.kept = isKeeping(lane.verdict) ? new Uint8Array(lane.left) : undefined;
  lane.keptBytes = 0;
  return true;
}

function putAside(lane: Lane, to: Outbox, chunk: Uint8Array, start: number, end: number): void {
  lane.head.push(copyOf(chunk, start, end));
  lane.headBytes += end - start;
  lane.waiting += end - start;
  to.unjudged.add(lane);
}

function takeHead(lane: Lane, to: Outbox): Uint8Array {
  const head = Buffer.concat(lane.head);
  lane.waiting -= head.length;
  lane.head = [];
  lane.headBytes = 0;
  to.unjudged.delete(lane);
  return head;
}

/** Takes bytes of a message that is judged. Returns how many. */
function takeMessage(
  lane: Lane,
  to: Outbox,
  judge: Judge,
  chunk: Uint8Array,
  start: number,
  end: number,
  isView: boolean,
): number {
  const taken = Math.min(lane.left, end - start);
  lane.left -= taken;
  if (lane.verdict === "pass") {
    to.data(lane, chunk.subarray(start, start + taken), isView, lane.left === 0);
    if (lane.left === 0) {
      to.border(lane);
    }
    return taken;
  }
  if (lane.kept !== undefined) {
    lane.kept.set(chunk.subarray(start, start + taken), lane.keptBytes);
    lane.keptBytes += taken;
  }
  to.flow.consume(lane, taken);
  if (lane.left === 0) {
    const bytes = lane.kept ?? NOTHING;
    lane.kept = undefined;
    judge.complete(lane, lane.verdict, lane.messages, bytes);
  }
  return taken;
}
