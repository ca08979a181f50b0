type Disposes = { dispose(): unknown };

/** The Disposable class of `@azure/functions-core`; what registering a hook or function returns. */
export class Disposable implements Disposes {
  #callback: (() => unknown) | undefined;

  constructor(callback?: () => unknown) {
    this.#callback = callback;
  }

  static from(...members: readonly Disposes[]): Disposable {
    return new Disposable(() => {
      for (const member of members) {
        member.dispose();
      }
    });
  }

  dispose(): unknown {
    const callback = this.#callback;
    this.#callback = undefined;
    return callback?.();
  }
}
