import { connect } from "node:net";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { WebSocket } from "ws";
import { writeSession } from "../../../testing/recorded-session.ts";
import { type Folder, makeFolder, type ServedSessions, serve, TOKEN } from "../../../testing/served-sessions.ts";

let folder: Folder;
let served: ServedSessions;

beforeAll(async () => {
  folder = makeFolder();
  for (const name of ["a", "b"]) {
    const writing = writeSession(folder.file(name));
    writing.addRecording("node/small-chunks");
    writing.close();
  }
  served = await serve(folder, folder.file("a"));
});

afterAll(async () => {
  await served.close();
  folder.remove();
});

/** Whether a WebSocket opens with these headers. */
function opens(
  headers: Record<string, string>,
  path = "/api/live",
  protocols: readonly string[] = [],
): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = new WebSocket(`ws://127.0.0.1:${served.port}${path}`, [...protocols], { headers });
    socket.on("open", () => {
      socket.terminate();
      resolve(socket.protocol === (protocols[0] ?? ""));
    });
    socket.on("error", () => resolve(false));
  });
}

const READS = [
  "/",
  "/index.html",
  "/anything",
  "/api/session",
  "/api/messages",
  "/api/messages?seqs=1,2",
  "/api/messages/1",
  "/api/messages/1/bytes",
  "/api/messages/1/find?text=a",
  "/api/events",
  "/api/invocations?ids=1",
  "/api/invocations/sorted?by=duration",
  "/api/facets?list=messages",
  "/api/invocations/1",
  "/api/http",
  "/api/functions",
  "/api/functions/totals",
  "/api/functions/errors?name=hello",
  "/api/workers",
  "/api/problems",
  "/api/overview",
  "/api/partly-searched?filter=a",
  "/api/seen",
  "/api/sessions",
  "/api/sessions/b/functions",
  "/api/nothing",
  "/api/live",
];

const CHANGES = [
  ["POST", "/api/sessions/b/open"],
  ["POST", "/api/sessions/b/rename"],
  ["POST", "/api/sessions/b/label"],
  ["DELETE", "/api/sessions/b"],
] as const;

/** Spellings of this machine with which others were talked to, and names that resolve to it. */
const FOREIGN_HOSTS = [
  "evil.example",
  "localhost6",
  "localhost.evil.example",
  "127.0.0.1.nip.io",
  "127.1",
  "0x7f.0.0.1",
  "0177.0.0.1",
  "10.0.2.555",
  "0.0.0.0",
  "[::]",
  "[::ffff:127.0.0.1]",
  "LOCALHOST",
  "127.0.0.1@evil.example",
];

describe("who does not have the token", () => {
  test.each(READS)("gets nothing of %s", async (path) => {
    for (const headers of [
      {},
      { authorization: "Bearer " },
      { authorization: `Bearer ${TOKEN}0` },
      { authorization: TOKEN },
      { cookie: `inspector-${served.port}=${TOKEN}` },
      { cookie: "inspector=x", origin: served.origin },
    ]) {
      const answer = await served.askRaw(path, { headers });
      expect(answer.status, JSON.stringify(headers)).toBe(403);
      expect(answer.body.toString()).not.toContain(TOKEN);
      expect(answer.body.toString()).not.toContain("invocation");
    }
  });

  test.each(CHANGES)("cannot %s %s", async (method, path) => {
    const headers = { origin: served.origin, "content-type": "application/json" };
    expect((await served.askRaw(path, { method, headers, body: "{}" })).status).toBe(403);
  });
});

