/** How a hub ends whose relay has gone without a word. */

/** Journals are brought into the session for so long: together with the rest it has to be less than two seconds. */
const BRING_IN_MS = 800;
/** What threads get to end between two steps, and to leave one file behind. */
const CLOSE_MS = 300;

export type OrphanEndingOptions = {
  /** Ends what runs between two steps of its work. It may fail, and it may take for ever. */
  readonly close: () => Promise<void>;
  /** Ends this process. @param isClosed nothing runs in it any more */
  readonly exit: (isClosed: boolean) => void;
  /** In milliseconds; BRING_IN_MS and CLOSE_MS where they are absent. */
  readonly bringIn?: number;
  readonly closing?: number;
};

/**
 * Whoever started this process has ended without telling it to. Whatever was killed, nothing of ours is to run two seconds later,
 * also where a disk is full, a thread computes or starts, or the journal is large. What is not in the session by then stays in
 * its journal, from where the next start or command brings it in.
 *
 * States, and what leaves them:
 * - `attached`: somebody is there. {@link lost} leads to `orphaned`.
 * - `orphaned`: the journal is brought in. All of it in, or BRING_IN_MS, lead to `closing`.
 * - `closing`: threads are asked to end. That they have, or CLOSE_MS, lead to `over`.
 * - `over`: for good.
 */
export class OrphanEnding {
  readonly #options: OrphanEndingOptions;
  #state: "attached" | "orphaned" | "closing" | "over" = "attached";
  #isDrained = false;

  constructor(options: OrphanEndingOptions) {
    this.#options = options;
  }

  /** To be called when the line to the process that started this one has ended. */
  lost(): void {
    if (this.#state !== "attached") {
      return;
    }
    this.#state = "orphaned";
    const { bringIn = BRING_IN_MS, closing = CLOSE_MS } = this.#options;
    setTimeout(() => this.#close(), bringIn);
    setTimeout(() => this.#end(false), bringIn + closing);
    this.#closeIfDrained();
  }

  /** To be told whenever it changes. @param isDrained all journals are in the session */
  drained(isDrained: boolean): void {
    this.#isDrained = isDrained;
    this.#closeIfDrained();
  }

  #closeIfDrained(): void {
    if (this.#isDrained) {
      this.#close();
    }
  }

  #close(): void {
    if (this.#state !== "orphaned") {
      return;
    }
    this.#state = "closing";
    this.#options.close().then(
      () => this.#end(true),
      () => this.#end(false),
    );
  }

  #end(isClosed: boolean): void {
    if (this.#state !== "over") {
      this.#state = "over";
      this.#options.exit(isClosed);
    }
  }
}
