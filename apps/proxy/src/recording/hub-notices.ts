/** A hub that has worked for so long is not one that keeps dying. */
export const STEADY_MS = 10_000;

/** Tells the user of a hub that fails, and of one that cannot record: each once, and once that it is over. */
export class HubNotices {
  readonly #say: (line: string) => void;
  /** A hub ended, the user was told of it, and none has worked for long since. */
  #isTold = false;
  #isFaultTold = false;
  #faultIsOver: NodeJS.Timeout | undefined;

  constructor(say: (line: string) => void) {
    this.#say = say;
  }

  /** Says what happened once, until a hub has worked for a while. */
  tell(what: string): void {
    if (!this.#isTold) {
      this.#say(`${what}; what passes meanwhile is kept in the journal`);
    }
    this.#isTold = true;
  }

  /** A hub is ready. */
  ready(): void {
    if (this.#isTold) {
      this.#say("the hub runs again");
    }
  }

  /** A hub has worked for a while. */
  steady(): void {
    this.#isTold = false;
  }

  /** Says once that nothing can be recorded, and that it works again when it has for a while. */
  tellFault(fault: string | undefined): void {
    if (fault !== undefined) {
      clearTimeout(this.#faultIsOver);
      this.#faultIsOver = undefined;
      if (!this.#isFaultTold) {
        this.#say(`recording does not work right now: ${fault}. Traffic passes all the same`);
      }
      this.#isFaultTold = true;
    } else if (this.#isFaultTold) {
      this.#faultIsOver ??= setTimeout(() => {
        this.#isFaultTold = false;
        this.#faultIsOver = undefined;
        this.#say("recording works again");
      }, STEADY_MS).unref();
    }
  }

  stop(): void {
    clearTimeout(this.#faultIsOver);
  }
}
