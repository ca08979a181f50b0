/** The hub's end of the line to one relay; see relay/control.ts for what is said. */
import { connect, type Socket } from "node:net";
import type { RelayState } from "@inspector/relay/control";
import { onLine } from "@inspector/relay/lines";

const RETRY_MS = 300;

export type RelayLink = {
  /** What the relay last said; undefined before that. */
  readonly state: RelayState | undefined;
  /** How long nothing has answered at the relay's address, in milliseconds; 0 while it does. */
  readonly silentFor: number;
  committed(segment: number): void;
  close(): void;
};

export function createRelayLink(path: string): RelayLink {
  let socket: Socket | undefined;
  let state: RelayState | undefined;
  let silentSince: number | undefined = Date.now();
  let told = 0;
  let isClosed = false;

  function dial(): void {
    const dialled = connect(path);
    dialled.on("error", () => {});
    dialled.on("connect", () => {
      socket = dialled;
      silentSince = undefined;
      told = 0;
    });
    dialled.on("close", () => {
      socket = undefined;
      silentSince ??= Date.now();
      if (!isClosed) {
        setTimeout(dial, RETRY_MS).unref();
      }
    });
    onLine(dialled, (line) => {
      state = parseState(line) ?? state;
    });
  }
  dial();

  return {
    get state() {
      return state;
    },
    get silentFor() {
      return silentSince === undefined ? 0 : Date.now() - silentSince;
    },
    committed(segment) {
      if (socket === undefined || segment <= told) {
        return;
      }
      told = segment;
      socket.write(`${JSON.stringify({ committed: segment })}\n`);
    },
    close() {
      isClosed = true;
      socket?.destroy();
    },
  };
}

function parseState(line: string): RelayState | undefined {
  try {
    const value: unknown = JSON.parse(line);
    if (typeof value !== "object" || value === null) {
      return undefined;
    }
    if (!("segment" in value && "offset" in value && "gap" in value)) {
      return undefined;
    }
    const { segment, offset, gap } = value;
    if (typeof segment !== "number" || typeof offset !== "number") {
      return undefined;
    }
    const isGap = typeof gap === "object" && gap !== null && "bytes" in gap && "reason" in gap;
    return { segment, offset, gap: isGap ? { bytes: Number(gap.bytes), reason: String(gap.reason) } : null };
  } catch {
    return undefined;
  }
}
