import type { CoreFunctionMetadata, FunctionCallback, HookData, ProgrammingModel } from "./core-contract.ts";
import { SystemError } from "./failures.ts";
import { HookRegistry } from "./hooks.ts";

export type RegisteredFunction = {
  readonly functionId: string;
  readonly metadata: CoreFunctionMetadata;
  readonly callback: FunctionCallback;
  /** Absolute path of the file that registered it. */
  readonly scriptPath: string;
};

/** What one function app registered while its files were loaded. */
export class App {
  readonly hooks = new HookRegistry();
  /** Shared by all hooks of the app. */
  readonly hookData: HookData = {};
  programmingModel: ProgrammingModel | undefined;
  /** Held back at init; metadata and load requests answer with it. */
  entryPointError: Error | undefined;
  /** The file that is being loaded, or was loaded last. */
  entryPoint: string | undefined;

  readonly #functions = new Map<string, RegisteredFunction>();
  #isSealed = false;

  /** @param programmingModel that of the app before: a library that two apps share announces itself once a process */
  constructor(programmingModel?: ProgrammingModel) {
    this.programmingModel = programmingModel;
  }

  get functions(): readonly RegisteredFunction[] {
    return [...this.#functions.values()];
  }

  function(functionId: string): RegisteredFunction | undefined {
    return this.#functions.get(functionId);
  }

  /** A name that is taken replaces the earlier function, as with the official worker. */
  register(metadata: CoreFunctionMetadata, callback: FunctionCallback): void {
    if (this.#isSealed) {
      throw new SystemError(`Function "${metadata.name}" is registered too late: the host already has the list.`);
    }
    const functionId = metadata.functionId ?? metadata.name;
    const scriptPath = this.entryPoint ?? "";
    this.#functions.set(functionId, { functionId, metadata, callback, scriptPath });
  }

  /** From here on functions can no longer be registered: the host has its list of them. */
  seal(): void {
    this.#isSealed = true;
  }
}
