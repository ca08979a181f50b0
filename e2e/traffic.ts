/** What the peers of a byte-equality run say to each other: scripts that cover everything gRPC offers its users. */
import { everyKind, messageOf, messageOfSize } from "./event-messages.ts";
import type { Call, HostStep, Pairs, Script, WorkerStep } from "./peers/script.ts";

export const EVENT_STREAM = "/AzureFunctionsRpcMessages.FunctionRpc/EventStream";

const KIB = 1024;
const MIB = 1024 * KIB;

/** Sizes around those at which gRPC stacks, windows, buffers and body parts begin anew. */
const SIZES = [0, 1, 64 * KIB - 1, 64 * KIB, 64 * KIB + 1, MIB - 1, MIB, MIB + 1];

/** Not ASCII, with the character that escapes and those that must be escaped, as grpc-message allows them. */
const STATUS_MESSAGE = "Grüße, 100 % von „ihm“ 😀\ttab\r\nline";

const EVERY_BYTE = Buffer.from(Array.from({ length: 256 }, (_, byte) => byte)).toString("base64");

const METADATA: Pairs = [
  ["x-text", "plain, with a comma; and = %20"],
  ["x-empty", ""],
  ["x-every-byte-bin", EVERY_BYTE],
  ["x-twice-bin", "AA=="],
  ["x-twice-bin", "/w=="],
];

function call(name: string, worker: readonly WorkerStep[], host: readonly HostStep[], more: Partial<Call> = {}): Call {
  return { name, path: EVENT_STREAM, channel: "main", metadata: [], worker, host, ...more };
}

/** What only hosts say, so that it tells who is the host, whichever side is heard first. */
export const HOSTS_FIRST = { kind: "worker_init_request", send: messageOf({ workerInitRequest: {} }) } as const;

/** Both sides send the messages of both lists at once; then the worker ends, and the host. */
function exchange(
  name: string,
  fromWorker: readonly WorkerStep[],
  others: readonly HostStep[],
  more: Partial<Call> = {},
): Call {
  const fromHost = [HOSTS_FIRST.send, ...others];
  return call(
    name,
    [...fromWorker, { do: "receive", count: fromHost.length }, { do: "half-close" }],
    [...fromHost, { do: "await-end" }],
    more,
  );
}

const kinds = everyKind.map(({ send }) => send);

/** What a worker without an HTTP server of its own says at its start, and what it answers then. */
const start = [
  ...["start_stream", "rpc_log", "worker_init_response", "function_metadata_response", "function_load_response"],
  ...["function_environment_reload_response", "rpc_log", "invocation_response", "rpc_log"],
].flatMap((name) =>
  everyKind
    .filter(({ kind }) => kind === name)
    .slice(0, 1)
    .map(({ send }) => send),
);
const sizes = SIZES.map((size) => messageOfSize(size));

const statuses: readonly Call[] = Array.from({ length: 17 }, (_, code) =>
  call(
    `status ${code}`,
    [{ do: "send", bytes: code }, { do: "half-close" }],
    [{ do: "await-end" }, { do: "status", code, message: code === 0 ? "" : STATUS_MESSAGE, metadata: METADATA }],
  ),
);

const LARGE_TEXT = "x".repeat(40 * KIB);

