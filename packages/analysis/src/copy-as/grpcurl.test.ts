import { spawnSync } from "node:child_process";
import { expect, test } from "vitest";
import { copyAsGrpcurl } from "./grpcurl.ts";
import { copyAsJson } from "./json.ts";

const ADDRESS = "127.0.0.1:50051";

/** What grpcurl would be called with, and what it would read. */
function run(command: string | undefined): { args: string[]; input: string } {
  const shell = spawnSync("sh", ["-c", `grpcurl() { printf '%s\\0' "$@"; printf '\\0'; cat; }\n${command}`]);
  const [args = "", input = ""] = shell.stdout.toString().split("\0\0");
  return { args: args.split("\0"), input };
}

test("a worker's message goes to the host behind the start of a stream", () => {
  const log = { rpcLog: { message: "it's `here`\n$HOME\\" } };
  const { args, input } = run(copyAsGrpcurl(log, { from: "worker", address: ADDRESS, workerId: "w'1" }));
  expect(args.slice(-4)).toEqual(["-d", "@", ADDRESS, "AzureFunctionsRpcMessages.FunctionRpc/EventStream"]);
  expect(args).toContain("-plaintext");
  expect(args).not.toContain("-allow-unknown-fields");
  const said = input.trimEnd().split("\n");
  expect(said.map((line) => JSON.parse(line))).toEqual([{ startStream: { workerId: "w'1" } }, log]);
});

test("a StreamStart is said as it was", () => {
  const start = { startStream: { workerId: "w1" } };
  const { input } = run(copyAsGrpcurl(start, { from: "worker", address: ADDRESS, workerId: "w2" }));
  expect(input).toBe(`${JSON.stringify(start)}\n`);
});

test("unknown fields, which grpcurl cannot send, do not stop it", () => {
  const command = copyAsGrpcurl(
    { rpcLog: { $unknown: "GAE=" } },
    { from: "worker", address: ADDRESS, schema: "my protos" },
  );
  expect(run(command).args).toEqual(expect.arrayContaining(["-allow-unknown-fields", "-import-path", "my protos"]));
});

test("a host's message has no command, since a host is not what calls", () => {
  expect(copyAsGrpcurl({ invocationRequest: {} }, { from: "host", address: ADDRESS })).toBeUndefined();
});

test("JSON is indented, and all of it", () => {
  expect(copyAsJson({ rpcLog: { $unknown: "GAE=" } })).toBe('{\n  "rpcLog": {\n    "$unknown": "GAE="\n  }\n}\n');
});
