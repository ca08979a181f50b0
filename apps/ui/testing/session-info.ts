import { CONTRACT_VERSION, type SessionInfo } from "@inspector/contract/page";

/** A session that is being recorded and holds nothing yet. */
export function sessionInfo(change: Partial<SessionInfo> = {}): SessionInfo {
  return {
    contract: CONTRACT_VERSION,
    id: "first",
    file: "x.session",
    source: "live",
    startedAt: 0,
    version: "0",
    last: 0,
    bytes: 0,
    size: { file: 0, bodiesDropped: 0, rowsDropped: 0 },
    gaps: { count: 0, bytes: 0 },
    behind: 0,
    streams: [],
    connections: [],
    streamCount: 0,
    workerCount: 0,
    connectionCount: 0,
    ...change,
  };
}
