import type { HookCallback, HookContext, HookName } from "./core-contract.ts";
import { SystemRangeError } from "./failures.ts";

const hookNames: readonly HookName[] = ["appStart", "appTerminate", "preInvocation", "postInvocation", "log"];

/** The hooks of one app, in the order in which they were registered. */
export class HookRegistry {
  readonly #callbacks = new Map<HookName, HookCallback[]>(hookNames.map((name) => [name, []]));

  /**
   * Returns the function that takes the hook out again.
   * @throws {SystemRangeError} for a name this worker does not know; the library then says which worker is too old
   */
  register(name: string, callback: HookCallback): () => void {
    const callbacks = this.#callbacks.get(hookNames.find((known) => known === name) ?? unknownHook(name)) ?? [];
    callbacks.push(callback);
    return () => {
      const index = callbacks.indexOf(callback);
      if (index >= 0) {
        callbacks.splice(index, 1);
      }
    };
  }

  /** A copy: a hook may register or dispose hooks while it runs. */
  callbacks(name: HookName): readonly HookCallback[] {
    return [...(this.#callbacks.get(name) ?? [])];
  }
}

function unknownHook(name: string): never {
  throw new SystemRangeError(`There is no hook named "${name}"; this worker has ${hookNames.join(", ")}.`);
}

/** Runs hooks one after the other, each awaited; the first that throws ends it. `log` gets a line before and after. */
export async function runHooks(
  hooks: HookRegistry,
  name: Exclude<HookName, "log">,
  context: HookContext,
  log: (message: string) => void,
): Promise<void> {
  const callbacks = hooks.callbacks(name);
  if (callbacks.length === 0) {
    return;
  }
  log(`Running ${callbacks.length} "${name}" ${callbacks.length === 1 ? "hook" : "hooks"}`);
  for (const callback of callbacks) {
    await callback(context);
  }
  log(`Ran the "${name}" hooks`);
}
