/** The calls that a file with messages tells of at a time. */
import type { FramedCall } from "./framed-call.ts";

/** Calls that are followed at a time. The oldest ends where there are more. */
const MAX_CALLS = 4096;

/** Calls by the number that a file gives them. */
export class Calls {
  readonly #open = new Map<number, FramedCall>();

  has(id: number): boolean {
    return this.#open.has(id);
  }

  get(id: number): FramedCall | undefined {
    return this.#open.get(id);
  }

  /** The call that had the number before ends. */
  set(id: number, call: FramedCall, at: number): FramedCall {
    this.#open.get(id)?.end(at);
    this.#open.set(id, call);
    const [oldest] = this.#open;
    if (this.#open.size > MAX_CALLS && oldest !== undefined) {
      oldest[1].end(at);
      this.#open.delete(oldest[0]);
    }
    return call;
  }

  /** Forgets a call that is over. */
  delete(id: number): void {
    this.#open.delete(id);
  }

  /** Ends all of them. */
  end(at: number): void {
    for (const call of this.#open.values()) {
      call.end(at);
    }
  }
}
