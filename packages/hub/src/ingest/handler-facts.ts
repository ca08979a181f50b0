/** What whoever started a custom handler recorded of it and of its app. */
import type { HandlerBinding } from "@inspector/proto";

const MAX_PARAMETERS = 1000;

export type HandlerFunction = {
  readonly name: string;
  readonly bindings: readonly HandlerBinding[];
  /** Of the http trigger, where it names one. */
  readonly route: string | undefined;
};

export type HandlerFacts = {
  readonly workerId: string;
  /** Where its host finds it, and so does a replay: the relay's port. Absent in what earlier versions recorded. */
  readonly address: string | undefined;
  readonly functions: readonly HandlerFunction[];
  /** First part of every http route, without slashes. */
  readonly routePrefix: string;
  /** Requests of functions with http in and out only are the callers' own. */
  readonly isForwarding: boolean;
};

/** Whatever is missing is left out: a handler without facts still has its calls. */
export function parseHandlerFacts(value: unknown): HandlerFacts {
  const { workerId, address, functions, routePrefix, isForwarding } = isRecord(value) ? value : {};
  return {
    workerId: textIn(workerId),
    address: typeof address === "string" ? address : undefined,
    functions: Array.isArray(functions) ? functions.filter(isRecord).map(functionIn) : [],
    routePrefix: textIn(routePrefix),
    isForwarding: isForwarding === true,
  };
}

/** "queue" for a function with a binding of the type "queueTrigger". */
export function triggerOf({ bindings }: HandlerFunction): string | undefined {
  return bindings.find(({ type }) => /trigger$/iu.test(type))?.type.replace(/trigger$/iu, "");
}

/**
 * The function that a request of the host is for: the one that the path names, or, where the path is a caller's own, the one with the
 * route that fits best.
 */
export function functionAt({ functions, routePrefix }: HandlerFacts, target: string): HandlerFunction | undefined {
  const path = decode(target.split("?", 1)[0] ?? "").replace(/^\/+|\/+$/gu, "");
  const named = functions.find(({ name }) => name.toLowerCase() === path.toLowerCase());
  if (named !== undefined) {
    return named;
  }
  const prefix = routePrefix === "" ? "" : `${routePrefix}/`;
  if (!path.toLowerCase().startsWith(prefix.toLowerCase())) {
    return undefined;
  }
  const rest = path.slice(prefix.length).split("/");
  const fitting = functions.filter(
    (one) => triggerOf(one)?.toLowerCase() === "http" && fits(one.route ?? one.name, rest),
  );
  return fitting.sort((a, b) => vagueness(a) - vagueness(b))[0];
}

/** Of several routes that fit, hosts take the one with fewer parameters, and one that takes any rest last. */
function vagueness({ route = "" }: HandlerFunction): number {
  return route.split("{").length + (route.includes("{*") ? MAX_PARAMETERS : 0);
}

/** Segments are texts or "{name}", "{name:constraint}", "{name?}", "{*rest}". */
function fits(route: string, path: readonly string[]): boolean {
  const segments = route.replace(/^\/+|\/+$/gu, "").split("/");
  if (segments.at(-1)?.startsWith("{*") !== true && path.length > segments.length) {
    return false;
  }
  return segments.every((segment, at) => {
    const value = path[at];
    if (/^\{.*\}$/u.test(segment)) {
      return value !== undefined || segment.endsWith("?}") || segment.startsWith("{*");
    }
    return segment.toLowerCase() === value?.toLowerCase();
  });
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function functionIn(value: Readonly<Record<string, unknown>>): HandlerFunction {
  const { name, bindings, route } = value;
  return {
    name: textIn(name),
    bindings: (Array.isArray(bindings) ? bindings.filter(isRecord) : []).map((one) => ({
      name: textIn(one["name"]),
      type: textIn(one["type"]),
      direction: textIn(one["direction"]),
    })),
    route: typeof route === "string" ? route : undefined,
  };
}

function textIn(value: unknown): string {
  return typeof value === "string" ? value : "";
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
