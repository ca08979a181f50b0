/**
 * What was typed and not sent. It lives as long as the page, whatever view is open. Nothing is drawn again when it changes:
 * who edits a draft has it as state, too. Each feature keeps drafts of a class of its own.
 */
export class Drafts {
  readonly #kept = new Map<new () => object, object>();

  /** The page's only instance of a feature's drafts. */
  of<T extends object>(Kept: new () => T): T {
    const kept = this.#kept.get(Kept);
    if (kept instanceof Kept) {
      return kept;
    }
    const made = new Kept();
    this.#kept.set(Kept, made);
    return made;
  }
}
