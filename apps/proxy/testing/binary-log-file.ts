/** gRPC binary logs for tests, as Go's library (`lengths: "four bytes"`) and Java's write them. */
import type { RecordedMessage } from "@inspector/testkit";

export function varint(value: number | bigint): Buffer {
  const bytes: number[] = [];
  let rest = BigInt(value);
  for (; rest >= 128n; rest >>= 7n) {
    bytes.push(Number(rest & 127n) | 128);
  }
  bytes.push(Number(rest));
  return Buffer.from(bytes);
}

type Value = number | bigint | string | Uint8Array;

/** A protobuf message of some fields, in their order. */
export function protobuf(...fields: readonly (readonly [number, Value])[]): Buffer {
  return Buffer.concat(
    fields.flatMap(([number, value]) => {
      if (typeof value === "number" || typeof value === "bigint") {
        return [varint(number * 8), varint(value)];
      }
      const bytes = Buffer.from(value);
      return [varint(number * 8 + 2), varint(bytes.length), bytes];
    }),
  );
}

export type LogOptions = {
  readonly lengths?: "four bytes" | "varint";
  /** Bytes of a message that are logged. */
  readonly messageBytes?: number;
  readonly method?: string;
};

/** A log of one call, as its server wrote it. */
export function binaryLogOf(messages: readonly RecordedMessage[], options: LogOptions = {}): Buffer {
  const { lengths = "four bytes", messageBytes = Number.POSITIVE_INFINITY } = options;
  const { method = "/AzureFunctionsRpcMessages.FunctionRpc/EventStream" } = options;
  let sequence = 0;
  const entry = (at: number, type: number, ...payload: readonly (readonly [number, Value])[]): Buffer => {
    const time = protobuf([1, 1_795_237_953 + Math.floor(at / 1e9)], [2, Math.floor(at % 1e9)]);
    return protobuf([1, time], [2, 7], [3, ++sequence], [4, type], [5, 2], ...payload);
  };
  const metadata = protobuf([1, protobuf([1, "x-test"], [2, "yes"])]);
  const peer = protobuf([1, 1], [2, "10.0.0.2"], [3, 20_001]);
  const [first, last] = [messages[0]?.at ?? 0, messages.at(-1)?.at ?? 0];
  const entries = [
    entry(first, 1, [6, protobuf([1, metadata], [2, method], [3, "localhost"])], [11, peer]),
    entry(first, 2, [7, protobuf([1, metadata])]),
    ...messages.map(({ at, from, bytes }) => {
      const data = bytes.subarray(0, messageBytes);
      const truncated = data.length < bytes.length ? ([[10, 1]] as const) : [];
      return entry(at, from === "worker" ? 3 : 4, [8, protobuf([1, bytes.length], [2, data])], ...truncated);
    }),
    entry(last, 5),
    entry(last, 6, [9, protobuf([1, metadata], [2, 1], [3, "it is over"])]),
  ];
  return Buffer.concat(
    entries.flatMap((bytes) => {
      const length = Buffer.alloc(4);
      length.writeUInt32BE(bytes.length);
      return [lengths === "varint" ? varint(bytes.length) : length, bytes];
    }),
  );
}
