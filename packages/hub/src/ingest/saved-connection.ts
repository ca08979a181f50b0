/** What is stored of a connection so that the next hub goes on from there. */
import { deserialize, serialize } from "node:v8";
import type { EndInfo } from "@inspector/contract/page";
import type { ConversationState } from "@inspector/wire/conversation";
import type { RecordedStream } from "./recorded-stream.ts";
import { noInterventions } from "./stream-interventions.ts";

/** How the host broke a connection off: the code of its GOAWAY, the system's of its reset, none of a FIN. */
export type HostBreak = Pick<EndInfo, "code">;

/** See ConnectionIngest. */
export type ConnectionState = "unknown" | "http2" | "unreadable" | "failed" | "closed";

export type SavedConnection = {
  readonly state: ConnectionState;
  readonly hostBreak?: HostBreak | undefined;
  /** Absent once it has failed. */
  readonly conversation?: ConversationState | undefined;
  /** By their HTTP/2 stream. */
  readonly streams: ReadonlyMap<number, RecordedStream>;
};

type Stored = {
  readonly version: 1;
  /** Absent in what was saved before states had names. */
  readonly state?: ConnectionState | undefined;
  /** Absent in what was saved before that was looked at. */
  readonly hostBreak?: HostBreak | undefined;
  readonly conversation?: ConversationState | undefined;
  readonly streams: [number, RecordedStream][];
};

export function storeConnection({ streams, ...rest }: SavedConnection): Uint8Array {
  return serialize({ version: 1, ...rest, streams: [...streams] } satisfies Stored);
}

/** @throws where `stored` is nothing that {@link storeConnection} made */
export function readConnection(stored: Uint8Array): SavedConnection {
  const { state, hostBreak, conversation, streams } = deserialize(stored) as Stored;
  return {
    state: state ?? (streams.length > 0 ? "http2" : "unknown"),
    hostBreak,
    conversation,
    // What was saved before there were interventions says nothing of them.
    streams: new Map(
      streams.map(([number, stream]) => [
        number,
        { ...stream, interventions: stream.interventions ?? noInterventions() },
      ]),
    ),
  };
}
