import type { ConversationEvents, Header, MessagePart, Side } from "@inspector/wire";

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
