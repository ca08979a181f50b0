import { once } from "node:events";
import { createServer, type IncomingMessage, type RequestListener, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, expect, test } from "vitest";
import { type LegRequest, sendHttpLeg } from "./send-leg.ts";

const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
});

async function serve(listener: RequestListener): Promise<string> {
  const server = createServer(listener);
  servers.push(server);
  await once(server.listen(0, "127.0.0.1"), "listening");
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
}

const RECORDED: LegRequest = {
  method: "PUT",
  target: "/api/a%20b?c=%C3%A9",
  headers: [
    ["Host", "localhost:5000"],
    ["x-ms-invocation-id", "recorded"],
    ["X-Forwarded-Host", "app.example"],
    ["Accept", "a"],
    ["Accept", "b"],
    ["X-Name", "\xe9"],
    ["Transfer-Encoding", "chunked"],
    ["Connection", "keep-alive"],
  ],
  body: Uint8Array.of(0, 255, 13, 10),
};

test("it arrives as recorded, but for the id, the address and what concerns one connection", async () => {
  const arrived: IncomingMessage[] = [];
  const bodies: Buffer[] = [];
  const uri = await serve((request, response) => {
    arrived.push(request);
    request.on("data", (bytes: Buffer) => bodies.push(bytes));
    request.on("end", () => response.writeHead(207, { "set-cookie": ["a=1", "b=2"] }).end("answer"));
  });
  const answer = await sendHttpLeg({ uri, invocationId: "fresh", request: RECORDED });
  expect(answer.status).toBe(207);
  expect(answer.headers).toEqual(
    expect.arrayContaining([
      ["set-cookie", "a=1"],
      ["set-cookie", "b=2"],
    ]),
  );
  expect(Buffer.from(answer.body).toString()).toBe("answer");
  const [request] = arrived;
  expect([request?.method, request?.url]).toEqual(["PUT", RECORDED.target]);
  expect([Buffer.concat(bodies)]).toEqual([Buffer.from(RECORDED.body ?? [])]);
  expect(request?.rawHeaders).toEqual(
    [
      ["host", new URL(uri).host],
      ["x-ms-invocation-id", "fresh"],
      ["x-forwarded-proto", "http"],
      ["X-Forwarded-Host", "app.example"],
      ["Accept", "a"],
      ["Accept", "b"],
      ["X-Name", "\xe9"],
      ["content-length", "4"],
      ["connection", "close"],
    ].flat(),
  );
});

test("a request without a body has none", async () => {
  const uri = await serve((request, response) => {
    response.end(`${request.headers["content-length"]} ${request.headers["transfer-encoding"]}`);
  });
  const request: LegRequest = { method: "GET", target: "/", headers: [], body: undefined };
  const { body } = await sendHttpLeg({ uri, invocationId: "i", request });
  expect(Buffer.from(body).toString()).toBe("undefined undefined");
});

test("a worker that dies in its answer, one that is not there and one that is given up on are errors", async () => {
  const request = { ...RECORDED, method: "POST" };
  const dying = await serve((_, response) => response.write("half", () => response.destroy()));
  await expect(sendHttpLeg({ uri: dying, invocationId: "i", request })).rejects.toThrow();
  await expect(sendHttpLeg({ uri: "http://127.0.0.1:1/", invocationId: "i", request })).rejects.toMatchObject({
    code: "ECONNREFUSED",
  });
  const silent = await serve(() => {});
  const signal = AbortSignal.timeout(50);
  await expect(sendHttpLeg({ uri: silent, invocationId: "i", request, signal })).rejects.toThrow("aborted");
});
