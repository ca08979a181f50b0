import { WorkerError } from "./worker-error.ts";

/** What the host passes to a worker on its command line. */
export type WorkerArguments = {
  /** Address of the host's gRPC server as grpc-js takes it: "127.0.0.1:50051", "[::1]:50051". */
  readonly target: string;
  readonly workerId: string;
  /** Goes into the request_id of the first message. */
  readonly requestId: string;
  /** Bytes of one message, both ways; -1 is no limit. */
  readonly maxMessageLength: number;
};

/**
 * Reads the host's arguments: the four `--functions-…` ones, and where one is missing its older form (`--host`, `--port`,
 * `--workerId`, `--requestId`, `--grpcMaxMessageLength`). Hosts send both sets. `--name value` and `--name=value` are the
 * same; the last of a repeated one wins; unknown ones are ignored, because newer hosts may add some.
 * @throws {WorkerError} "bad-argument", "missing-argument"
 */
export function parseArguments(argv: readonly string[]): WorkerArguments {
  const given = readOptions(argv);
  const take = (name: string, older: string): string => {
    const value = given.get(name) || given.get(older);
    if (!value) {
      throw missing(`--${name}`);
    }
    return value;
  };
  return {
    target: readTarget(given),
    workerId: take("functions-worker-id", "workerId"),
    requestId: take("functions-request-id", "requestId"),
    maxMessageLength: readLength(given.get("functions-grpc-max-message-length") ?? given.get("grpcMaxMessageLength")),
  };
}

function readOptions(argv: readonly string[]): ReadonlyMap<string, string> {
  const options = new Map<string, string>();
  for (const [index, argument] of argv.entries()) {
    if (!argument.startsWith("--")) {
      continue;
    }
    const equals = argument.indexOf("=");
    if (equals > 0) {
      options.set(argument.slice(2, equals), argument.slice(equals + 1));
      continue;
    }
    const value = argv[index + 1];
    if (value !== undefined && !value.startsWith("--")) {
      options.set(argument.slice(2), value);
    }
  }
  return options;
}

function readTarget(given: ReadonlyMap<string, string>): string {
  const uri = given.get("functions-uri");
  if (uri) {
    return targetOfUri(uri);
  }
  const host = given.get("host");
  const port = given.get("port");
  if (!host || !port) {
    throw missing("--functions-uri");
  }
  return `${host.includes(":") && !host.startsWith("[") ? `[${host}]` : host}:${port}`;
}

function targetOfUri(uri: string): string {
  if (!URL.canParse(uri)) {
    throw new WorkerError("bad-argument", `--functions-uri is not an address: "${uri}"`, {
      hint: "Give the host's gRPC server as http://HOST:PORT/.",
    });
  }
  const { protocol, hostname, port } = new URL(uri);
  if (protocol !== "http:" || hostname === "") {
    throw new WorkerError("bad-argument", `--functions-uri must start with http://, but is "${uri}"`, {
      hint: "Hosts speak HTTP/2 without TLS to their workers.",
    });
  }
  return `${hostname}:${port || "80"}`;
}

function readLength(text: string | undefined): number {
  if (text === undefined) {
    return -1;
  }
  const length = Number(text);
  if (text.trim() === "" || !Number.isSafeInteger(length) || length < -1) {
    throw new WorkerError("bad-argument", `--functions-grpc-max-message-length is not a number of bytes: "${text}"`);
  }
  return length;
}

function missing(name: string): WorkerError {
  return new WorkerError("missing-argument", `${name} is missing`, {
    hint:
      "A Functions host starts this program with --functions-uri, --functions-worker-id, --functions-request-id and " +
      "--functions-grpc-max-message-length; it is not meant to be started by hand.",
  });
}
