/** A worker and a host that are bare sockets with an inspector between them, for bytes that no library would send. */
import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";
import { type Exported, exportSession, startInspector, temporaryFolder } from "./inspector-process.ts";
import { readSession, type SessionFile } from "./session-file.ts";

export type Side = "host" | "worker";

export type RawEnd = {
  readonly socket: Socket;
  /** Everything that came so far. */
  readonly received: () => Buffer;
  /** Resolves when so many bytes have come in all; rejects where the connection ends before. */
  readonly has: (bytes: number) => Promise<void>;
  /** How the other side ended: with FIN, or with a reset. */
  readonly ended: Promise<"fin" | "reset">;
};

export type RawPair = Readonly<Record<Side, RawEnd>> & {
  /** Sends bytes of one side, in writes of `chunkBytes`, and waits until the other side has them. */
  readonly say: (from: Side, bytes: Uint8Array, chunkBytes?: number) => Promise<void>;
  /** Everything each side has sent so far. */
  readonly sent: (side: Side) => Buffer;
};

export type RawSession = SessionFile & { readonly messages: readonly Exported[] };

/** Connects two sockets through an inspector, lets `converse` speak for both, and reads the session after it. */
export async function throughInspector(converse: (pair: RawPair) => Promise<void>): Promise<RawSession> {
  const state = temporaryFolder();
  const server = createServer({ allowHalfOpen: true, noDelay: true });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  const inspector = await startInspector(["--listen", "0", "--upstream", `127.0.0.1:${port}`, "--no-open"], state.path);
  const sockets: Socket[] = [];
  try {
    const [host, port = ""] = inspector.listen.split(":");
    const accepted = once(server, "connection");
    const worker = connect({ host, port: Number(port), allowHalfOpen: true, noDelay: true });
    sockets.push(worker);
    const [socket]: Socket[] = await accepted;
    if (socket === undefined) {
      throw new Error("nothing was accepted");
    }
    sockets.push(socket);
    await converse(pairOf(createEnd(worker), createEnd(socket)));
    for (const one of sockets) {
      one.destroy();
    }
    if ((await inspector.stop()) !== 0) {
      throw new Error(inspector.stderr());
    }
    return { ...readSession(inspector.session), messages: await exportSession(inspector.session, state.path) };
  } finally {
    for (const one of sockets) {
      one.destroy();
    }
    inspector.process.kill("SIGKILL");
    server.close();
    state.remove();
  }
}

function pairOf(worker: RawEnd, host: RawEnd): RawPair {
  const ends = { worker, host };
  const sent: Record<Side, Buffer[]> = { worker: [], host: [] };
  return {
    ...ends,
    sent: (side) => Buffer.concat(sent[side]),
    async say(from, bytes, chunkBytes = Math.max(bytes.length, 1)) {
      for (let at = 0; at < bytes.length; at += chunkBytes) {
        const chunk = bytes.subarray(at, at + chunkBytes);
        await new Promise<void>((resolve, reject) => {
          ends[from].socket.write(chunk, (error) => (error ? reject(error) : resolve()));
        });
      }
      sent[from].push(Buffer.from(bytes));
      const other = ends[from === "worker" ? "host" : "worker"];
      await other.has(sent[from].reduce((total, { length }) => total + length, 0));
    },
  };
}

export function createEnd(socket: Socket): RawEnd {
  const chunks: Buffer[] = [];
  let bytes = 0;
  let isOver = false;
  let wake = (): void => {};
  socket.on("data", (chunk: Buffer) => {
    chunks.push(chunk);
    bytes += chunk.length;
    wake();
  });
  const ended = new Promise<"fin" | "reset">((resolve) => {
    socket.once("error", () => resolve("reset"));
    // A reset that arrives together with bytes is an end to libuv; writing nothing shows what it was.
    socket.once("end", () => {
      if (socket.writableEnded) {
        resolve("fin");
      } else {
        socket.write("", (error) => resolve(error ? "reset" : "fin"));
      }
    });
  });
  socket.once("close", () => {
    isOver = true;
    wake();
  });
  return {
    socket,
    received: () => Buffer.concat(chunks),
    async has(count) {
      while (bytes < count) {
        if (isOver) {
          throw new Error(`the connection ended after ${bytes} of ${count} bytes`);
        }
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
    },
    ended,
  };
}
