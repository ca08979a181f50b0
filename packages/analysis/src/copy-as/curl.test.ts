import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { createServer, type IncomingHttpHeaders, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { copyAsCurl } from "./curl.ts";

type Seen = { method?: string; url?: string; headers: IncomingHttpHeaders; rawNames: string[]; body: Buffer };

function invocation(http: unknown, input: Record<string, unknown> = {}): unknown {
  return { invocationRequest: { invocationId: "i1", inputData: [{ name: "req", data: { http } }, input] } };
}

const base64 = (bytes: string | Uint8Array): string => Buffer.from(bytes).toString("base64");

describe("the curl command of an invocation", () => {
  test("says what curl would not do by itself, and nothing else", () => {
    const url = "http://localhost:7071/api/hello?name=Ada&code=s3cret";
    expect(copyAsCurl(invocation({ method: "GET", url, headers: { host: "localhost:7071" } }))).toBe(`curl '${url}'\n`);
    expect(copyAsCurl(invocation({ method: "POST", url: "http://h/", body: { json: '{"a":1}' } }))).toBe(
      `curl http://h/ -H Content-Type: --data-raw '{"a":1}'\n`,
    );
    expect(copyAsCurl(invocation({ method: "DELETE", url: "http://h/" }))).toBe("curl -X DELETE http://h/\n");
    expect(copyAsCurl(invocation({ method: "HEAD", url: "http://h/" }))).toBe("curl --head http://h/\n");
  });

  test("takes the body as it was sent where there is a parsed form as well", () => {
    const http = { method: "POST", url: "http://h/", body: { json: '{"a":1}' }, rawBody: { string: '{ "a": 1 }' } };
    expect(copyAsCurl(invocation(http))).toContain(`--data-raw '{ "a": 1 }'`);
  });

  test("takes the headers of workers that know empty ones", () => {
    const nullableHeaders = {
      "x-empty": { value: "" },
      "x-null": {},
      "x-one": { value: "1" },
      "content-length": { value: "9" },
    };
    expect(copyAsCurl(invocation({ method: "GET", url: "http://h/", nullableHeaders }))).toBe(
      "curl http://h/ -H 'x-empty;' -H 'x-null;' -H 'x-one: 1'\n",
    );
  });

  test.each([
    ["another trigger", { invocationRequest: { inputData: [{ name: "item", data: { string: "x" } }] } }],
    ["a request that travelled over HTTP", invocation({})],
    ["a URL that is none of the web", invocation({ method: "GET", url: "-o/etc/passwd" })],
    ["an answer", { invocationResponse: { returnValue: { http: { statusCode: "200" } } } }],
    ["what is no message", { nonsense: 1 }],
    ["no message at all", undefined],
  ])("is not there for %s", (_, message) => {
    expect(copyAsCurl(message)).toBeUndefined();
  });
});

describe.skipIf(spawnSync("curl", ["--version"]).status !== 0)("curl itself", () => {
  const seen: Seen[] = [];
  let server: Server;
  let origin = "";

  beforeAll(async () => {
    server = createServer((request, response) => {
      const { method, url, headers, rawHeaders } = request;
      const parts: Buffer[] = [];
      request.on("data", (part: Buffer) => parts.push(part));
      request.on("end", () => {
        const rawNames = rawHeaders.filter((_, index) => index % 2 === 0);
        seen.push({ ...(method && { method }), ...(url && { url }), headers, rawNames, body: Buffer.concat(parts) });
        response.end();
      });
    }).listen(0, "127.0.0.1");
    await once(server, "listening");
    origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });

  afterAll(() => {
    server.close();
  });

  /** What the server sees when a shell runs the command; `--silent` and no rc file, for the sake of the test. */
  async function sent(http: Record<string, unknown>): Promise<Seen> {
    const command = copyAsCurl(invocation(http)) ?? "exit 99";
    const shell = spawn("sh", { stdio: ["pipe", "ignore", "inherit"] });
    shell.stdin.end(`curl() { command curl -q --silent --show-error --noproxy '*' "$@"; }\n${command}`);
    const [code] = await once(shell, "close");
    expect(code).toBe(0);
    const last = seen.pop();
    if (last === undefined) {
      throw new Error("Nothing was sent.");
    }
    return last;
  }

  test("sends the request again: method, URL, headers and text", async () => {
    const text = 'it\'s "quoted" $HOME `id`\nüber\\';
    const headers = {
      "X-Key": "s3cret'; rm -rf /",
      "content-type": "text/plain",
      "x-empty": "",
      "content-length": "1",
    };
    const url = `${origin}/api/it's[1]{a,b}?q=a%20b&r=$x`;
    const request = await sent({ method: "PUT", url, headers, body: { string: text } });
    expect(request).toMatchObject({ method: "PUT", url: "/api/it's[1]{a,b}?q=a%20b&r=$x" });
    expect(request.headers).toMatchObject({
      "x-key": "s3cret'; rm -rf /",
      "content-type": "text/plain",
      "x-empty": "",
    });
    expect(request.body.toString()).toBe(text);
  });

  test.each([
    ["with all values of a byte", Uint8Array.from({ length: 256 }, (_, index) => index)],
    ["beyond what fits an argument", new Uint8Array(300_000).fill(97)],
    ["that would name a file", new TextEncoder().encode("@/etc/hostname")],
  ])("sends a body %s byte for byte", async (_, bytes) => {
    const request = await sent({ method: "POST", url: `${origin}/`, body: { bytes: base64(bytes) } });
    expect(request.method).toBe("POST");
    expect(Buffer.compare(request.body, bytes)).toBe(0);
    expect(request.rawNames.map((name) => name.toLowerCase())).not.toContain("content-type");
  });

  test("sends HEAD, and GET with a body", async () => {
    expect(await sent({ method: "HEAD", url: `${origin}/` })).toMatchObject({ method: "HEAD" });
    const get = await sent({ method: "GET", url: `${origin}/`, body: { string: "x" } });
    expect([get.method, get.body.toString()]).toEqual(["GET", "x"]);
  });
});
