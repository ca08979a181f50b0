import { type Conversation, createConversation } from "@inspector/wire/conversation";
import type { Side } from "@inspector/wire/frames";
import { preface, settings, settingsAck } from "./http2-writer.ts";
import { createTranscript, formatEntry, type TranscriptEntry } from "./transcript.ts";

export type ScriptedConversation = {
  readonly conversation: Conversation;
  readonly say: (side: Side, ...frames: readonly Uint8Array[]) => void;
  readonly entries: readonly TranscriptEntry[];
  /** The entries so far, each in one line. */
  readonly told: () => readonly string[];
};

/** A conversation whose settings are exchanged, all empty, and that has no call yet. */
export function startConversation(): ScriptedConversation {
  const { events, entries } = createTranscript();
  const conversation = createConversation(events);
  const say: ScriptedConversation["say"] = (side, ...frames) => conversation.push(side, Buffer.concat(frames));
  say("worker", preface, settings());
  say("host", settings(), settingsAck());
  say("worker", settingsAck());
  return { conversation, say, entries, told: () => entries.map(formatEntry) };
}