describe("who uses another name for this server", () => {
  test.each(FOREIGN_HOSTS)("gets nothing: %s", async (name) => {
    for (const host of [name, `${name}:${served.port}`]) {
      const headers = { host, authorization: `Bearer ${TOKEN}` };
      expect((await served.askRaw("/api/session", { headers })).status, host).toBe(403);
      expect((await served.askRaw(`/?token=${TOKEN}`, { headers })).status, host).toBe(403);
    }
  });

  test("gets nothing without the port or with another's", async () => {
    for (const host of ["127.0.0.1", `127.0.0.1:${served.port + 1}`]) {
      const headers = { host, authorization: `Bearer ${TOKEN}` };
      expect((await served.askRaw("/api/session", { headers })).status, host).toBe(403);
    }
  });

  test("gets something under the names of the loopback", async () => {
    for (const name of ["localhost", "127.0.0.1", "[::1]"]) {
      const headers = { host: `${name}:${served.port}`, authorization: `Bearer ${TOKEN}` };
      expect((await served.askRaw("/api/session", { headers })).status, name).toBe(200);
    }
  });

  test("gets nothing by a request line that names a host", async () => {
    const answer = await new Promise<string>((resolve, reject) => {
      const socket = connect(served.port, "127.0.0.1", () => {
        socket.write(
          `GET http://evil.example/api/session HTTP/1.1\r\nHost: evil.example\r\nAuthorization: Bearer ${TOKEN}\r\nConnection: close\r\n\r\n`,
        );
      });
      let text = "";
      socket.on("data", (data) => {
        text += String(data);
      });
      socket.on("close", () => resolve(text));
      socket.on("error", reject);
    });
    expect(answer).toMatch(/^HTTP\/1\.1 403 /);
  });
});

describe("the link", () => {
  test("opens the page, whose cookie opens its files from then on and nothing that was recorded", async () => {
    const admitted = await served.askRaw(`/?token=${TOKEN}&view=messages`);
    expect(admitted).toMatchObject({ status: 200, headers: { "cache-control": "no-store" } });
    const [cookie = ""] = [admitted.headers["set-cookie"] ?? []].flat();
    expect(cookie).toMatch(/; Path=\/; HttpOnly; SameSite=Strict$/);
    expect(cookie).not.toContain(TOKEN);
    const [pair = ""] = cookie.split(";");
    const headers = { cookie: `other=1; ${pair}` };
    for (const file of ["/", "/?view=messages", "/index.html"]) {
      expect(await served.askRaw(file, { headers }), file).toMatchObject({ status: 200, body: admitted.body });
    }
    expect((await served.askRaw("/", { headers: { cookie: `${pair}0` } })).status).toBe(403);
    for (const path of READS.filter((read) => read.startsWith("/api/"))) {
      const own = { ...headers, origin: served.origin };
      expect((await served.askRaw(path, { headers: own })).status, path).toBe(403);
    }
    for (const [method, path] of CHANGES) {
      const own = { ...headers, origin: served.origin, "content-type": "application/json" };
      expect((await served.askRaw(path, { method, headers: own, body: "{}" })).status, path).toBe(403);
    }
    expect(await opens({ ...headers, origin: served.origin })).toBe(false);
  });

  test("with another token opens nothing", async () => {
    for (const token of ["", "x", `${TOKEN}0`, TOKEN.toUpperCase()]) {
      const answer = await served.askRaw(`/?token=${token}`);
      expect(answer.status).toBe(403);
      expect(answer.headers["set-cookie"]).toBeUndefined();
    }
  });
});

