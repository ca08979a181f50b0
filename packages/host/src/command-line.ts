/** The most a gRPC message may hold, as the host announces it to workers. */
const MAX_MESSAGE_LENGTH = 2_147_483_647;

export type WorkerIdentity = {
  readonly workerId: string;
  readonly requestId: string;
  /** Where the worker is to connect to. */
  readonly host: string;
  readonly port: number;
};

/**
 * The arguments that follow the worker path: the older style and the `--functions-*` one, always both, in the
 * order of host 4.x. Workers read one or the other; some stop at the first option they do not know.
 */
export function formatWorkerArguments({ workerId, requestId, host, port }: WorkerIdentity): string {
  return [
    `--host ${host} --port ${port} --workerId ${workerId} --requestId ${requestId}`,
    `--grpcMaxMessageLength ${MAX_MESSAGE_LENGTH}`,
    `--functions-uri http://${formatUriHost(host)}:${port}/ --functions-worker-id ${workerId}`,
    `--functions-request-id ${requestId} --functions-grpc-max-message-length ${MAX_MESSAGE_LENGTH}`,
  ].join(" ");
}

function formatUriHost(host: string): string {
  return host.includes(":") ? `[${host}]` : host;
}

/**
 * Joins all that follows the executable as the host does: with single spaces, only the worker path in quotes.
 * A configured argument that holds spaces therefore becomes several, unless it brings quotes of its own.
 */
export function formatCommandLine(parts: {
  readonly executableArguments: readonly string[];
  readonly workerPath: string;
  readonly tail: string;
}): string {
  const quotedPath = parts.workerPath === "" ? [] : [`"${parts.workerPath}"`];
  return [...parts.executableArguments, ...quotedPath, parts.tail].filter((part) => part !== "").join(" ");
}

/**
 * Splits a command line into arguments by the rules of .NET's process start: blanks divide, double quotes hold
 * together, a backslash escapes only a quote (and the backslashes before one).
 */
export function splitCommandLine(line: string): string[] {
  const result: string[] = [];
  let current: string | undefined;
  let isQuoted = false;
  for (const [token] of line.matchAll(/\\*"|\\+|\s|[^\s"\\]+/g)) {
    if (token.endsWith('"')) {
      const backslashes = token.length - 1;
      current = (current ?? "") + "\\".repeat(Math.floor(backslashes / 2));
      if (backslashes % 2 === 1) {
        current += '"';
      } else {
        isQuoted = !isQuoted;
      }
    } else if (!isQuoted && /^\s$/.test(token)) {
      if (current !== undefined) {
        result.push(current);
        current = undefined;
      }
    } else {
      current = (current ?? "") + token;
    }
  }
  return current === undefined ? result : [...result, current];
}

/** Replaces `%NAME%` by the variable of that name; one that is not set leaves nothing behind. */
export function expandVariables(text: string, environment: Readonly<Record<string, string | undefined>>): string {
  return text.replace(
    /%([^%\s]+)%/g,
    (_, name: string) => (Object.hasOwn(environment, name) ? environment[name] : undefined) ?? "",
  );
}

/** Inverse of {@link splitCommandLine} for one argument. */
export function quoteArgument(argument: string): string {
  if (argument !== "" && !/[\s"]/.test(argument)) {
    return argument;
  }
  return `"${argument.replace(/(\\*)($|")/g, (_, slashes: string, quote: string) => `${slashes}${slashes}${quote && '\\"'}`)}"`;
}
