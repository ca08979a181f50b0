import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { type AddressInfo, connect, createServer, type Server, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { BEGINNING, createTail } from "@inspector/hub/ingest/journal-tail";
import { FIRST_HANDLER_CONNECTION, FIRST_HTTP_CONNECTION, RECORD_BYTES } from "@inspector/wire/journal";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { createJournal, type Journal } from "../journal.ts";
import { unusedAddress } from "./custom-handler.ts";
import { createHttpRecorder, type HttpRecorder } from "./recorder.ts";

let directory: string;
let journal: Journal;
let recorder: HttpRecorder;
const servers: Server[] = [];

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "custom-handler-"));
  journal = createJournal({ directory });
  recorder = createHttpRecorder(journal);
});

afterEach(async () => {
  await recorder.close();
  journal.close();
  for (const server of servers.splice(0)) {
    server.close();
  }
  rmSync(directory, { recursive: true, force: true });
});

/** The records so far: bytes as text, events as what they say. */
function records() {
  const read: { connection: number; side: number; text: string }[] = [];
  const tail = createTail(directory, BEGINNING);
  tail.read(Number.MAX_SAFE_INTEGER, ({ kind, connection, side, payload }) => {
    const text = Buffer.from(payload).toString();
    read.push({ connection, side, text: kind === RECORD_BYTES ? text : (JSON.parse(text).type as string) });
  });
  tail.close();
  return read.filter(({ connection }) => connection >= FIRST_HTTP_CONNECTION);
}

async function serve(port: number, onConnection: (socket: Socket) => void): Promise<number> {
  const server = createServer(onConnection);
  servers.push(server);
  await once(server.listen(port, "127.0.0.1"), "listening");
  return (server.address() as AddressInfo).port;
}

async function dial(port: number): Promise<Socket> {
  const socket = connect({ host: "127.0.0.1", port });
  await once(socket, "connect");
  return socket;
}

/** As hosts do: again and again while they are refused. */
async function dialPatiently(port: number): Promise<Socket> {
  return await dial(port).catch(() => dialPatiently(port));
}

describe("the port of a custom handler", () => {
  test("refuses the host until the handler listens, whose first connection is the host's", async () => {
    const { port } = await unusedAddress();
    const { address, close } = await recorder.openHandler({ port, facts: { workerId: "w" } });
    await expect(dial(port)).rejects.toThrow(/ECONNREFUSED/u);
    let accepted = 0;
    await serve(address.port, (socket) => {
      accepted += 1;
      socket.on("error", () => {}).on("data", (chunk) => socket.end(`heard ${chunk}`));
    });
    const host = await dialPatiently(port);
    host.write("GET /");
    const [chunk] = await once(host, "data");
    await once(host, "close");
    expect(String(chunk)).toBe("heard GET /");
    expect(accepted).toBe(1);
    close();
    const [handler, http] = [FIRST_HANDLER_CONNECTION, FIRST_HTTP_CONNECTION];
    await expect.poll(() => records().at(-1)?.text).toBe("closed");
    expect(records().map(({ connection, text }) => [connection, text])).toEqual(
      expect.arrayContaining([
        [handler, "opened"],
        [http, "opened"],
        [http, "GET /"],
        [http, "heard GET /"],
        [handler, "closed"],
      ]),
    );
  });

  test("is let go when the handler has ended", async () => {
    const { port } = await unusedAddress();
    const { address, close } = await recorder.openHandler({ port, facts: {} });
    await serve(address.port, (socket) => socket.on("error", () => {}).resume());
    const first = await dialPatiently(port);
    close();
    await expect
      .poll(() =>
        dial(port).then(
          () => "accepted",
          () => "refused",
        ),
      )
      .toBe("refused");
    first.destroy();
  });
});
