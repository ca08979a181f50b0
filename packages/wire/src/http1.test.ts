import { once } from "node:events";
import http from "node:http";
import net from "node:net";
import fc from "fast-check";
import { expect, test } from "vitest";
import { createHttp1, type Http1Events, type Http1Part, type Http1State } from "./http1.ts";

type Sent = readonly [of: Http1Part, bytes: Uint8Array];

/** What was told, with the pieces of each body put together. */
function transcript() {
  const lines: string[] = [];
  const bodies = new Map<string, string>();
  const events: Http1Events = {
    request: ({ exchange, method, target, headers }) =>
      lines.push(`${exchange} ${method} ${target} ${JSON.stringify(headers)}`),
    response: ({ exchange, status, reason, headers }) =>
      lines.push(`${exchange} ${status} ${reason} ${JSON.stringify(headers)}`),
    body({ exchange, of, bytes }) {
      const name = `${exchange} ${of}`;
      bodies.set(name, (bodies.get(name) ?? "") + Buffer.from(bytes).toString("latin1"));
    },
    ended: ({ exchange, of }) => lines.push(`${exchange} ${of} ends: ${bodies.get(`${exchange} ${of}`) ?? ""}`),
    unreadable: ({ of, reason }) => lines.push(`${of} unreadable: ${reason}`),
  };
  return { events, lines };
}

function text(...lines: string[]): Uint8Array {
  return Buffer.from(lines.join("\r\n"), "latin1");
}

function read(sent: readonly Sent[]): string[] {
  const { events, lines } = transcript();
  const http1 = createHttp1(events);
  for (const [of, bytes] of sent) {
    http1.push(of, bytes);
  }
  http1.closed();
  return lines;
}

const everything: readonly Sent[] = [
  ["request", text("POST /api/a?b=c HTTP/1.1", "x-ms-invocation-id: 1", "Content-Length: 5", "", "hello")],
  ["request", text("HEAD /head HTTP/1.1", "Host: h", "", "")],
  ["response", text("HTTP/1.1 100 Continue", "", "HTTP/1.1 202 Fine indeed", "Transfer-Encoding: chunked", "")],
  ["response", text("", "3", "a\r\n", "A;extension=1", "0123456789", "0", "trailer: t", "", "")],
  ["response", text("HTTP/1.1 200 OK", "Content-Length: 100", "", "")],
  [
    "request",
    text("", "PUT /last HTTP/1.0", "folded: one", "\t two", "transfer-encoding: gzip, chunked", "", "0", "", ""),
  ],
  ["response", text("HTTP/1.1 200", "x: \xe9", "", "until the\nend")],
];

const told = read(everything);

test("requests and responses are paired, whatever says where their bodies end", () => {
  expect(told).toEqual([
    '1 POST /api/a?b=c [["x-ms-invocation-id","1"],["Content-Length","5"]]',
    "1 request ends: hello",
    '2 HEAD /head [["Host","h"]]',
    "2 request ends: ",
    '1 202 Fine indeed [["Transfer-Encoding","chunked"]]',
    "1 response ends: a\r\n0123456789",
    '2 200 OK [["Content-Length","100"]]',
    "2 response ends: ",
    '3 PUT /last [["folded","one two"],["transfer-encoding","gzip, chunked"]]',
    "3 request ends: ",
    '3 200  [["x","é"]]',
    "3 response ends: until the\nend",
  ]);
});

test("where the bytes are cut, and where reading goes on from what was saved, makes no difference", () => {
  for (const at of everything.flatMap(([, bytes], i) => Array.from(bytes, (_, cut) => [i, cut] as const))) {
    const { events, lines } = transcript();
    let http1 = createHttp1(events);
    for (const [i, [of, bytes]] of everything.entries()) {
      const cut = i === at[0] ? at[1] : 0;
      http1.push(of, bytes.subarray(0, cut));
      http1 = createHttp1(events, structuredClone<Http1State>(http1.save()));
      http1.push(of, bytes.subarray(cut));
    }
    http1.closed();
    expect(lines).toEqual(told);
  }
});

