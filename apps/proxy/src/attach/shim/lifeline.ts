/** The shim's line to `run`: asked once for a relay, it then tells by its end that the other one is gone. */
import { connect, type Socket } from "node:net";
import type { FromRun, FromShim, GateAddress, OutputStream } from "../gate-lines.ts";

/** A `run` that hangs keeps the app waiting no longer. */
const ANSWER_LIMIT_MS = 5_000;
/** Copies of output that may wait for `run`; beyond that they are left out, since the worker must not wait. */
const MAX_WAITING = 1024 * 1024;
/** A `run` that hangs keeps the worker's end from its host no longer. */
const LAST_WORDS_LIMIT_MS = 1_000;

export type Route = { readonly relay: GateAddress; readonly pipes: readonly [string, string] | undefined };

/**
 * States, and what leaves them:
 * - `asking`: the answer leads to `joined` or, with a refusal, to `closed`; so do ANSWER_LIMIT_MS without one, and an error.
 * - `joined`: the worker runs, or is about to. An "end", or the end of the line, leads to `closed` and is told.
 * - `closed`.
 */
export class Lifeline {
  readonly #socket: Socket;
  readonly #leftOut: Record<OutputStream, number> = { stdout: 0, stderr: 0 };
  #state: "asking" | "joined" | "closed" = "asking";
  #text = "";
  #resolve: (answer: Route | { readonly reason: string }) => void = () => {};
  #onEnd: (isOrderly: boolean) => void = () => {};

  constructor(path: string) {
    this.#socket = connect(path);
    this.#socket.setEncoding("utf8");
    this.#socket.on("error", (error) => this.#end(error.message));
    this.#socket.on("close", () => this.#end("it closed the line"));
    this.#socket.on("data", (text: string) => this.#read(text));
  }

  /** @returns why there is none, where there is none */
  async ask(hello: FromShim): Promise<Route | { readonly reason: string }> {
    const giveUp = (): void => {
      if (this.#state === "asking") {
        this.#end(`no answer within ${ANSWER_LIMIT_MS / 1_000} s`);
      }
    };
    // Where this process did not run for a while, an answer that came meanwhile is heard first.
    const limit = setTimeout(() => setImmediate(giveUp), ANSWER_LIMIT_MS);
    this.#send(hello);
    const answer = await new Promise<Route | { readonly reason: string }>((resolve) => {
      this.#resolve = resolve;
    });
    clearTimeout(limit);
    return answer;
  }

  /** @param onEnd called once; `isOrderly` where `run` has asked for it */
  whenEnded(onEnd: (isOrderly: boolean) => void): void {
    this.#onEnd = onEnd;
    if (this.#state === "closed") {
      onEnd(false);
    }
  }

  started(pid: number, argv: readonly string[]): void {
    this.#send({ type: "started", pid, argv });
  }

  output(stream: OutputStream, chunk: Buffer): void {
    if (this.#socket.writableLength > MAX_WAITING) {
      this.#leftOut[stream] += chunk.length;
      return;
    }
    this.#tellLeftOut(stream);
    this.#send({ type: "output", stream, bytes: chunk.toString("base64") });
  }

  /** Resolves when all is handed over, or LAST_WORDS_LIMIT_MS later: this process may end by a signal then. */
  async exited(exit: Extract<FromShim, { type: "exited" }>): Promise<void> {
    this.#tellLeftOut("stdout");
    this.#tellLeftOut("stderr");
    this.#state = "closed";
    this.#send(exit);
    if (this.#socket.destroyed) {
      return;
    }
    await new Promise<void>((resolve) => {
      setTimeout(resolve, LAST_WORDS_LIMIT_MS);
      this.#socket.once("close", () => resolve()).end(resolve);
    });
  }

  #tellLeftOut(stream: OutputStream): void {
    if (this.#leftOut[stream] > 0) {
      this.#send({ type: "left-out", stream, bytes: this.#leftOut[stream] });
      this.#leftOut[stream] = 0;
    }
  }

  #send(message: FromShim): void {
    if (this.#socket.writable) {
      this.#socket.write(`${JSON.stringify(message)}\n`);
    }
  }

  #read(text: string): void {
    this.#text += text;
    const lines = this.#text.split("\n");
    this.#text = lines.pop() ?? "";
    for (const line of lines) {
      this.#take(parseFromRun(line));
    }
  }

  #take(message: FromRun | undefined): void {
    if (message === undefined) {
      // The worker that runs already needs no more answers.
      if (this.#state === "asking") {
        this.#end("it speaks another language");
      }
    } else if (message.type === "end") {
      this.#end("the recording has ended", true);
    } else if (message.type === "refused") {
      this.#end(message.reason);
    } else if (this.#state === "asking") {
      this.#state = "joined";
      this.#resolve({ relay: message.relay, pipes: message.pipes });
    }
  }

  #end(reason: string, isOrderly = false): void {
    const before = this.#state;
    this.#state = "closed";
    if (before === "asking") {
      this.#socket.destroy();
      this.#resolve({ reason });
    } else if (before === "joined") {
      this.#onEnd(isOrderly);
    }
  }
}

/** @returns undefined for what no `run` of this version says */
function parseFromRun(line: string): FromRun | undefined {
  try {
    const message: Partial<FromRun> | null = JSON.parse(line);
    switch (message?.type) {
      case "route":
        return typeof message.relay?.port === "number" ? (message as FromRun) : undefined;
      case "refused":
      case "end":
        return message as FromRun;
      default:
        return undefined;
    }
  } catch {
    return undefined;
  }
}
