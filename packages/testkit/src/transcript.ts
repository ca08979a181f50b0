import type { ConversationEvents } from "@inspector/wire/conversation-events";
import type { Side } from "@inspector/wire/frames";
import type { MessagePart } from "@inspector/wire/grpc";
import type { Header } from "@inspector/wire/hpack-static-table";

export type TranscriptEntry =
  | { readonly type: "opened"; readonly stream: number; readonly path: string; readonly headers: readonly Header[] }
  | {
      readonly type: "headers";
      readonly stream: number;
      readonly side: Side;
      readonly headers: readonly Header[];
      readonly trailers: boolean;
    }
  | ({ readonly type: "message" } & MessagePart)
  | {
      readonly type: "ended";
      readonly stream: number;
      readonly by: Side;
      readonly how: "end" | "reset";
      readonly code?: number;
    }
  | { readonly type: "forgotten"; readonly stream: number }
  | {
      readonly type: "goaway";
      readonly by: Side;
      readonly code: number;
      readonly lastStream: number;
      readonly debug: string;
    }
  | { readonly type: "unreadable"; readonly side: Side; readonly stream: number | undefined; readonly reason: string };

export type Transcript = {
  readonly events: ConversationEvents;
  /** Everything that was said, in order, with copies of the bytes. */
  readonly entries: readonly TranscriptEntry[];
  /** The parts of messages among the entries. */
  readonly parts: () => readonly MessagePart[];
};

/** Writes down all that a conversation says. */
export function createTranscript(): Transcript {
  const entries: TranscriptEntry[] = [];
  const events: ConversationEvents = {
    streamOpened: (event) => entries.push({ type: "opened", ...event }),
    headers: (event) => entries.push({ type: "headers", ...event }),
    message: (part) => entries.push({ type: "message", ...part, bytes: Uint8Array.from(part.bytes) }),
    streamEnded: (event) => entries.push({ type: "ended", ...event }),
    streamForgotten: (event) => entries.push({ type: "forgotten", ...event }),
    goaway: (event) => entries.push({ type: "goaway", ...event }),
    unreadable: (event) => entries.push({ type: "unreadable", ...event }),
  };
  return { events, entries, parts: () => entries.filter((entry) => entry.type === "message") };
}

/** An entry in one line, for tests that expect a list of them. */
export function formatEntry(entry: TranscriptEntry): string {
  switch (entry.type) {
    case "opened":
      return `${entry.stream} opened ${entry.path}`;
    case "headers":
      return `${entry.stream} ${entry.side} ${entry.trailers ? "trailers" : "headers"} ${entry.headers.flat().join(" ")}`;
    case "message": {
      const marks = `${entry.compressed ? " compressed" : ""}${entry.truncated ? " truncated" : ""}`;
      const bytes =
        entry.bytes.length > 20 ? `${entry.bytes.length} bytes` : Buffer.from(entry.bytes).toString("latin1");
      return `${entry.stream} ${entry.side} message ${entry.offset}/${entry.length}${marks} ${bytes}`;
    }
    case "ended":
      return `${entry.stream} ${entry.by} ${entry.how}${entry.code === undefined ? "" : ` ${entry.code}`}`;
    case "forgotten":
      return `${entry.stream} forgotten`;
    case "goaway":
      return `${entry.by} goaway ${entry.code} ${entry.lastStream} ${entry.debug}`;
    case "unreadable":
      return `${entry.stream ?? "connection"} ${entry.side} unreadable: ${entry.reason}`;
  }
}
