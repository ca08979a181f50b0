import { type MessageInitShape, RpcLog_Level, RpcLog_RpcLogCategory, type RpcLogSchema } from "@inspector/proto";
import type { App } from "./app.ts";
import type { HookContext, HookData, LogCategory, LogLevel } from "./core-contract.ts";
import { ensureError } from "./failures.ts";

/** The invocation a line belongs to. */
export type LogScope = {
  readonly invocationId: string;
  readonly functionName: string;
  readonly hookData: HookData;
  /** The library's context object; undefined until it has been made. */
  readonly invocationContext: unknown;
};

/** Hooks are JavaScript: what they assign may be anything. */
type LogHookContext = HookContext & {
  level: unknown;
  message: unknown;
  category: LogCategory;
  invocationContext: unknown;
};

export type Log = (level: LogLevel, category: LogCategory, message: string, scope?: LogScope) => void;

const levelOf = new Map<unknown, RpcLog_Level>([
  ["trace", RpcLog_Level.Trace],
  ["debug", RpcLog_Level.Debug],
  ["information", RpcLog_Level.Information],
  ["warning", RpcLog_Level.Warning],
  ["error", RpcLog_Level.Error],
  ["critical", RpcLog_Level.Critical],
  ["none", RpcLog_Level.None],
]);

const categoryOf = {
  user: RpcLog_RpcLogCategory.User,
  system: RpcLog_RpcLogCategory.System,
  customMetric: RpcLog_RpcLogCategory.CustomMetric,
} as const;

/** One line as the host reads it. Only lines of an invocation carry its id and a category, "<function>.Invocation". */
export function toRpcLog(
  level: unknown,
  category: LogCategory,
  message: string,
  scope?: LogScope,
): MessageInitShape<typeof RpcLogSchema> {
  return {
    level: levelOf.get(level) ?? RpcLog_Level.Information,
    logCategory: categoryOf[category],
    message,
    ...(scope && { invocationId: scope.invocationId, category: `${scope.functionName}.Invocation` }),
  };
}

/**
 * Sends lines to the host, each through the app's log hooks first. A hook may change level and text of the app's own
 * lines only; one that throws changes nothing and is reported.
 */
export function createLog(currentApp: () => App, send: (log: MessageInitShape<typeof RpcLogSchema>) => void): Log {
  let insideHook = false;

  return (level, category, message, scope) => {
    const { hooks, hookData } = currentApp();
    const callbacks = hooks.callbacks("log");
    // A hook that logs would otherwise call itself.
    if (insideHook || callbacks.length === 0) {
      return send(toRpcLog(level, category, message, scope));
    }

    const context: LogHookContext = {
      level,
      message,
      category,
      hookData: scope?.hookData ?? hookData,
      appHookData: hookData,
      invocationContext: scope?.invocationContext,
    };
    insideHook = true;
    try {
      for (const callback of callbacks) {
        callback(context);
      }
      if (category !== "user") {
        send(toRpcLog(level, category, message, scope));
      } else {
        send(toRpcLog(context.level, category, String(context.message), scope));
      }
    } catch (thrown) {
      send(toRpcLog("error", "system", `A log hook failed: ${ensureError(thrown).message}`));
      send(toRpcLog(level, category, message, scope));
    } finally {
      insideHook = false;
    }
  };
}
