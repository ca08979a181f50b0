/** One direction of one stream. */
import { GrpcPrefix, isGrpcFlag } from "@inspector/wire/grpc-prefix";
import { FlowWindow } from "./flow-window.ts";
import type { Verdict } from "./rules.ts";

/** A message that the relay itself sends, with its prefix. */
export type OwnMessage = {
  readonly bytes: Uint8Array;
  /** Of a replay. */
  readonly invocationId?: string;
  /** Its first byte leaves. */
  onBegun?(): void;
  /** None of it will ever leave. */
  onDropped?(reason: string): void;
  /** It takes no more room here: it has left, or never will. Called once, after the others. */
  onGone?(): void;
};

/**
 * What the sender of one direction of a stream has said, and what its receiver has got.
 *
 * The sender is always in one of these states:
 *
 * | state | recognised by | left when |
 * |---|---|---|
 * | between messages | `left`, `prefixBytes` and `headBytes` are 0 | a byte comes |
 * | in a prefix that has gone on | `prefixBytes` > 0 | the prefix is complete |
 * | in a message that is not judged yet | `headBytes` > 0, those bytes wait | its verdict is known, or the stream ends |
 * | in a message that is judged | `left` > 0, with its `verdict` | its last byte came |
 * | not gRPC | `isGrpc` is false | never: content passes, messages are not told apart |
 * | ended | `isEnded` | never |
 *
 * The receiver has got no header block, then one (`isOpen`), then the end (`isEndSent`); a reset closes both (`isClosed`).
 */
export class Lane {
  readonly stream: number;
  readonly window: FlowWindow;
  /** Bytes of the sender that wait here: judged ones in the queue, and those of a message that is not judged yet. */
  waiting = 0;

  /** Messages whose prefix is complete. */
  messages = 0;
  /** Bytes of the current message that are to come. */
  left = 0;
  readonly #prefix = new GrpcPrefix();
  /** Cleared where a prefix says that this is not gRPC. */
  isGrpc = true;
  isEnded = false;

  /** The beginning of its first message, while that is waited for in order to know what the stream is. */
  opening: Uint8Array | undefined;
  /** What its worker says of its HTTP server may be rewritten: from its start_stream until it answers an invocation. */
  isStarting = false;
  /** Which kinds of message are looked at (by field number); undefined where all of them just pass. */
  kinds: Uint8Array | undefined;
  /** What becomes of the current message. */
  verdict: Verdict = "pass";
  /** First bytes of a message that cannot be judged yet. */
  head: Uint8Array[] = [];
  headBytes = 0;
  /** The current message with its prefix, where it is kept, and how much of it is there. */
  kept: Uint8Array | undefined;
  keptBytes = 0;
  /** Bytes that are reserved for it in the budget of held messages. */
  reserved = 0;

  isOpen = false;
  isEndSent = false;
  /** The stream was reset: nothing but header blocks goes on. */
  isClosed = false;
  /** A message of the sender has gone on in part. */
  isMessageOpen = false;
  /** Things of this lane in its direction's queue. */
  queued = 0;
  /** Those of them that end the stream, and header blocks. */
  queuedEnds = 0;
  /** Kept messages that were released in the middle of one that passes, behind which they go. */
  readonly released: OwnMessage[] = [];
  /** Messages of the relay's own, which take turns with the sender's. */
  readonly own: OwnMessage[] = [];
  /** Bytes of `own[0]` that were sent. */
  ownOffset = 0;
  isOurTurn = false;
  /** The pass over the queue in which something of this lane could not go. */
  stuckInPass = 0;

  constructor(stream: number, initialWindow: number) {
    this.stream = stream;
    this.window = new FlowWindow(initialWindow);
  }

  /** Bytes of a prefix that were seen and have gone on, when it is incomplete. */
  get prefixBytes(): number {
    return this.#prefix.bytes;
  }

  /** The sender is in the middle of a message that passes: what goes on now goes into that. */
  get isPassingMessage(): boolean {
    return this.isGrpc && ((this.verdict === "pass" && this.left > 0) || this.prefixBytes > 0);
  }

  /** Follows messages through bytes that go on as they are. */
  skim(chunk: Uint8Array, start: number, end: number): void {
    let position = start;
    while (position < end && this.isGrpc) {
      if (this.left >= end - position) {
        this.left -= end - position;
        return;
      }
      position += this.left;
      this.left = 0;
      position += this.skimPrefix(chunk, position, end);
    }
  }

  /** As {@link skim}, of no more than the rest of one prefix. Returns how many bytes it took. */
  skimPrefix(chunk: Uint8Array, start: number, end: number): number {
    const position = this.#prefix.read(chunk, start, end);
    this.isGrpc = isGrpcFlag(this.#prefix.flag);
    if (this.#prefix.isWhole) {
      this.messages += 1;
      this.left = this.#prefix.size;
    }
    return position - start;
  }

  /** All that came until here has gone on as it was. */
  sync(): void {
    this.isMessageOpen = this.left > 0 || this.prefixBytes > 0;
    this.verdict = "pass";
  }
}
