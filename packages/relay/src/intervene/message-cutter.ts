/** Cuts a lane's content into messages and does with each what is judged of it. */
import { uint32At } from "@inspector/wire/frames";
import { copyOf } from "./frame-bytes.ts";
import { type Lane, PREFIX_BYTES } from "./lane.ts";
import { HEAD_BYTES } from "./message-head.ts";
import type { Outbox } from "./outbox.ts";
import type { Verdict } from "./rules.ts";

export type Judge = {
  /**
   * Judges message number `number` by its bytes from `start` to `end` of `chunk`; undefined where more of its `size`
   * bytes must be seen. Asked again where it was asked before of the same message: it must not remember.
   */
  judge(lane: Lane, chunk: Uint8Array, start: number, end: number, size: number): Verdict | undefined;
  /** A message that was not to pass is complete. `bytes` with prefix where it was kept, else empty. */
  complete(lane: Lane, verdict: Verdict, number: number, bytes: Uint8Array): void;
};

/**
 * Whether all content of a frame goes on as it is and nothing stands in its way; then it counts as gone. Where it is not
 * so, nothing has changed.
 */
export function passesWhole(lane: Lane, judge: Judge, chunk: Uint8Array, start: number, end: number): boolean {
  const isFree = lane.queued === 0 && lane.own.length === 0 && lane.headBytes === 0;
  if (!isFree || (lane.left > 0 && lane.verdict !== "pass")) {
    return false;
  }
  if (lane.kinds !== undefined && lane.isGrpc) {
    if (lane.prefixBytes > 0) {
      return false;
    }
    let at = start + lane.left;
    while (at < end) {
      if (end - at < PREFIX_BYTES) {
        return false;
      }
      const size = uint32At(chunk, at + 1);
      const from = at + PREFIX_BYTES;
      at = from + size;
      if (chunk[from - PREFIX_BYTES] !== 0) {
        continue;
      }
      if (judge.judge(lane, chunk, from, Math.min(end, at), size) !== "pass") {
        return false;
      }
    }
  }
  lane.skim(chunk, start, end);
  lane.sync();
  return true;
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
    } else if (lane.prefixBytes > 0 || lane.kinds === undefined) {
      const taken = lane.skimPrefix(chunk, position, end);
      lane.verdict = "pass";
      const isEmptyMessage = lane.prefixBytes === 0 && lane.left === 0;
      to.data(lane, chunk.subarray(position, position + taken), isView, isEmptyMessage);
      position += taken;
    } else {
      position += judgeNext(lane, to, judge, chunk, position, end);
    }
  }
}

/** What is there of a message that was not complete goes on: nothing more will come. */
export function flushIncomplete(lane: Lane, to: Outbox): void {
  if (lane.kept.length > 0) {
    to.send(lane, { bytes: Buffer.concat(lane.kept.splice(0)), isReplay: false });
  }
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
  lane.messages += 1;
  lane.left = PREFIX_BYTES + size;
  lane.verdict = verdict;
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
    return taken;
  }
  if (lane.verdict !== "swallow") {
    lane.kept.push(copyOf(chunk, start, start + taken));
  }
  to.forgo(lane, taken);
  if (lane.left === 0) {
    const bytes = Buffer.concat(lane.kept);
    lane.kept = [];
    judge.complete(lane, lane.verdict, lane.messages, bytes);
  }
  return taken;
}
