import type { InvocationRequest, InvocationResponseSchema, MessageInitShape } from "@inspector/proto";
import type { App, RegisteredFunction } from "./app.ts";
import type {
  CoreInvocationContext,
  CoreInvocationResponse,
  FunctionCallback,
  HookContext,
  HookData,
  InvocationState,
  ProgrammingModel,
} from "./core-contract.ts";
import { ensureError, failure, isSystemError, SystemError } from "./failures.ts";
import { runHooks } from "./hooks.ts";
import { fromInvocationRequest, toInvocationResponse } from "./invocation-data.ts";
import type { Log, LogScope } from "./logs.ts";

/** Hooks are JavaScript: what they assign may be anything. */
type InvocationHookContext = HookContext & { invocationContext: unknown };
type BeforeContext = InvocationHookContext & { inputs: unknown; functionCallback: unknown };
type AfterContext = InvocationHookContext & { inputs: unknown; result: unknown; error: unknown };

type Response = MessageInitShape<typeof InvocationResponseSchema>;

/**
 * Runs a function once and makes the host's answer of it; never rejects. The library turns the request into the
 * function's arguments and its result into the response; the hooks around the call are the worker's part.
 */
export async function runInvocation(app: App, request: InvocationRequest, workerId: string, log: Log) {
  const { invocationId } = request;
  try {
    const response = await new Invocation(app, request, log).run(workerId);
    return toInvocationResponse(invocationId, response);
  } catch (thrown) {
    return failed(invocationId, ensureError(thrown), log);
  }
}

function failed(invocationId: string, error: Error, log: Log): Response {
  if (isSystemError(error)) {
    log("error", "system", error.message);
  }
  return { invocationId, result: failure(error) };
}

class Invocation {
  readonly #app: App;
  readonly #request: InvocationRequest;
  readonly #log: Log;
  readonly #function: RegisteredFunction;
  readonly #model: ProgrammingModel;
  readonly #hookData: HookData = {};
  #state: InvocationState | undefined;
  #context: unknown;

  constructor(app: App, request: InvocationRequest, log: Log) {
    this.#app = app;
    this.#request = request;
    this.#log = log;
    this.#function = app.function(request.functionId) ?? notRegistered(request.functionId);
    this.#model = app.programmingModel ?? notRegistered(request.functionId);
  }

  async run(workerId: string): Promise<CoreInvocationResponse> {
    this.#debug(`Worker ${workerId} received invocation ${this.#request.invocationId}`);
    const model = this.#model.getInvocationModel(this.#coreContext());
    const { context, inputs } = await model.getArguments();
    this.#context = context;

    const before: BeforeContext = {
      ...this.#hookContext(),
      inputs,
      functionCallback: this.#function.callback,
    };
    await this.#during("preInvocationHooks", () => this.#runHooks("preInvocation", before));

    const after: AfterContext = {
      ...this.#hookContext(),
      inputs: before.inputs,
      result: undefined,
      error: undefined,
    };
    const callback = callbackOf(before.functionCallback, this.#function);
    try {
      const call = () => model.invokeFunction(context, inputsOf(before.inputs), callback);
      after.result = await this.#during("invocation", call);
    } catch (thrown) {
      after.error = thrown;
    }
    await this.#during("postInvocationHooks", () => this.#runHooks("postInvocation", after));

    // A hook may clear the error; and a function that throws undefined has not failed by the library's own rule.
    const error = after.error;
    if (error !== undefined && error !== null) {
      throw error;
    }
    return model.getResponse(context, after.result);
  }

  #hookContext(): InvocationHookContext {
    return { hookData: this.#hookData, appHookData: this.#app.hookData, invocationContext: this.#context };
  }

  async #during<T>(state: InvocationState, action: () => Promise<T>): Promise<T> {
    this.#state = state;
    try {
      return await action();
    } finally {
      this.#state = undefined;
    }
  }

  #runHooks(name: "preInvocation" | "postInvocation", context: InvocationHookContext): Promise<void> {
    return runHooks(this.#app.hooks, name, context, (message) => this.#debug(message));
  }

  #debug(message: string): void {
    this.#log("debug", "system", message, this.#scope());
  }

  #scope(): LogScope {
    return {
      invocationId: this.#request.invocationId,
      functionName: this.#function.metadata.name,
      hookData: this.#hookData,
      invocationContext: this.#context,
    };
  }

  #coreContext(): CoreInvocationContext {
    const state = () => this.#state;
    return {
      invocationId: this.#request.invocationId,
      request: fromInvocationRequest(this.#request),
      metadata: this.#function.metadata,
      get state() {
        return state();
      },
      log: (level, category, message) => this.#log(level, category, message, this.#scope()),
    };
  }
}

function notRegistered(functionId: string): never {
  throw new SystemError(`There is no function "${functionId}" in this app, so it cannot be invoked.`);
}

function callbackOf(value: unknown, { callback, metadata }: RegisteredFunction): FunctionCallback {
  if (value === callback) {
    return callback;
  }
  if (typeof value !== "function") {
    throw new SystemError(`A preInvocation hook replaced the handler of "${metadata.name}" by something else.`);
  }
  return (...inputs) => Reflect.apply(value, undefined, inputs);
}

function inputsOf(value: unknown): unknown[] {
  if (Array.isArray(value)) {
    return value;
  }
  throw new SystemError("A preInvocation hook replaced the inputs by something that is not an array.");
}
