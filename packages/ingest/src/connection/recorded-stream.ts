/** A call of a connection while it is recorded: what its rows do not say yet. */
import type { EndInfo } from "@inspector/contract/page";
import type { Side } from "@inspector/wire/frames";
import { percentDecode } from "./header-text.ts";
import type { Lifecycle } from "./lifecycle.ts";
import type { OpenMessage } from "./message-ingest.ts";
import { roleOf } from "./peer-roles.ts";
import { noInterventions, type StreamInterventions } from "./stream-interventions.ts";

export type Headers = Record<string, string>;

/** `headers`, `open` and `dialledBy` go by the ends of the connection; what is stored goes by roles. */
export type RecordedStream = Lifecycle & {
  readonly id: number;
  readonly path: string;
  readonly headers: { worker: Headers; host: Headers; trailers: Headers };
  readonly open: { worker: OpenMessage | undefined; host: OpenMessage | undefined };
  readonly interventions: StreamInterventions;
  /** Absent until a message tells. */
  dialledBy?: Side | undefined;
  messages: number;
  bytes: number;
  isEnded: boolean;
  /** The worker has ended its side. Absent in what was saved before that was looked at. */
  isWorkerDone?: boolean;
};

type StreamHeaders = RecordedStream["headers"];

/** @param id of its row */
export function openStream(id: number, path: string, worker: Headers): RecordedStream {
  return {
    id,
    path,
    headers: { worker, host: {}, trailers: {} },
    open: { worker: undefined, host: undefined },
    interventions: noInterventions(),
    phase: "connected",
    messages: 0,
    bytes: 0,
    isEnded: false,
  };
}

/** The headers as they are stored: by who sent them. */
export function headersByRole({ worker, host, trailers }: StreamHeaders, dialledBy: Side | undefined): object {
  return { [roleOf("worker", dialledBy)]: worker, [roleOf("host", dialledBy)]: host, trailers };
}

/** How a call ended, with the status that the host gave it. */
export function endOf(
  { headers, dialledBy }: RecordedStream,
  how: Omit<EndInfo, "grpcStatus" | "grpcMessage">,
): EndInfo {
  const { trailers, host } = headers;
  const status = statusOf(headers);
  const message = trailers["grpc-message"] ?? host["grpc-message"];
  return {
    ...how,
    by: how.by === "relay" ? "relay" : roleOf(how.by, dialledBy),
    ...(status !== undefined && { grpcStatus: status }),
    ...(message !== undefined && message !== "" && { grpcMessage: percentDecode(message) }),
  };
}

/** The gRPC status that the host ended the call with, as far as it has come. */
export function statusOf({ trailers, host }: StreamHeaders): number | undefined {
  const status = trailers["grpc-status"] ?? host["grpc-status"];
  return status === undefined ? undefined : Number(status);
}