test("byte by byte it is the same", () => {
  expect(
    read(everything.flatMap(([of, bytes]) => Array.from(bytes, (byte) => [of, Uint8Array.of(byte)] as const))),
  ).toEqual(told);
});

test("any bytes are taken, and the heads that are kept stay small", () => {
  const piece = fc.oneof(
    fc.uint8Array({ maxLength: 200 }),
    fc
      .constantFrom(
        "GET / HTTP/1.1\r\n",
        "HTTP/1.1 200 OK\r\n",
        "\r\n",
        "5\r\n",
        "content-length: 3\r\n",
        "x".repeat(300_000),
      )
      .map((s) => Buffer.from(s)),
  );
  const side = fc.constantFrom<Http1Part>("request", "response");
  fc.assert(
    fc.property(fc.array(fc.tuple(side, piece), { maxLength: 20 }), (sent) => {
      const { events } = transcript();
      const http1 = createHttp1(events);
      for (const [of, bytes] of sent) {
        http1.push(of, bytes);
      }
      const { request, response } = http1.save();
      expect(request.line.length + response.line.length).toBeLessThanOrEqual(2 * 256 * 1024);
      http1.closed();
    }),
  );
});

test.each([
  ["request", "PRI * HTTP/2.0\r\n\r\n", "it does not begin as HTTP/1.1 does"],
  ["request", "GET / HTTP/1.1\r\nno name\r\n\r\n", "a header without a name"],
  ["request", "GET / HTTP/1.1\r\nContent-Length: 3, 4\r\n\r\n", "a request whose length is not clear"],
  ["request", "GET / HTTP/1.1\r\nTransfer-Encoding: gzip\r\n\r\n", "a request whose length is not clear"],
  ["request", "GET / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n-1\r\n", "a chunk without a size"],
  ["request", "GET / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nab\r\n", "a chunk that is longer than it says"],
  ["response", "HTTP/1.1 408 Request Timeout\r\n\r\n", "a response without a request"],
] as const)("of a %s that begins %j the rest is left alone", (of, bytes, reason) => {
  expect(
    read([
      [of, Buffer.from(bytes)],
      [of, Buffer.from("GET / HTTP/1.1\r\n\r\n")],
    ]).at(-1),
  ).toBe(`${of} unreadable: ${reason}`);
});

test("what Node's own client and server say to each other is read as they meant it", async () => {
  const { events, lines } = transcript();
  const http1 = createHttp1(events);
  const server = http.createServer((request, response) => {
    request.on("data", (bytes: Buffer) => response.write(bytes));
    request.on("end", () => response.end("."));
  });
  const relay = net.createServer((client) => {
    const upstream = net.connect(portOf(server), "127.0.0.1");
    client.on("data", (bytes) => http1.push("request", bytes)).pipe(upstream);
    upstream.on("data", (bytes) => http1.push("response", bytes)).pipe(client);
  });
  const agent = new http.Agent({ keepAlive: true, maxSockets: 1 });
  try {
    await Promise.all([server, relay].map((one) => once(one.listen(0, "127.0.0.1"), "listening")));
    for (const body of ["first", "x".repeat(200_000)]) {
      const sent = http.request({ port: portOf(relay), agent, method: "POST", path: "/echo" });
      sent.write(body.slice(0, 3));
      sent.end(body.slice(3));
      const [answer] = await once(sent, "response");
      await once(answer.resume(), "end");
    }
  } finally {
    agent.destroy();
    relay.close();
    await new Promise((closed) => server.close(closed));
  }
  expect(lines.filter((line) => line.includes("ends"))).toEqual(
    ["first", "x".repeat(200_000)].flatMap((body, i) => [
      `${i + 1} request ends: ${body}`,
      `${i + 1} response ends: ${body}.`,
    ]),
  );
});

function portOf(server: net.Server): number {
  const address = server.address();
  return typeof address === "object" && address !== null ? address.port : 0;
}
