/** What scripted peers are told and what they report; README.md explains the steps. */

export type Pairs = readonly (readonly [key: string, value: string])[];

export type Send = {
  readonly do: "send";
  /** Comes first in the message. */
  readonly base64?: string;
  /** Bytes of the pattern that follow. */
  readonly bytes?: number;
  readonly seed?: number;
};

type Common =
  | Send
  | { readonly do: "receive"; readonly count: number }
  | { readonly do: "say"; readonly text: string }
  | { readonly do: "sleep"; readonly count: number };

export type WorkerStep = Common | { readonly do: "half-close" } | { readonly do: "cancel" };

export type HostStep =
  | Common
  | { readonly do: "await-end" }
  | { readonly do: "stop" }
  | { readonly do: "metadata"; readonly metadata: Pairs }
  | { readonly do: "status"; readonly code: number; readonly message: string; readonly metadata: Pairs };

export type Call = {
  readonly name: string;
  readonly path: string;
  /** Calls with the same label share a connection. */
  readonly channel: string;
  readonly metadata: Pairs;
  readonly workerCompression?: "gzip" | "deflate";
  readonly hostCompression?: "gzip" | "deflate";
  readonly worker: readonly WorkerStep[];
  /** Absent where the host does not know the path. */
  readonly host?: readonly HostStep[];
};

export type Script = { readonly parallel: boolean; readonly calls: readonly Call[] };

export type Report = {
  readonly call: string;
  /** Length and SHA-256 of every message received, in order. */
  readonly messages: readonly (readonly [length: number, sha256: string])[];
  readonly metadata: Pairs;
  readonly trailers: Pairs;
  /** Of a worker: how the call ended. */
  readonly status?: { readonly code: number; readonly message: string };
  /** Of a host. */
  readonly path?: string;
  readonly cancelled?: boolean;
};

const PATTERN_BYTES = 65_521;

/** The message that a step sends, as every peer makes it. */
export function contentOf({ base64 = "", bytes = 0, seed = 0 }: Send): Buffer {
  const head = Buffer.from(base64, "base64");
  const block = Buffer.alloc(Math.min(bytes, PATTERN_BYTES));
  for (let i = 0; i < block.length; i++) {
    block[i] = i * 7 + (i >> 8) * 13 + seed;
  }
  return Buffer.concat([head, block.length > 0 ? Buffer.alloc(bytes, block) : block]);
}
