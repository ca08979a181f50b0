/** What was said on a tapped connection, side by side, in a form in which two runs can be compared. */
import { createHash } from "node:crypto";
import { decodeMessage, messageToJson } from "@inspector/proto";
import { createTranscript, formatEntry, type TranscriptEntry } from "@inspector/testkit";
import { createConversation } from "@inspector/wire/conversation";
import { FrameWalker } from "@inspector/wire/frame-walker";
import {
  FRAME_CONTINUATION,
  FRAME_DATA,
  FRAME_HEADERS,
  FRAME_WINDOW_UPDATE,
  streamIdAt,
  uint32At,
} from "@inspector/wire/frames";
import type { Side } from "./raw-sockets.ts";
import type { TappedConnection } from "./tap.ts";

const FRAME_PING = 0x6;

/**
 * Frames that are not compared as such. What a side grants, and into how many frames and chunks it cuts what it says,
 * follows what has arrived by the moment at which it writes: chunks already differ between two runs with nothing in
 * between. Of DATA the messages are compared, of header blocks what they say (HPACK writes the same in more than one
 * way), of credit only that it is no more than there was to give.
 */
const FREE_FRAMES: ReadonlySet<number | undefined> = new Set([
  FRAME_DATA,
  FRAME_HEADERS,
  FRAME_CONTINUATION,
  FRAME_WINDOW_UPDATE,
  FRAME_PING,
]);

/** Of one side. */
export type Account = {
  /** Headers, messages, trailers and ends of its streams in order, each in one line, with the hash of every message. */
  readonly said: readonly string[];
  /** All frames but those of {@link FREE_FRAMES}, to the byte: settings and their acknowledgement, resets, GOAWAY. */
  readonly frames: readonly string[];
  /** Bytes of credit that it gave beyond what it was sent, on the connection and on all streams of it. */
  readonly creditTooMuch: number;
  /** How its half of the connection ended. */
  readonly end: "fin" | "reset" | undefined;
};

export type ConnectionAccount = Readonly<Record<Side, Account>>;

/**
 * @param authority what the worker was told to connect to: each run has ports of its own, and a client names its server
 * @param normalised says what of a message is compared; it gets every one, and leaves those that are to be as they are
 */
export function accountOf(
  connection: TappedConnection,
  authority: string,
  normalised: (message: Uint8Array) => Uint8Array = (message) => message,
): ConnectionAccount {
  const { events, entries } = createTranscript();
  const conversation = createConversation(events);
  for (const { from, bytes } of connection.chunks) {
    conversation.push(from, bytes);
  }
  const account = (side: Side): Account => {
    const own = entries.filter((entry) => sideOf(entry) === side);
    return {
      said: own.map((entry) => lineOf(entry, authority, normalised)),
      frames: framesOf(connection, side).flatMap((frame) => (FREE_FRAMES.has(frame.type) ? [] : [formatFrame(frame)])),
      creditTooMuch: creditTooMuch(connection, side),
      end: connection.ends[side],
    };
  };
  return { worker: account("worker"), host: account("host") };
}

/** Undefined of what is nothing that a side says. */
function sideOf(entry: TranscriptEntry): Side | undefined {
  switch (entry.type) {
    case "opened":
      return "worker";
    case "ended":
    case "goaway":
      return entry.by;
    case "forgotten":
      return undefined;
    default:
      return entry.side;
  }
}

function lineOf(entry: TranscriptEntry, authority: string, normalised: (message: Uint8Array) => Uint8Array): string {
  switch (entry.type) {
    case "opened":
      return `${formatEntry(entry)} ${entry.headers.flat().join(" ")}`.replace(` ${authority} `, " HOST ");
    case "headers":
      // The clock's: what is neither the host's nor ours.
      return formatEntry(entry).replace(/ date \w{3}, \d{2} \w{3} \d{4} \d{2}:\d{2}:\d{2} GMT$/u, " date DATE");
    case "message": {
      const bytes = normalised(entry.bytes);
      const hash = createHash("sha256").update(bytes).digest("hex");
      // The hash compares; the beginning of the text is for whoever reads what is not the same.
      return `${formatEntry({ ...entry, length: bytes.length, bytes: new Uint8Array(0) })}${hash} ${textOf(bytes)}`;
    }
    default:
      return formatEntry(entry);
  }
}

function textOf(bytes: Uint8Array): string {
  const decoded = decodeMessage(bytes);
  return decoded.ok ? JSON.stringify(messageToJson(decoded.message)).slice(0, 300) : decoded.reason;
}

type Frame = { readonly type: number; readonly flags: number; readonly stream: number; readonly payload: Buffer };

function framesOf({ chunks }: TappedConnection, side: Side): Frame[] {
  const bytes = Buffer.concat(chunks.filter(({ from }) => from === side).map((chunk) => chunk.bytes));
  const frames: Frame[] = [];
  const walker = new FrameWalker(side, {
    frame(header, at, _, chunk, start, end) {
      const [type = 0, flags = 0] = header.subarray(at + 3, at + 5);
      frames.push({
        type,
        flags,
        stream: streamIdAt(header, at + 5),
        payload: Buffer.from(chunk.subarray(start, end)),
      });
      return false;
    },
    payload() {},
  });
  walker.walk(bytes, 0, bytes.length);
  return frames;
}

function formatFrame({ type, flags, stream, payload }: Frame): string {
  return `type ${type} flags ${flags} stream ${stream} ${payload.toString("hex")}`;
}

function creditTooMuch(connection: TappedConnection, side: Side): number {
  const credit = { connection: 0, streams: 0 };
  for (const { type, stream, payload } of framesOf(connection, side)) {
    if (type === FRAME_WINDOW_UPDATE) {
      credit[stream === 0 ? "connection" : "streams"] += uint32At(payload, 0);
    }
  }
  const others = framesOf(connection, side === "host" ? "worker" : "host");
  const sent = others.reduce((total, { type, payload }) => total + (type === FRAME_DATA ? payload.length : 0), 0);
  return Math.max(0, credit.connection - sent) + Math.max(0, credit.streams - sent);
}

/**
 * The lines of a list beyond those of another.
 * @throws where the others are not all there, in their order
 */
export function additionsTo(lines: readonly string[], withAdditions: readonly string[]): string[] {
  let at = 0;
  const additions = withAdditions.filter((line) => {
    if (line !== lines[at]) {
      return true;
    }
    at++;
    return false;
  });
  if (at < lines.length) {
    throw new Error(`this is missing, or elsewhere: ${lines[at]}`);
  }
  return additions;
}
