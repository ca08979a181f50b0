import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { FIRST_HANDLER_CONNECTION, FIRST_HTTP_CONNECTION, RECORD_BYTES } from "@inspector/wire/journal";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { type HttpRecording, startHttpRecording } from "../../testing/http-recording.ts";
import { unusedAddress } from "./custom-handler.ts";

let recording: HttpRecording;

beforeEach(() => {
  recording = startHttpRecording();
});

afterEach(() => recording.end());

/** The records so far: bytes as text, events as what they say. */
function records() {
  return recording
    .records()
    .filter(({ connection }) => connection >= FIRST_HTTP_CONNECTION)
    .map(({ kind, connection, side, payload }) => {
      const text = Buffer.from(payload).toString();
      return { connection, side, text: kind === RECORD_BYTES ? text : (JSON.parse(text).type as string) };
    });
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
    const { address, close } = await recording.recorder.openHandler({ port, facts: { workerId: "w" } });
    await expect(dial(port)).rejects.toThrow(/ECONNREFUSED/u);
    let accepted = 0;
    await recording.serve((socket) => {
      accepted += 1;
      socket.on("error", () => {}).on("data", (chunk) => socket.end(`heard ${chunk}`));
    }, address);
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
    const { address, close } = await recording.recorder.openHandler({ port, facts: {} });
    await recording.serve((socket) => socket.on("error", () => {}).resume(), address);
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
