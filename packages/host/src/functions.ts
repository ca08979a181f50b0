import type { RpcFunctionMetadata } from "@inspector/proto";
import { isJsonObject, isTrueAt, type JsonObject, parseJson, stringAt } from "./json.ts";
import { type RetryOptions, retryOptionsOf } from "./retry.ts";

export type Direction = "in" | "out" | "inout";

export type DataType = "undefined" | "string" | "binary" | "stream";

export type Binding = {
  readonly name: string;
  readonly type: string;
  readonly direction: Direction;
  readonly dataType: DataType;
  /** All the app said about it: route, methods, queueName, schedule, … */
  readonly settings: JsonObject;
};

/** A function of the app, as the host knows it. */
export type FunctionInfo = {
  /** What the messages call it. With worker indexing the worker chooses it, otherwise it is new in each start. */
  readonly id: string;
  readonly name: string;
  readonly directory: string;
  readonly scriptFile: string;
  readonly entryPoint: string;
  readonly language: string;
  readonly bindings: readonly Binding[];
  readonly trigger: Binding;
  /** Loaded, and invoked by nothing but the admin route. */
  readonly isDisabled: boolean;
  readonly properties: Readonly<Record<string, string>>;
  readonly retry?: RetryOptions;
};

/** A function that cannot be used, and why. */
export type RejectedFunction = { readonly name: string; readonly reason: string };

export type FunctionTable = {
  readonly functions: readonly FunctionInfo[];
  readonly rejected: readonly RejectedFunction[];
};

export type ParsedFunction =
  | { readonly ok: true; readonly value: FunctionInfo }
  | { readonly ok: false; readonly reason: string };

export type Environment = Readonly<Record<string, string | undefined>>;

/** Builds the table from a worker's answer to functions_metadata_request; `raw_bindings` are what counts there. */
export function indexFunctions(
  results: readonly RpcFunctionMetadata[],
  context: { readonly language: string; readonly environment: Environment },
): FunctionTable {
  return collectFunctions(
    results.map((metadata) => ({
      name: metadata.name,
      parsed: parseFunction(
        {
          ...withRetry(retryOptionsOf(metadata.retryOptions)),
          id: metadata.functionId === "" ? metadata.name : metadata.functionId,
          name: metadata.name,
          directory: metadata.directory,
          scriptFile: metadata.scriptFile,
          entryPoint: metadata.entryPoint,
          language: metadata.language === "" ? context.language : metadata.language,
          properties: metadata.properties,
        },
        metadata.rawBindings.map(parseJson),
        context.environment,
      ),
    })),
  );
}

function withRetry(retry: RetryOptions | undefined): Pick<FunctionInfo, "retry"> {
  return retry === undefined ? {} : { retry };
}

/** Sorts parsed functions into usable and rejected ones; of one name, the first is used. */
export function collectFunctions(
  entries: ReadonlyArray<{ readonly name: string; readonly parsed: ParsedFunction }>,
): FunctionTable {
  const functions = new Map<string, FunctionInfo>();
  const rejected: RejectedFunction[] = [];
  for (const { name, parsed } of entries) {
    if (!parsed.ok) {
      rejected.push({ name, reason: parsed.reason });
    } else if (functions.has(name.toLowerCase())) {
      rejected.push({ name, reason: "another function has the same name" });
    } else {
      functions.set(name.toLowerCase(), parsed.value);
    }
  }
  return { functions: [...functions.values()], rejected };
}

export function parseFunction(
  identity: Omit<FunctionInfo, "bindings" | "trigger" | "isDisabled">,
  rawBindings: readonly unknown[],
  environment: Environment,
  isSwitchedOff = false,
): ParsedFunction {
  if (identity.name === "") {
    return { ok: false, reason: "it has no name" };
  }
  const bindings: Binding[] = [];
  for (const [index, raw] of rawBindings.entries()) {
    const binding = parseBinding(raw);
    if (binding === undefined) {
      return { ok: false, reason: `its binding number ${index + 1} is not JSON, or has no type or no name` };
    }
    bindings.push(binding);
  }
  const triggers = bindings.filter(({ type, direction }) => direction !== "out" && /trigger$/i.test(type));
  const [trigger] = triggers;
  if (trigger === undefined || triggers.length > 1) {
    return { ok: false, reason: trigger === undefined ? "it has no trigger" : "it has several triggers" };
  }
  const isDisabled = isSwitchedOff || isDisabledBySetting(identity.name, environment);
  return { ok: true, value: { ...identity, bindings, trigger, isDisabled } };
}

function parseBinding(raw: unknown): Binding | undefined {
  if (!isJsonObject(raw)) {
    return undefined;
  }
  const type = stringAt(raw, "type") ?? "";
  const name = stringAt(raw, "name") ?? "";
  if (type === "" || name === "") {
    return undefined;
  }
  return { name, type, direction: parseDirection(raw), dataType: parseDataType(raw), settings: raw };
}

function parseDirection(raw: JsonObject): Direction {
  const text = stringAt(raw, "direction")?.toLowerCase();
  return text === "out" || text === "inout" ? text : "in";
}

function parseDataType(raw: JsonObject): DataType {
  const text = stringAt(raw, "dataType")?.toLowerCase();
  return text === "string" || text === "binary" || text === "stream" ? text : "undefined";
}

/** Both spellings that Functions documents: with dots, and with underscores where a shell allows no dots. */
function isDisabledBySetting(name: string, environment: Environment): boolean {
  const value = environment[`AzureWebJobs.${name}.Disabled`] ?? environment[`AzureWebJobs_${name}_Disabled`];
  return value === "1" || value?.toLowerCase() === "true";
}

export function isHttpTriggered(info: FunctionInfo): boolean {
  return info.trigger.type.toLowerCase() === "httptrigger";
}

/** Whether a binding setting such as `runOnStartup` is on. */
export function isSet(binding: Binding, setting: string): boolean {
  return isTrueAt(binding.settings, setting);
}

/** A text setting of a binding, with `%NAME%` replaced by the app setting NAME. */
export function settingOf(binding: Binding, setting: string, environment: Environment): string | undefined {
  return stringAt(binding.settings, setting)?.replace(
    /%([^%]+)%/g,
    (whole, name: string) => (Object.hasOwn(environment, name) ? environment[name] : undefined) ?? whole,
  );
}
