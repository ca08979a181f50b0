/** Texts that come again and again: names, categories, and sentences of logs. */

const SLOTS = 8192;
/** Longer ones are hardly ever the same. */
const MAX_CHARS = 200;

/** Remembers a text when it comes a second time, so that those that come once take no room. */
export class RepeatedTexts {
  readonly #maxTexts: number;
  readonly #texts = new Set<string>();
  /** Hashes of texts that came once. Of two that share a slot the later one stands there. */
  readonly #seen = new Uint32Array(SLOTS);

  /** @param maxTexts beyond these all are forgotten */
  constructor(maxTexts: number) {
    this.#maxTexts = maxTexts;
  }

  get size(): number {
    return this.#texts.size;
  }

  has(text: string): boolean {
    return this.#texts.has(text);
  }

  /** @returns "first" where there was no room for it among the others, which are forgotten */
  add(text: string): "noted" | "remembered" | "first" {
    if (text.length > MAX_CHARS) {
      return "noted";
    }
    const hash = hashOf(text);
    const slot = hash & (SLOTS - 1);
    if (this.#seen[slot] !== hash) {
      this.#seen[slot] = hash;
      return "noted";
    }
    const isFull = this.#texts.size >= this.#maxTexts;
    if (isFull) {
      this.#texts.clear();
    }
    this.#texts.add(ownCopy(text));
    return isFull ? "first" : "remembered";
  }

  clear(): void {
    this.#texts.clear();
  }
}

function hashOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < text.length; at += 1) {
    hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
  }
  return hash >>> 0;
}

/** Shorter texts are copies of their own already, by how V8 cuts them out. */
const CUT_CHARS = 13;

/** A text that was cut out of another one keeps all of that in memory; a copy does not. */
export function ownCopy(text: string): string {
  if (text.length < CUT_CHARS) {
    return text;
  }
  const copy: unknown = JSON.parse(JSON.stringify(text));
  return typeof copy === "string" ? copy : text;
}
