import type { ComponentType } from "react";

/**
 * A component in a chunk of its own, fetched once. A failed attempt is not kept: the next one asks again.
 * React's `lazy` would keep it, and the build's loader a style sheet that did not come.
 */
export class Chunk<Props> {
  readonly #load: () => Promise<ComponentType<Props>>;
  #loading: Promise<ComponentType<Props>> | undefined;
  #component: ComponentType<Props> | undefined;

  constructor(load: () => Promise<ComponentType<Props>>) {
    this.#load = load;
  }

  /** Undefined until it has been fetched. */
  get component(): ComponentType<Props> | undefined {
    return this.#component;
  }

  /** Rejects where it cannot be fetched: the hub is away, or of another version by now. */
  fetch(): Promise<ComponentType<Props>> {
    this.#loading ??= this.#attempt();
    return this.#loading;
  }

  async #attempt(): Promise<ComponentType<Props>> {
    try {
      this.#component = await this.#load();
      return this.#component;
    } catch (error) {
      this.#loading = undefined;
      throw error;
    }
  }
}

/** Style sheets that were asked for and did not come, by their elements. One that is still on its way is not among them. */
const missingStyles = new Set<HTMLLinkElement>();

/** Hears of every style sheet that does not come, from now on. */
export function watchStyles(window: Window): void {
  window.addEventListener(
    "error",
    ({ target }) => {
      if (target instanceof HTMLLinkElement && target.rel === "stylesheet") {
        missingStyles.add(target);
      }
    },
    true,
  );
}

/**
 * Asks again for the style sheets that did not come: the build's loader takes each one that it has asked for as there.
 * Rejects where one does not come this time either.
 */
export async function restoreStyles(): Promise<void> {
  const missing = [...missingStyles];
  missingStyles.clear();
  await Promise.all(missing.map(askAgain));
}

async function askAgain(link: HTMLLinkElement): Promise<void> {
  const again = document.createElement("link");
  again.rel = "stylesheet";
  again.href = link.href;
  await new Promise<void>((resolve, reject) => {
    again.onload = () => resolve();
    again.onerror = () => reject(new Error(`${link.href} did not load`));
    link.replaceWith(again);
  });
}
