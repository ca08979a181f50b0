/** After so long without a key or a move of the pointer nobody is at the page. */
const ALONE_MS = 10_000;

const TOUCHES = ["keydown", "pointerdown", "pointermove", "wheel", "focus"] as const;

/** Whether a person is at the page: what only brings a page up to date that is left alone may come in fewer frames. */
export class Attention {
  readonly #now: () => number;
  #touchedAt: number;

  /** @param now milliseconds by a clock that nobody sets */
  constructor(now: () => number = () => performance.now()) {
    this.#now = now;
    this.#touchedAt = now();
  }

  /** Looks at what a person does there, from now on. */
  watch(target: Pick<EventTarget, "addEventListener">): void {
    for (const touch of TOUCHES) {
      target.addEventListener(touch, () => this.#touch(), { capture: true, passive: true });
    }
  }

  isLeftAlone(): boolean {
    return this.#now() - this.#touchedAt > ALONE_MS;
  }

  #touch(): void {
    this.#touchedAt = this.#now();
  }
}

/** Of this page. */
export const attention = new Attention();
