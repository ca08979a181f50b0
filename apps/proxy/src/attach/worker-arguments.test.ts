import { describe, expect, test } from "vitest";
import { parseWorkerArguments, rewriteWorkerArguments } from "./worker-arguments.ts";

const ID = "a3a31a94-5a4f-4b7c-9a41-2f7a5c9d6e10";
const REQUEST = "5c6d4f2e-0000-4000-8000-000000000000";
const OLD = `--host 127.0.0.1 --port 43211 --workerId ${ID} --requestId ${REQUEST} --grpcMaxMessageLength 2147483647`;
const NEW = `--functions-uri http://127.0.0.1:43211/ --functions-worker-id ${ID} --functions-request-id ${REQUEST} --functions-grpc-max-message-length 2147483647`;
const OF_2023 = `--functions-uri http://127.0.0.1:43211/ --functions-workerid ${ID} --functions-requestid ${REQUEST} --functions-grpcmaxmessagelength 2147483647`;
const RELAY = { host: "127.0.0.1", port: 50999 };

const split = (line: string): string[] => line.split(" ");

describe("the arguments of a worker", () => {
  test.each([
    ["both styles", `worker.js ${OLD} ${NEW}`],
    ["the first style alone", `worker.py ${OLD}`],
    ["the second style alone", `worker.js ${NEW}`],
    ["the spellings of 2023", `worker.dll ${OLD} ${OF_2023}`],
    ["the spellings of 2023 alone", OF_2023],
    ["values behind an equals sign", `app --functions-uri=http://127.0.0.1:43211/ --functions-worker-id=${ID}`],
  ])("name host and worker in %s", (_, line) => {
    expect(parseWorkerArguments(split(line))).toEqual({
      upstream: { host: "127.0.0.1", port: 43211 },
      workerId: ID,
    });
  });

  test.each([
    ["http://[::1]:7/", { host: "::1", port: 7 }],
    ["http://localhost:7", { host: "localhost", port: 7 }],
    ["http://host.docker.internal/", { host: "host.docker.internal", port: 80 }],
  ])("name a host as %s", (uri, upstream) => {
    expect(parseWorkerArguments(["--functions-uri", uri, "--functions-worker-id", ID])?.upstream).toEqual(upstream);
  });

  test.each([
    ["--version"],
    ["-m pip install x"],
    [`worker.js --functions-worker-id ${ID}`],
    [`worker.js --host 127.0.0.1 --workerId ${ID}`],
    ["worker.js --functions-uri http://127.0.0.1:43211/"],
    [`worker.js --functions-uri https://127.0.0.1:43211/ --functions-worker-id ${ID}`],
    [`worker.js --host 127.0.0.1 --port 99999 --workerId ${ID}`],
    ["--functions-uri"],
    [""],
  ])("are not those of `%s`", (line) => {
    expect(parseWorkerArguments(split(line))).toBeUndefined();
  });

  test("are found behind a debugger's own of the same names", () => {
    const args = split(`-m debugger --host 0.0.0.0 --port 9091 worker.py ${OLD} ${NEW}`);
    expect(parseWorkerArguments(args)?.upstream).toEqual({ host: "127.0.0.1", port: 43211 });
    expect(rewriteWorkerArguments(args, RELAY).slice(0, 6)).toEqual(args.slice(0, 6));
  });
});

describe("rewriting", () => {
  test("puts the relay where the host stood in both styles, and changes nothing else", () => {
    const args = ["-jar", "a worker with spaces.jar", ...split(`${OLD} ${NEW}`)];
    const expected = args.map((arg) => arg.replace("43211", "50999"));
    expect(rewriteWorkerArguments(args, RELAY)).toEqual(expected);
  });

  test("leaves a debugger's port alone where the host gives the second style only", () => {
    const args = split(`-m debugger --host 0.0.0.0 --port 9091 worker.py ${NEW}`);
    expect(rewriteWorkerArguments(args, RELAY)).toEqual(args.map((arg) => arg.replace("43211", "50999")));
  });

  test("keeps what stands behind the address", () => {
    const args = ["--functions-uri=http://127.0.0.1:43211", "--functions-uri", "http://localhost:43211/a?b#c"];
    expect(rewriteWorkerArguments(args, RELAY)).toEqual([args[0], args[1], "http://127.0.0.1:50999/a?b#c"]);
  });

  test("writes an IPv6 relay in brackets where a URI needs them", () => {
    const args = split(`${OLD} ${NEW}`);
    const rewritten = rewriteWorkerArguments(args, { host: "::1", port: 1 });
    expect(rewritten).toContain("http://[::1]:1/");
    expect(rewritten[1]).toBe("::1");
  });
});
