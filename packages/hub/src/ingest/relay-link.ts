/** The ingest's end of the line to one relay; see relay/relay-line.ts for what is said. */
import { connect } from "node:net";
import { type FromHub, parseFromRelay, type RelayState } from "@inspector/contract/relay-line";
import { Line } from "@inspector/relay/line";
import { isRunningProcess, type ProcessIdentity } from "@inspector/relay/process-identity";

/** From one call to the next, so that the end of a line that was up for longer is acted on at once. */
const RETRY_MS = 300;
/** Less than a hundred bytes are ever said. */
const MAX_WAITING = 64 * 1024;

export type RelayLink = {
  /** What the relay last said; undefined before that. */
  readonly state: RelayState | undefined;
  /** How long the relay has been known to be gone, in milliseconds; 0 while it runs, or may run. */
  readonly goneFor: number;
  committed(segment: number): void;
  close(): void;
};

/** @param writer the relay's process, where its journal names it */
export function createRelayLink(path: string, writer: ProcessIdentity | undefined): RelayLink {
  let line: Line<FromHub> | undefined;
  let state: RelayState | undefined;
  let goneSince: number | undefined;
  let told = 0;
  let isClosed = false;
  let retry: NodeJS.Timeout | undefined;

  function dial(): void {
    const dialledAt = performance.now();
    const socket = connect(path);
    const dialled = new Line<FromHub>(socket, {
      maxWaiting: MAX_WAITING,
      onMessage(message) {
        const said = parseFromRelay(message);
        if (said !== undefined && "segment" in said) {
          state = said;
        }
      },
    });
    socket.on("error", (error: NodeJS.ErrnoException) => {
      goneSince = isGone(error, writer) ? (goneSince ?? performance.now()) : undefined;
    });
    socket.on("connect", () => {
      line = dialled;
      goneSince = undefined;
      told = 0;
      dialled.send({ hello: "ingest", pid: process.pid });
    });
    socket.on("close", () => {
      line = undefined;
      if (!isClosed) {
        retry = setTimeout(dial, Math.max(0, dialledAt + RETRY_MS - performance.now())).unref();
      }
    });
  }
  dial();

  return {
    get state() {
      return state;
    },
    get goneFor() {
      return goneSince === undefined ? 0 : performance.now() - goneSince;
    },
    committed(segment) {
      if (line === undefined || segment <= told) {
        return;
      }
      told = segment;
      line.send({ committed: segment });
    },
    close() {
      isClosed = true;
      clearTimeout(retry);
      line?.close();
    },
  };
}

/**
 * Whether a relay that cannot be dialled is gone. Only two errors say that nobody listens, and they say it of a relay that
 * runs, too, whose socket was removed; any other is a trouble of our own (no descriptors, no rights, a full queue).
 */
export function isGone(error: NodeJS.ErrnoException, writer: ProcessIdentity | undefined): boolean {
  const isNobodyThere = error.code === "ENOENT" || error.code === "ECONNREFUSED";
  return isNobodyThere && !(writer !== undefined && isRunningProcess(writer));
}