describe("what changes something", () => {
  const token = { authorization: `Bearer ${TOKEN}` };
  const json = { "content-type": "application/json" };

  test.each(CHANGES)("is refused to pages of others: %s %s", async (method, path) => {
    for (const origin of [
      undefined,
      "null",
      "http://evil.example",
      `https://127.0.0.1:${served.port}`,
      "http://127.0.0.1",
    ]) {
      const headers = { ...token, ...json, ...(origin !== undefined && { origin }) };
      const answer = await served.askRaw(path, { method, headers, body: '{"name":"c"}' });
      expect(answer.status, origin).toBe(403);
      expect(answer.json).toMatchObject({ error: { code: "wrong-origin" } });
    }
  });

  test.each(CHANGES)("is refused to forms, which cannot send JSON: %s %s", async (method, path) => {
    for (const type of [undefined, "text/plain", "application/x-www-form-urlencoded", "application/jsonp"]) {
      const headers = { ...token, origin: served.origin, ...(type !== undefined && { "content-type": type }) };
      expect((await served.askRaw(path, { method, headers, body: "{}" })).status, type).toBe(415);
    }
  });

  test("is nothing but what the contract lists", async () => {
    for (const path of [
      "/api/session",
      "/api/messages/1",
      "/api/sessions/b",
      "/api/sessions/b/close",
      "/api/sessions",
    ]) {
      for (const method of ["POST", "PUT", "PATCH", "OPTIONS"]) {
        const answer = await served.change(method, path, {});
        expect(answer.status, `${method} ${path}`).toBe(405);
      }
    }
    expect((await served.change("DELETE", "/api/messages/1")).status).toBe(405);
    expect((await served.change("GET", "/api/sessions/b/rename")).status).toBe(404);
  });
});

describe("the live connection", () => {
  const own = () => ({ authorization: `Bearer ${TOKEN}`, origin: served.origin, host: `127.0.0.1:${served.port}` });

  const without = (name: string): Record<string, string> =>
    Object.fromEntries(Object.entries(own()).filter(([key]) => key !== name));

  test("opens to the hub's own page", async () => {
    expect(await opens(own())).toBe(true);
    expect(await opens(own(), "/api/live?session=b")).toBe(true);
  });

  test("takes the token as a subprotocol, and does not repeat it", async () => {
    const { origin } = served;
    expect(await opens({ origin }, "/api/live", ["inspector", `inspector.token.${TOKEN}`])).toBe(true);
    expect(await opens({ origin }, "/api/live", ["inspector", `inspector.token.${TOKEN}0`])).toBe(false);
    expect(await opens({ origin }, "/api/live", ["inspector", TOKEN])).toBe(false);
    expect(await opens({}, "/api/live", ["inspector", `inspector.token.${TOKEN}`])).toBe(false);
  });

  test("does not open without the token, or with another", async () => {
    expect(await opens(without("authorization"))).toBe(false);
    expect(await opens({ ...own(), authorization: "Bearer x" })).toBe(false);
    expect(await opens(without("authorization"), `/api/live?token=${TOKEN}`)).toBe(false);
  });

  test("does not open to another page, nor to one that does not say which it is", async () => {
    expect(await opens(without("origin"))).toBe(false);
    for (const origin of [
      "null",
      "http://evil.example",
      `http://evil.example:${served.port}`,
      served.origin.toUpperCase(),
    ]) {
      expect(await opens({ ...own(), origin }), origin).toBe(false);
    }
  });

  test("does not open under another name", async () => {
    for (const host of FOREIGN_HOSTS) {
      expect(
        await opens({ ...own(), host: `${host}:${served.port}`, origin: `http://${host}:${served.port}` }),
        host,
      ).toBe(false);
    }
  });

  test("does not open elsewhere, nor for a session that is not kept", async () => {
    expect(await opens(own(), "/api/session")).toBe(false);
    expect(await opens(own(), "/")).toBe(false);
    expect(await opens(own(), "/api/live?session=c")).toBe(false);
    expect(await opens(own(), "/api/live?session=../sessions/b")).toBe(false);
  });
});

test("every answer forbids what a page does not need", async () => {
  for (const path of [...READS, `/?token=${TOKEN}`]) {
    for (const answer of [await served.askRaw(path), await served.ask(path)]) {
      expect(answer.headers, path).toMatchObject({
        "content-security-policy": expect.stringMatching(
          /^default-src 'none'; script-src 'self';.*frame-ancestors 'none'$/,
        ),
        "x-content-type-options": "nosniff",
        "x-frame-options": "DENY",
        "referrer-policy": "no-referrer",
        "cross-origin-resource-policy": "same-origin",
      });
      expect(answer.headers["access-control-allow-origin"]).toBeUndefined();
    }
  }
});
