/** Under which names the page is served, and what is said where it is not. */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { writeSession } from "../../../testing/recorded-session.ts";
import {
  askServer,
  type Folder,
  makeFolder,
  type ServedSessions,
  type ServeOptions,
  serve,
  TOKEN,
} from "../../../testing/served-sessions.ts";
import { Access } from "./access.ts";

let folder: Folder;
let served: ServedSessions | undefined;

beforeEach(() => {
  folder = makeFolder();
  writeSession(folder.file("a")).close();
});

afterEach(async () => {
  await served?.close();
  served = undefined;
  folder.remove();
});

async function start(options: ServeOptions = {}): Promise<ServedSessions> {
  served = await serve(folder, folder.file("a"), options);
  return served;
}

const token = { authorization: `Bearer ${TOKEN}` };
const json = { "content-type": "application/json" };

describe("a refusal", () => {
  test("names the host that came and how to allow it", async () => {
    const { askRaw, port } = await start();
    for (const [host, origin] of [
      ["localhost:9000", "http://localhost:9000"],
      ["x-9000.example.test", "https://x-9000.example.test"],
    ] as const) {
      const page = await askRaw(`/?token=${TOKEN}`, { headers: { host } });
      expect(page).toMatchObject({ status: 403, headers: { "content-type": "text/plain; charset=utf-8" } });
      expect(String(page.body)).toContain(`does not go by the name "${host}"`);
      expect(String(page.body)).toContain(`http://127.0.0.1:${port}.`);
      expect(String(page.body)).toContain(`--allow-origin ${origin}\n`);
      const api = await askRaw("/api/session", { headers: { host, ...token } });
      expect(api.json).toMatchObject({ error: { code: "wrong-host", message: expect.stringContaining(host) } });
    }
  });

  test("is a page of words to whoever looks at it in a browser", async () => {
    const { askRaw, ask } = await start();
    const accept = "text/html,application/xhtml+xml,*/*;q=0.8";
    const forbidden = await askRaw("/", { headers: { accept } });
    expect(forbidden).toMatchObject({ status: 403, headers: { "content-type": "text/html; charset=utf-8" } });
    expect(String(forbidden.body)).toContain("<h1>The token is missing or is not this recording&#39;s</h1>");
    expect(String(forbidden.body)).toContain("Open the link that the inspector printed");
    const nothing = await ask("/<b>&", { headers: { accept } });
    expect(nothing).toMatchObject({ status: 404, headers: { "content-type": "text/html; charset=utf-8" } });
    expect(String(nothing.body)).not.toContain("<b>");
    // Programs ask for anything.
    expect((await ask("/nowhere")).json).toMatchObject({ error: { code: "not-found" } });
    expect((await ask("/api/nowhere", { headers: { accept } })).json).toMatchObject({ error: { code: "not-found" } });
  });

  test("names the origin that came and how to allow it, also before a socket is asked for", async () => {
    const { askRaw } = await start();
    const headers = { ...token, ...json, origin: "https://x-9000.example.test" };
    for (const [method, path] of [
      ["POST", "/api/live"],
      ["DELETE", "/api/sessions/a"],
    ] as const) {
      const answer = await askRaw(path, { method, headers, body: "{}" });
      expect(answer.status).toBe(403);
      expect(answer.json).toMatchObject({
        error: {
          code: "wrong-origin",
          message: expect.stringContaining("https://x-9000.example.test"),
          hint: expect.stringContaining("--allow-origin https://x-9000.example.test"),
        },
      });
    }
  });

  test("shows nothing that a terminal would obey", async () => {
    const { askRaw } = await start();
    const answer = await askRaw("/", { headers: { host: "a\u009b31m\u00e9" } });
    expect(String(answer.body)).toContain('"a?31m?"');
  });
});

describe("an origin that was allowed", () => {
  const allowedOrigins = ["https://x-9000.example.test", "http://box.lan:8080"];

  test("is a Host and an Origin, by its own scheme and port", async () => {
    const { askRaw, port } = await start({ allowedOrigins });
    const status = async (host: string, origin: string): Promise<number[]> => {
      const page = await askRaw(`/?token=${TOKEN}`, { headers: { host } });
      const live = await askRaw("/api/live", {
        method: "POST",
        headers: { ...token, ...json, host, origin },
        body: "{}",
      });
      return [page.status, live.status];
    };
    expect(await status("x-9000.example.test", "https://x-9000.example.test")).toEqual([200, 200]);
    expect(await status(`127.0.0.1:${port}`, "https://x-9000.example.test")).toEqual([200, 200]);
    expect(await status("box.lan:8080", "http://box.lan:8080")).toEqual([200, 200]);
    expect(await status("x-9000.example.test", "http://x-9000.example.test")).toEqual([200, 403]);
    expect(await status("box.lan", "http://box.lan")).toEqual([403, 403]);
    expect(await status("evil.example", "https://evil.example")).toEqual([403, 403]);
  });
});

describe("a server on every address of the machine", () => {
  test("is known by the address that was dialled, and by no other", async () => {
    const { askRaw, port } = await start({ host: "0.0.0.0" });
    const origin = `http://127.0.0.2:${port}`;
    const headers = { ...token, ...json, origin, host: `127.0.0.2:${port}` };
    expect((await askRaw("/api/live", { to: "127.0.0.2", method: "POST", headers, body: "{}" })).status).toBe(200);
    expect((await askRaw("/api/live", { to: "127.0.0.1", method: "POST", headers, body: "{}" })).status).toBe(403);
  });
});

test("on port 80 the names go without it, as browsers write them", async () => {
  const access = new Access({ token: TOKEN, host: "MyBox", port: 80, allowedOrigins: [] });
  const judge = createServer((request, response) => {
    const refusal = access.refusalOf(request, new URL("http://localhost/api/session"), false);
    response.end(refusal?.code ?? access.foreignOriginOf(request)?.code ?? "let in");
  }).listen(0, "127.0.0.1");
  await new Promise((resolve) => judge.once("listening", resolve));
  const { port } = judge.address() as AddressInfo;
  const answer = async (host: string): Promise<string> => {
    return String((await askServer(port, "/", { headers: { ...token, host, origin: `http://${host}` } })).body);
  };
  for (const host of ["localhost", "127.0.0.1", "127.0.0.1:80", "[::1]", "mybox"]) {
    expect(await answer(host), host).toBe("let in");
  }
  expect(await answer("127.0.0.1:8080")).toBe("wrong-host");
  expect(await answer("evil.example")).toBe("wrong-host");
  judge.close();
});
