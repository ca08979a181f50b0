import type { App } from "./app.ts";
import type {
  CoreFunctionMetadata,
  FunctionCallback,
  HookCallback,
  LogCategory,
  LogLevel,
  ProgrammingModel,
} from "./core-contract.ts";
import { Disposable } from "./disposable.ts";
import type { Log } from "./logs.ts";

export type CoreModuleOptions = {
  readonly version: string;
  readonly hostVersion: () => string;
  readonly app: () => App;
  readonly log: Log;
};

/** The module `@azure/functions-core`, which exists only at run time and only because a worker supplies it. */
export function createCoreModule(options: CoreModuleOptions): object {
  const { version, app, log } = options;
  return {
    version,
    get hostVersion() {
      return options.hostVersion();
    },
    Disposable,

    registerFunction(metadata: CoreFunctionMetadata, callback: FunctionCallback): Disposable {
      app().register(metadata, callback);
      return new Disposable(() => {
        throw new Error("A registered function cannot be taken back.");
      });
    },

    registerHook(name: string, callback: HookCallback): Disposable {
      return new Disposable(app().hooks.register(name, callback));
    },

    setProgrammingModel(model: ProgrammingModel): void {
      log("information", "system", `Programming model is "${model.name}" ${model.version}`);
      app().programmingModel = model;
    },

    getProgrammingModel(): ProgrammingModel | undefined {
      return app().programmingModel;
    },

    log(level: LogLevel, category: LogCategory, message: string): void {
      log(level, category, message);
    },
  };
}
