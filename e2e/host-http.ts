/** What a scripted host sends to a worker's own HTTP server, and what comes back from there. */
import { decodeMessage, encodeMessage } from "@inspector/proto";
import { besideTheStream, type HostedWorker, idOf } from "./host-script.ts";
import { askRaw, type RawRequest, withoutChance } from "./raw-http.ts";

/**
 * Sends both halves of an invocation: the one on the stream, which is empty, and the request.
 * @returns the answer over HTTP once there are both, without the time it was made at
 */
export async function invokeBeside(
  worker: HostedWorker,
  { id, of, ...request }: Omit<RawRequest, "headers"> & { readonly id: string; readonly of: string },
): Promise<string> {
  const forwarded = ["X-Forwarded-Host: app.example", "X-Forwarded-Proto: http", "X-Forwarded-For: 127.0.0.1"];
  const headers = [...forwarded, `x-ms-invocation-id: ${idOf(id)}`];
  const [answer] = await Promise.all([
    askRaw(new URL(worker.capabilities["HttpUri"] ?? ""), { ...request, headers }),
    worker.invoke({ id, of, data: besideTheStream }),
  ]);
  return withoutChance(answer, ["date"]);
}

/**
 * A message without the port of the worker's HTTP server, of which every run has its own, and which the inspector
 * replaces by one of its own: that of the capability HttpUri, and of the line that @azure/functions logs about it.
 * @throws where the bytes are not those that the message is written as, so that the same content would not be the same bytes
 */
export function withoutServerAddress(bytes: Uint8Array): Uint8Array {
  const decoded = decodeMessage(bytes);
  if (!decoded.ok) {
    return bytes;
  }
  const { message } = decoded;
  const { content } = message;
  if (content.case === "workerInitResponse" && content.value.capabilities["HttpUri"] !== undefined) {
    const uri = content.value.capabilities["HttpUri"];
    assertWrittenAs(bytes, encodeMessage(message));
    content.value.capabilities["HttpUri"] = uri.replace(
      /^http:\/\/(?:localhost|127\.0\.0\.1):\d+\//u,
      "http://WORKER/",
    );
    return encodeMessage(message);
  }
  if (content.case === "rpcLog" && content.value.message.startsWith("Auto-assigned port is valid.")) {
    assertWrittenAs(bytes, encodeMessage(message));
    content.value.message = content.value.message.replace(/Port: \d+$/u, "Port: PORT");
    return encodeMessage(message);
  }
  return bytes;
}

function assertWrittenAs(bytes: Uint8Array, written: Uint8Array): void {
  if (Buffer.compare(bytes, written) !== 0) {
    throw new Error("the bytes differ from what the message is written as");
  }
}
