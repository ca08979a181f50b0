import { type Conversation, createConversation, restoreConversation } from "@inspector/wire/conversation";
import type { Side } from "@inspector/wire/frames";
import { describe, expect, test } from "vitest";
import { loadRecording, type RecordedChunk, recordingNames } from "./recordings.ts";
import { createTranscript, type Transcript, type TranscriptEntry } from "./transcript.ts";

/** What a replay does between two pieces of bytes; it may put another conversation in the place of the first. */
type Between = (conversation: Conversation, transcript: Transcript) => Conversation;

/** Decodes every connection of a recording; `cut` says how long the next piece of a chunk is. */
function replay(
  chunks: readonly RecordedChunk[],
  cut: (rest: number) => number = (rest) => rest,
  between: Between = (conversation) => conversation,
): Map<number, Transcript> {
  const transcripts = new Map<number, Transcript>();
  const conversations = new Map<number, Conversation>();
  for (const chunk of chunks) {
    const transcript = transcripts.get(chunk.conn) ?? createTranscript();
    let conversation = conversations.get(chunk.conn) ?? createConversation(transcript.events);
    transcripts.set(chunk.conn, transcript);
    const bytes = chunk.bytes ?? new Uint8Array(0);
    for (let at = 0; at < bytes.length; ) {
      const size = cut(bytes.length - at);
      conversation.push(chunk.from, bytes.subarray(at, at + size));
      at += size;
      conversation = between(conversation, transcript);
    }
    if (chunk.event === "end" || chunk.event === "close") {
      conversation.closed(chunk.from);
    }
    conversations.set(chunk.conn, conversation);
  }
  return transcripts;
}

/** The whole messages of a side, as base64. */
function messagesOf(transcript: Transcript, side: Side): string[] {
  const messages: string[] = [];
  let parts: Uint8Array[] = [];
  for (const part of transcript.parts()) {
    if (part.side !== side || part.truncated) {
      continue;
    }
    parts.push(part.bytes);
    if (!part.last) {
      continue;
    }
    messages.push(Buffer.concat(parts).toString("base64"));
    parts = [];
  }
  return messages;
}

/** Entries as strings, which compare fast also where they hold megabytes. */
function print(transcripts: Map<number, Transcript>): string[] {
  const printEntry = (entry: TranscriptEntry) =>
    entry.type === "message"
      ? [JSON.stringify({ ...entry, bytes: 0 }), Buffer.from(entry.bytes).toString("base64")]
      : [JSON.stringify(entry)];
  return [...transcripts].flatMap(([conn, { entries }]) => [`connection ${conn}`, ...entries.flatMap(printEntry)]);
}

/** Numbers from 0 to 1 that are the same in every run. */
function createRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

const cloned: Between = (conversation, transcript) =>
  restoreConversation(structuredClone(conversation.save()), transcript.events);

describe.each(recordingNames)("%s", (name) => {
  const recording = loadRecording(name);
  const whole = replay(recording.chunks);

  test("comes out as exactly its messages", () => {
    for (const [conn, transcript] of whole) {
      for (const side of ["host", "worker"] as const) {
        const recorded = recording.messages.filter((message) => message.conn === conn && message.from === side);
        expect(messagesOf(transcript, side)).toEqual(
          recorded.map(({ bytes }) => Buffer.from(bytes).toString("base64")),
        );
      }
    }
    expect([...whole.keys()]).toEqual(expect.arrayContaining([...new Set(recording.messages.map(({ conn }) => conn))]));
  });

  test("is readable to its end, in parts of at most 1 MiB", () => {
    for (const { entries } of whole.values()) {
      expect(entries.filter((entry) => entry.type === "unreadable")).toEqual([]);
      expect(entries.filter((entry) => entry.type === "message" && entry.bytes.length > 1 << 20)).toEqual([]);
    }
  });

  test("says the same when it is cut anywhere and the conversation is stored between", () => {
    const random = createRandom(name.length);
    const cut = (rest: number) => Math.min(rest, 1 + Math.floor(random() ** 4 * 40_000));
    const stored: Between = (conversation, transcript) =>
      random() < 0.05 ? cloned(conversation, transcript) : conversation;
    expect(print(replay(recording.chunks, cut, stored))).toEqual(print(whole));
  });

  test("says the same byte by byte, and behind a quarter of a megabyte in short pieces", () => {
    let fed = 0;
    const cut = () => {
      const size = fed < 1 << 18 ? 1 : 1 + (fed % 97);
      fed += size;
      return size;
    };
    expect(print(replay(recording.chunks, cut))).toEqual(print(whole));
  });
});

test("a conversation that is stored after every byte says the same", () => {
  const { chunks } = loadRecording("kestrel/kestrel-dotnet-unknown-id");
  expect(print(replay(chunks, () => 1, cloned))).toEqual(print(replay(chunks)));
});

test("recordings with some bytes changed never throw and never hold more than they were given", () => {
  const random = createRandom(7);
  for (const name of ["node/exception-flood", "kestrel/kestrel-node-error-end", "dotnet/dotnet-cancel"]) {
    const { chunks } = loadRecording(name);
    for (let round = 0; round < 60; round++) {
      const changed = chunks.map((chunk) => ({ ...chunk, bytes: chunk.bytes && Uint8Array.from(chunk.bytes) }));
      for (const { bytes } of changed) {
        if (bytes === undefined || random() > 0.02 * (1 + (round % 10))) {
          continue;
        }
        bytes[Math.floor(random() ** 2 * bytes.length)] = Math.floor(random() * 256);
      }
      const kept: number[] = [];
      replay(changed, undefined, (conversation) => {
        if (random() < 0.02) {
          kept.push(JSON.stringify(conversation.save()).length);
        }
        return conversation;
      });
      expect(Math.max(0, ...kept)).toBeLessThan(2_000_000);
    }
  }
});