const calls: readonly Call[] = [
  exchange("kinds", kinds, kinds),
  exchange("start", start, kinds.slice(0, 4)),
  exchange("sizes", sizes, sizes),
  call("no message", [{ do: "half-close" }], [{ do: "await-end" }]),
  call(
    "unary of another service",
    [{ do: "send", bytes: 300 }, { do: "half-close" }],
    [{ do: "receive", count: 1 }, { do: "send", bytes: 7 }, { do: "await-end" }],
    { path: "/Settlement/Complete" },
  ),
  exchange("stream of another service", sizes.slice(0, 3), sizes.slice(0, 5), { path: "/some.other.v1.Service/Watch" }),
  call("unknown method", [{ do: "half-close" }], [], { path: "/Settlement/Nothing" }),
  call(
    "metadata",
    [{ do: "send" }, { do: "receive", count: 1 }, { do: "half-close" }],
    [
      { do: "metadata", metadata: METADATA },
      { do: "receive", count: 1 },
      { do: "send" },
      { do: "await-end" },
      { do: "status", code: 0, message: "", metadata: METADATA },
    ],
    { metadata: METADATA },
  ),
  // Larger than a frame, so that it goes on in CONTINUATION frames.
  call(
    "large metadata",
    [{ do: "half-close" }],
    [
      { do: "metadata", metadata: [["x-large", LARGE_TEXT]] },
      { do: "await-end" },
      { do: "status", code: 0, message: "", metadata: [["x-large", LARGE_TEXT]] },
    ],
    { metadata: [["x-large", LARGE_TEXT]] },
  ),
  ...statuses,
  call(
    "cancelled",
    [{ do: "send", bytes: 100 }, { do: "receive", count: 2 }, { do: "cancel" }],
    [{ do: "receive", count: 1 }, { do: "send", bytes: 200 }, { do: "send", bytes: 300 }, { do: "await-end" }],
  ),
];

/** One call after another on one connection. The path of "unknown method" is unknown to the host. */
export const conversation: Script = {
  parallel: false,
  calls: calls.map((one) => (one.name === "unknown method" ? withoutHost(one) : one)),
};

function withoutHost({ host: _, ...rest }: Call): Call {
  return rest;
}

export type Compression = "gzip" | "deflate";

/** Both sides compress what they send, or only the worker does. */
export function compressed(encoding: Compression, isHostCompressing: boolean): Script {
  const messages = [...kinds, messageOfSize(70 * KIB), messageOfSize(3 * MIB)];
  const more = { workerCompression: encoding, ...(isHostCompressing && { hostCompression: encoding }) };
  return { parallel: false, calls: [exchange(encoding, messages, messages, more)] };
}

/** So many workers at once, each on a connection of its own; and four more calls that share the first one's. */
export function workersAtOnce(count: number): Script {
  const rounds = Array.from({ length: 20 }, (_, round) => round);
  const one = (name: string, channel: string, seed: number): Call =>
    call(
      name,
      [
        ...rounds.flatMap((round): WorkerStep[] => [
          messageOfSize(round * 997 + seed, seed),
          messageOfSize(3, seed + round),
          { do: "receive", count: 1 },
        ]),
        { do: "half-close" },
      ],
      [
        ...rounds.flatMap((round): HostStep[] => [
          { do: "receive", count: 2 },
          messageOfSize(round * 1009 + seed, seed),
        ]),
        { do: "await-end" },
      ],
      { channel },
    );
  const workers = Array.from({ length: count }, (_, n) =>
    one(`worker ${n} of ${count}`, `connection ${n}`, n * 7 + 20),
  );
  const shared = Array.from({ length: 4 }, (_, n) => one(`shared ${n} of ${count}`, "connection 0", n * 5 + 90));
  return { parallel: true, calls: [...workers, ...shared] };
}

/** The host says that it is going away, and the call that is open goes on to its end. */
export const goingAway: Script = {
  parallel: false,
  calls: [
    call(
      "going away",
      [
        { do: "send", bytes: 10 },
        { do: "receive", count: 1 },
        { do: "send", bytes: 20 },
        { do: "send", bytes: 30 },
        { do: "half-close" },
      ],
      [
        { do: "receive", count: 1 },
        { do: "stop" },
        { do: "send", bytes: 40 },
        { do: "receive", count: 2 },
        { do: "send", bytes: 50 },
        { do: "await-end" },
      ],
      { channel: "last" },
    ),
  ],
};

/** Messages of 16 MiB, and one byte less and more. */
export const large: Script = {
  parallel: false,
  calls: [exchange("large", [messageOfSize(16 * MIB - 1), messageOfSize(16 * MIB + 1)], [messageOfSize(16 * MIB)])],
};

/** One message from the worker, and a word back. */
export function oneMessage(name: string, mebibytes: number): Script {
  return { parallel: false, calls: [exchange(name, [messageOfSize(mebibytes * MIB)], [{ do: "send", bytes: 5 }])] };
}
