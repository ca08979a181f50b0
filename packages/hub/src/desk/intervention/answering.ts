/** What a rule answers in the worker's place. Relays keep each request until its answer is there, or until the hub is gone. */

import { InspectorError } from "@inspector/contract/inspector-error";
import type { AnswerProgress, HoldAnswer } from "@inspector/contract/intervention";
import { encodeMessage, readHead, type StreamingMessage } from "@inspector/proto";
import { statusOfNumber } from "@inspector/session/queries";
import { optional } from "@inspector/session/sql-values";
import type { RelayLines } from "./relay-lines.ts";
import { readWritten, releaseWith } from "./written-message.ts";

export type Answering = {
  readonly progress: AnswerProgress;
  /** Whether all that it is to answer is answered or about to be. */
  readonly isSpent: boolean;
  /** Whether all that it is to answer is answered. */
  readonly isOver: boolean;
  /** Answers, after the rule's delay, the request that a relay keeps under a number. */
  take(journal: string, number: number, invocationId: string): void;
  /** A relay does not keep it any more. Returns false where this rule had not taken it. */
  released(journal: string, number: number, isAnswered: boolean): boolean;
  /** The relay is gone, or has let everything go. */
  relayDown(journal: string): void;
  close(): void;
};

/** @throws {InspectorError} "bad-message" where it is no answer to an invocation */
export function createAnswering(answer: HoldAnswer, lines: Pick<RelayLines, "send">): Answering {
  const { delayMs, times } = answer;
  const { message, response } = readAnswer(answer.message);
  const { status, text } = readHead(encodeMessage(message));
  const words = { ...optional("status", statusOfNumber(status)), ...optional("text", text) };
  /** By relay and number; the timer where the answer is not sent yet. */
  const taken = new Map<string, { readonly journal: string; readonly timer: NodeJS.Timeout | undefined }>();
  let answered = 0;

  function forget(key: string): boolean {
    clearTimeout(taken.get(key)?.timer);
    return taken.delete(key);
  }

  function send(journal: string, number: number, invocationId: string): void {
    response.invocationId = invocationId;
    taken.set(keyOf(journal, number), { journal, timer: undefined });
    for (const line of releaseWith(number, "answer", message)) {
      lines.send(journal, line);
    }
  }

  return {
    get progress() {
      const limits = { ...optional("delayMs", delayMs), ...optional("times", times) };
      return { ...limits, ...words, answered, waiting: taken.size };
    },
    get isSpent() {
      return times !== undefined && answered + taken.size >= times;
    },
    get isOver() {
      return times !== undefined && answered >= times;
    },
    take(journal, number, invocationId) {
      if (delayMs === undefined || delayMs === 0) {
        return send(journal, number, invocationId);
      }
      const timer = setTimeout(send, delayMs, journal, number, invocationId);
      taken.set(keyOf(journal, number), { journal, timer });
    },
    released(journal, number, isAnswered) {
      const isOurs = forget(keyOf(journal, number));
      if (isOurs && isAnswered) {
        answered += 1;
      }
      return isOurs;
    },
    relayDown(journal) {
      for (const [key, one] of taken) {
        if (one.journal === journal) {
          forget(key);
        }
      }
    },
    close() {
      for (const key of taken.keys()) {
        forget(key);
      }
    },
  };
}

/** `response` is the part of `message` that takes the invocation id. */
function readAnswer(json: unknown): {
  readonly message: StreamingMessage;
  readonly response: { invocationId: string };
} {
  const message = readWritten(json, "answer.message");
  const { content } = message;
  if (content.case === "invocationResponse") {
    return { message, response: content.value };
  }
  throw new InspectorError("bad-message", "answer.message: an invocation is answered by an invocationResponse");
}

function keyOf(journal: string, number: number): string {
  return `${number} ${journal}`;
}
