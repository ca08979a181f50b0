/** HTTP/1.1 requests whose answers are looked at byte by byte. */
import { once } from "node:events";
import { connect } from "node:net";
import { buffer } from "node:stream/consumers";

export type RawRequest = {
  readonly method: string;
  readonly path: string;
  /** Lines of the head besides Host, Connection and what frames the body. */
  readonly headers?: readonly string[];
  /** Bytes of the body; unless given, each piece of it is sent as a chunk. */
  readonly length?: number;
  readonly body?: Iterable<Uint8Array> | AsyncIterable<Uint8Array>;
};

/** Sends a request on a connection of its own; resolves with all that came until the other side ended it. */
export async function askRaw(to: URL, { method, path, headers = [], length, body = [] }: RawRequest): Promise<Buffer> {
  const socket = connect({ host: to.hostname, port: Number(to.port) });
  const answer = buffer(socket);
  answer.catch(() => {});
  await once(socket, "connect");
  const isChunked = length === undefined;
  const framing = isChunked ? "Transfer-Encoding: chunked" : `Content-Length: ${length}`;
  const lines = [`${method} ${path} HTTP/1.1`, "Host: app.example", "Connection: close", framing, ...headers];
  socket.write(`${lines.join("\r\n")}\r\n\r\n`);
  for await (const bytes of body) {
    if (isChunked) {
      socket.write(`${bytes.length.toString(16)}\r\n`);
    }
    socket.write(bytes);
    if (isChunked) {
      socket.write("\r\n");
    }
  }
  if (isChunked) {
    socket.write("0\r\n\r\n");
  }
  return await answer;
}

/**
 * An answer as it came, but for the values of these headers and for where a streamed body is cut into chunks, which
 * follows how it happened to arrive.
 */
export function withoutChance(answer: Buffer, changing: readonly string[]): string {
  const text = answer.toString("latin1");
  const headBytes = text.indexOf("\r\n\r\n") + 4;
  const content = text.slice(headBytes);
  const head = changing.reduce(
    (left, name) => left.replace(new RegExp(`^${name}: .*$`, "imu"), `${name}:`),
    text.slice(0, headBytes),
  );
  return head + (/^transfer-encoding: chunked/imu.test(head) ? withoutChunks(content) : content);
}

function withoutChunks(content: string): string {
  const pieces: string[] = [];
  for (let at = 0; ; ) {
    const end = content.indexOf("\r\n", at);
    const size = Number.parseInt(content.slice(at, end), 16);
    // What is behind the last chunk is shown, which also shows that it came.
    if (!(size > 0)) {
      return `${pieces.join("")}${content.slice(at)}`;
    }
    pieces.push(content.slice(end + 2, end + 2 + size));
    at = end + 2 + size + 2;
  }
}
