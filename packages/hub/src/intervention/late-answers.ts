/**
 * Answers to replays that nobody waits for any more: those that were given up, and those that an earlier hub sent. They may
 * leave something in shared memory all the same, which the host would free, having read it.
 */

import type { Seq } from "@inspector/contract/page";
import { type Database, numberOf, textOf } from "@inspector/session/database";
import type { LiveStream, LiveStreams } from "./live-streams.ts";
import type { RelayLines } from "./relay-lines.ts";

export type LateAnswers = {
  add(stream: number, invocationId: string): void;
  /** Something was recorded, or there is a relay that was not there before. */
  advance(): void;
};

export type LateAnswersOptions = {
  readonly database: Database;
  readonly streams: LiveStreams;
  readonly lines: Pick<RelayLines, "isUp">;
  /** The message that answers an invocation of a stream. */
  readonly answerOf: (stream: number, invocationId: string) => Seq | undefined;
  readonly free: (stream: LiveStream, answer: Seq) => void;
};

export function createLateAnswers({ database, streams, lines, answerOf, free }: LateAnswersOptions): LateAnswers {
  /** Streams by invocation id. */
  const awaited = new Map<string, number>();
  const unanswered = database.prepare(
    `SELECT i.invocation_id, i.stream FROM replay r JOIN invocation i ON i.id = r.invocation JOIN stream s ON s.id = i.stream
     WHERE i.answered_seq IS NULL AND s.ended_at IS NULL`,
  );
  for (const { invocation_id, stream } of unanswered.all()) {
    awaited.set(textOf(invocation_id) ?? "", numberOf(stream));
  }

  return {
    add(stream, invocationId) {
      awaited.set(invocationId, stream);
    },
    advance() {
      for (const [invocationId, id] of awaited) {
        const stream = streams.byId(id);
        if (stream?.isEnded === false && !lines.isUp(stream.journal)) {
          continue;
        }
        const answer = answerOf(id, invocationId);
        if (stream !== undefined && answer !== undefined) {
          free(stream, answer);
        }
        if (answer !== undefined || stream?.isEnded !== false) {
          awaited.delete(invocationId);
        }
      }
    },
  };
}
