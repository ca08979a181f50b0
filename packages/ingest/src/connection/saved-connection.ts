/** What is to be known of a connection to go on with it later. How it becomes bytes is the business of whoever keeps it. */
import type { EndInfo } from "@inspector/contract/page";
import type { ConversationState } from "@inspector/wire/conversation";
import type { RecordedStream } from "./recorded-stream.ts";

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
