/** What a rule answers in the worker's place. Relays keep each request until its answer is there, or until the hub is gone. */

import { InspectorError } from "@inspector/contract/inspector-error";
import type { AnswerProgress, HoldAnswer } from "@inspector/contract/intervention";
import { encodeMessage, readHead, type StreamingMessage } from "@inspector/proto";
import { statusOfNumber } from "@inspector/session/queries";
import { optional } from "@inspector/session/sql-values";
import type { RelayLines } from "./relay-lines.ts";
import { readWritten, releaseWith } from "./written-message.ts";

/**
 * What one rule answers. A request that it took *waits* for the rule's delay, then its answer is *sent*; it is over when the
 * relay says what became of it, or is gone. The rule is *spent* when as many as it may answer are answered or under way.
 */
export class Answering {
  readonly #answer: HoldAnswer;
  readonly #lines: Pick<RelayLines, "send">;
  readonly #message: StreamingMessage;
  /** The part of the message that takes the invocation id. */
  readonly #response: { invocationId: string };
  readonly #words: Pick<AnswerProgress, "status" | "text">;
  /** By relay and number; the timer where the answer is not sent yet. */
  readonly #taken = new Map<string, { readonly journal: string; readonly timer: NodeJS.Timeout | undefined }>();
  #answered = 0;

  /** @throws {InspectorError} "bad-message" where it is no answer to an invocation */
  constructor(answer: HoldAnswer, lines: Pick<RelayLines, "send">) {
    const { message, response } = readAnswer(answer.message);
    const { status, text } = readHead(encodeMessage(message));
    this.#answer = answer;
    this.#lines = lines;
    this.#message = message;
    this.#response = response;
    this.#words = { ...optional("status", statusOfNumber(status)), ...optional("text", text) };
  }

  get progress(): AnswerProgress {
    const { delayMs, times } = this.#answer;
    const limits = { ...optional("delayMs", delayMs), ...optional("times", times) };
    return { ...limits, ...this.#words, answered: this.#answered, waiting: this.#taken.size };
  }

  /** Whether all that it is to answer is answered or about to be. */
  get isSpent(): boolean {
    return this.#hasAnswered(this.#answered + this.#taken.size);
  }

  /** Whether all that it is to answer is answered. */
  get isOver(): boolean {
    return this.#hasAnswered(this.#answered);
  }

  /** Answers, after the rule's delay, the request that a relay keeps under a number. */
  take(journal: string, number: number, invocationId: string): void {
    const { delayMs = 0 } = this.#answer;
    if (delayMs === 0) {
      this.#send(journal, number, invocationId);
      return;
    }
    const timer = setTimeout(() => this.#send(journal, number, invocationId), delayMs);
    this.#taken.set(keyOf(journal, number), { journal, timer });
  }

  /** A relay does not keep it any more. Returns false where this rule had not taken it. */
  released(journal: string, number: number, isAnswered: boolean): boolean {
    const isOurs = this.#forget(keyOf(journal, number));
    if (isOurs && isAnswered) {
      this.#answered += 1;
    }
    return isOurs;
  }

  /** The relay is gone, or has let everything go. */
  relayDown(journal: string): void {
    for (const [key, one] of this.#taken) {
      if (one.journal === journal) {
        this.#forget(key);
      }
    }
  }

  close(): void {
    for (const key of this.#taken.keys()) {
      this.#forget(key);
    }
  }

  #hasAnswered(count: number): boolean {
    const { times } = this.#answer;
    return times !== undefined && count >= times;
  }

  #forget(key: string): boolean {
    clearTimeout(this.#taken.get(key)?.timer);
    return this.#taken.delete(key);
  }

  #send(journal: string, number: number, invocationId: string): void {
    this.#response.invocationId = invocationId;
    this.#taken.set(keyOf(journal, number), { journal, timer: undefined });
    for (const line of releaseWith(number, "answer", this.#message)) {
      this.#lines.send(journal, line);
    }
  }
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
