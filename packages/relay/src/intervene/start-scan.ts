/** Looks ahead in what a starting worker says for the messages that may be rewritten, without touching a byte of it. */
import {
  FLAG_END_STREAM,
  FLAG_PADDED,
  FRAME_DATA,
  FRAME_HEADER_BYTES,
  FRAME_HEADERS,
  FRAME_RST_STREAM,
  streamIdAt,
  uint32At,
} from "@inspector/wire/frames";
import { PREFIX_BYTES } from "@inspector/wire/grpc-prefix";
import { KIND } from "../content-kinds.ts";
import type { Lane } from "./lane.ts";
import { HEAD_BYTES, MessageHeadReader, MORE } from "./message-head.ts";
import { MAX_REWRITTEN_BYTES, REWRITTEN_KINDS } from "./rewrite.ts";

/**
 * - `nothing`: no message that begins in the frame is to be rewritten;
 * - `declaration`: one is;
 * - `answer`: the worker answers an invocation, so its start is over;
 * - `more`: that depends on what is to come. Beyond the frames that have begun the sender has to send `lacks` bytes of content
 *   for it; those frames take `laneBytes` of its stream's window and `allBytes` of the connection's.
 */
export type StartScan =
  | { readonly found: "nothing" | "declaration" | "answer" }
  | { readonly found: "more"; readonly lacks: number; readonly laneBytes: number; readonly allBytes: number };

const NOTHING: StartScan = { found: "nothing" };

/**
 * @param at where a DATA frame of the lane begins in `chunk`, of which what is before `end` is there
 * @param isWanted whether a StreamingMessage of one of {@link REWRITTEN_KINDS} is to be rewritten
 */
export function scanStart(
  lane: Lane,
  chunk: Uint8Array,
  at: number,
  end: number,
  isWanted: (message: Uint8Array) => boolean,
): StartScan {
  if (!lane.isGrpc || lane.prefixBytes > 0) {
    return NOTHING;
  }
  const contents: Uint8Array[] = [];
  let firstBytes = 0;
  let laneBytes = 0;
  let allBytes = 0;
  let lacks = PREFIX_BYTES;
  for (let position = at; end - position >= FRAME_HEADER_BYTES; ) {
    const frame = readFrame(chunk, position, end);
    position = frame.end;
    allBytes += frame.type === FRAME_DATA ? frame.length : 0;
    if (frame.stream === lane.stream && (frame.type === FRAME_HEADERS || frame.type === FRAME_RST_STREAM)) {
      return NOTHING;
    }
    if (frame.type !== FRAME_DATA || frame.stream !== lane.stream) {
      continue;
    }
    laneBytes += frame.length;
    firstBytes = contents.length === 0 ? frame.contentBytes : firstBytes;
    contents.push(chunk.subarray(frame.contentStart, Math.min(end, frame.contentStart + frame.contentBytes)));
    const content = contents.length === 1 ? contents[0] : Buffer.concat(contents);
    const judged = judgeMessages(content ?? chunk, lane.left, firstBytes, isWanted);
    if (typeof judged === "string") {
      return { found: judged };
    }
    if (frame.isLast && frame.end <= end) {
      return NOTHING;
    }
    lacks = Math.max(0, judged - Math.max(0, frame.end - end));
  }
  return { found: "more", lacks, laneBytes, allBytes };
}

type Frame = {
  readonly type: number;
  readonly isLast: boolean;
  readonly stream: number;
  readonly length: number;
  /** Where it ends, which may be behind what is there. */
  readonly end: number;
  readonly contentStart: number;
  /** Without padding. */
  readonly contentBytes: number;
};

function readFrame(chunk: Uint8Array, at: number, end: number): Frame {
  const length = uint32At(chunk, at) >>> 8;
  const start = at + FRAME_HEADER_BYTES;
  const flags = chunk[at + 4] ?? 0;
  const isPadded = (flags & FLAG_PADDED) !== 0;
  const padding = isPadded && start < end ? (chunk[start] ?? 0) : 0;
  return {
    type: chunk[at + 3] ?? 0,
    isLast: (flags & FLAG_END_STREAM) !== 0,
    stream: streamIdAt(chunk, at + 5),
    length,
    end: start + length,
    contentStart: isPadded ? start + 1 : start,
    contentBytes: Math.max(0, length - padding - (isPadded ? 1 : 0)),
  };
}

/**
 * What the messages are that begin in the first `limit` bytes of a lane's content, or how many bytes more are needed to say so.
 * @param begun bytes with which a message goes on that began before
 */
function judgeMessages(
  content: Uint8Array,
  begun: number,
  limit: number,
  isWanted: (message: Uint8Array) => boolean,
): "nothing" | "declaration" | "answer" | number {
  const reader = new MessageHeadReader();
  let at = begun;
  while (at < limit) {
    if (content.length - at < PREFIX_BYTES) {
      return at + PREFIX_BYTES - content.length;
    }
    const flag = content[at] ?? 0;
    const size = uint32At(content, at + 1);
    const from = at + PREFIX_BYTES;
    const there = Math.min(content.length - from, size);
    at = from + size;
    if (flag > 1) {
      return "nothing";
    }
    const headBytes = Math.min(size, HEAD_BYTES);
    const kind = flag === 0 ? reader.kind(content, from, from + there, there >= headBytes) : 0;
    if (kind === MORE) {
      return headBytes - there;
    }
    if (kind === KIND.invocationResponse) {
      return "answer";
    }
    if (!REWRITTEN_KINDS.includes(kind) || size > MAX_REWRITTEN_BYTES) {
      continue;
    }
    if (there < size) {
      return size - there;
    }
    if (isWanted(content.subarray(from, from + size))) {
      return "declaration";
    }
  }
  return "nothing";
}
