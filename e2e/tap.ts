/** Stands in front of a host and writes down every byte that it says and is told, and how each side ended. */
import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";
import { createEnd, type RawEnd, type Side } from "./raw-sockets.ts";

export type TappedChunk = { readonly from: Side; readonly bytes: Uint8Array };

export type TappedConnection = {
  /** In the order in which they came, cut as they came; so many as are kept. The worker is whoever connected. */
  readonly chunks: readonly TappedChunk[];
  /** How a side ended, unless the other had broken the connection off before. */
  readonly ends: Readonly<Partial<Record<Side, "fin" | "reset">>>;
};

export type Tap = {
  /** "127.0.0.1:PORT", in place of the host's. */
  readonly address: string;
  /** In the order in which they were made. */
  readonly connections: readonly TappedConnection[];
  /** Resolves when every connection so far is over on both sides. */
  readonly allOver: () => Promise<void>;
  /** Cuts what is left. */
  readonly close: () => void;
};

/** @param maxBytes of each connection are kept, both sides together */
export async function startTap(hostPort: number, maxBytes = Number.POSITIVE_INFINITY): Promise<Tap> {
  const connections: TappedConnection[] = [];
  const over: Promise<unknown>[] = [];
  const sockets = new Set<Socket>();
  const server = createServer({ allowHalfOpen: true, noDelay: true, pauseOnConnect: true }, (worker) => {
    const host = connect({ host: "127.0.0.1", port: hostPort, allowHalfOpen: true, noDelay: true });
    for (const socket of [worker, host]) {
      sockets.add(socket);
      // Not `once` of node:events, which takes a reset for a failure.
      over.push(new Promise((resolve) => socket.once("close", resolve)));
    }
    connections.push(tapped(worker, host, maxBytes));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  return {
    address: `127.0.0.1:${port}`,
    connections,
    allOver: async () => {
      await Promise.all(over);
    },
    close() {
      for (const socket of sockets) {
        socket.destroy();
      }
      server.close();
    },
  };
}

function tapped(worker: Socket, host: Socket, maxBytes: number): TappedConnection {
  const chunks: TappedChunk[] = [];
  let kept = 0;
  const ends: Partial<Record<Side, "fin" | "reset">> = {};
  const pass = (from: Side, end: RawEnd, to: Socket): void => {
    // How it ended is told; what is written to a side that is gone may fail again.
    end.socket.on("error", () => {});
    end.socket.on("data", (bytes: Buffer) => {
      if (kept < maxBytes) {
        chunks.push({ from, bytes });
        kept += bytes.length;
      }
      if (to.write(bytes)) {
        return;
      }
      end.socket.pause();
      to.once("drain", () => end.socket.resume());
    });
    void end.ended.then((how) => {
      ends[from] = how;
      if (how === "fin") {
        to.end();
      } else {
        to.resetAndDestroy();
      }
    });
  };
  pass("worker", createEnd(worker), host);
  pass("host", createEnd(host), worker);
  worker.resume();
  return { chunks, ends };
}

/** What a side said, as one. */
export function said({ chunks }: TappedConnection, side: Side): Buffer {
  return Buffer.concat(chunks.filter(({ from }) => from === side).map(({ bytes }) => bytes));
}

/**
 * Which connections of one tap are unlike every one of the other: as far as both have kept what was said, both ways. Of a
 * connection that was broken off the last bytes may have been lost on their way.
 */
export function unlike(one: Tap, other: Tap): number[] {
  return one.connections.flatMap((connection, index) => {
    const isLike = (candidate: TappedConnection): boolean =>
      (["worker", "host"] as const).every((side) => sharesBeginning(said(connection, side), said(candidate, side)));
    return other.connections.some(isLike) ? [] : [index];
  });
}

function sharesBeginning(one: Buffer, other: Buffer): boolean {
  const length = Math.min(one.length, other.length);
  return one.subarray(0, length).equals(other.subarray(0, length));
}
