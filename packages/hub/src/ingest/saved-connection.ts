/** Connections of a recording, and what is stored of them so that the next hub goes on from there. */
import { deserialize, serialize } from "node:v8";
import { ConnectionIngest } from "@inspector/ingest/connection/connection-ingest";
import type { RecordedStream } from "@inspector/ingest/connection/recorded-stream";
import type { ConnectionState, HostBreak, SavedConnection } from "@inspector/ingest/connection/saved-connection";
import { noInterventions } from "@inspector/ingest/connection/stream-interventions";
import type { Writer } from "@inspector/session/writer";
import type { ConversationState } from "@inspector/wire/conversation";
import { MESSAGE_TOOLS } from "../message-tools.ts";

type Stored = {
  readonly version: 1;
  /** Absent in what was saved before states had names. */
  readonly state?: ConnectionState | undefined;
  /** Absent in what was saved before that was looked at. */
  readonly hostBreak?: HostBreak | undefined;
  readonly conversation?: ConversationState | undefined;
  readonly streams: [number, RecordedStream][];
};

/**
 * @param saved what an earlier hub stored; absent for a connection that begins
 * @throws where `saved` is nothing that was stored: the caller makes a new one then, and lets it fail
 */
export function recordConnection(writer: Writer, id: number, saved?: Uint8Array): ConnectionIngest {
  return new ConnectionIngest(writer, id, {
    tools: MESSAGE_TOOLS,
    store: (saving) => writer.saveConnection(id, storeConnection(saving)),
    saved: saved && readConnection(saved),
  });
}

function storeConnection({ streams, ...rest }: SavedConnection): Uint8Array {
  return serialize({ version: 1, ...rest, streams: [...streams] } satisfies Stored);
}

/** @throws where `stored` is nothing that {@link storeConnection} made */
function readConnection(stored: Uint8Array): SavedConnection {
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
