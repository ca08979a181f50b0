/** Whatever was recorded, nothing of it is obeyed by the terminal of who looks at it. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { chmodSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { encodeMessage, messageFromJson } from "@inspector/proto";
import { afterAll, beforeAll, expect, test } from "vitest";
import { connectRawWorker, startRawHost } from "./grpc-pair.ts";
import { COMMAND, startInspector, type TemporaryFolder, temporaryFolder } from "./inspector-process.ts";

/** An escape sequence, a C1 control that begins one, a bell, a carriage return and a mark that turns text around. */
const NASTY = "a\u001b[2J\u009b31m\u0007\r\u202etxt";
const OBEYED = /[^\P{Cc}\n\t]|\p{Bidi_Control}/u;

let state: TemporaryFolder;
let session: string;
let worker: string;
let app: string;

beforeAll(async () => {
  state = temporaryFolder();
  session = await record();
  app = join(state.path, "app");
  mkdirSync(app);
  writeFileSync(join(app, "host.json"), "{}");
  worker = writeWorker();
});

afterAll(() => state.remove());

/** A session in which every text that somebody chose is hostile. */
async function record(): Promise<string> {
  const result = { status: "Failure", result: NASTY, exception: { message: NASTY, stackTrace: NASTY, type: NASTY } };
  const fromHost = [
    { workerInitRequest: { hostVersion: NASTY } },
    { functionLoadRequest: { functionId: NASTY, metadata: { name: NASTY, scriptFile: NASTY } } },
    { invocationRequest: { invocationId: NASTY, functionId: NASTY, triggerMetadata: { x: { string: NASTY } } } },
  ];
  const fromWorker = [
    { startStream: { workerId: NASTY } },
    { workerInitResponse: { workerVersion: NASTY, capabilities: { [NASTY]: NASTY }, result } },
    { functionLoadResponse: { functionId: NASTY, result } },
    { rpcLog: { invocationId: NASTY, category: NASTY, message: NASTY, level: "Error", exception: result.exception } },
    { invocationResponse: { invocationId: NASTY, result } },
  ];
  const host = await startRawHost((call) => {
    call.on("error", () => {});
    call.once("data", () => {
      for (const message of fromHost) {
        call.write(bytesOf(message));
      }
    });
    call.on("data", () => {});
    call.on("end", () => call.end());
  });
  const inspector = await startInspector(["--listen", "0", "--upstream", `127.0.0.1:${host.port}`], state.path);
  const { call, status, close } = connectRawWorker(inspector.listen);
  let heard = 0;
  call.write(bytesOf(fromWorker[0]));
  await new Promise<void>((resolve) => {
    call.on("data", () => {
      heard += 1;
      if (heard === fromHost.length) {
        resolve();
      }
    });
  });
  for (const message of fromWorker.slice(1)) {
    call.write(bytesOf(message));
  }
  call.end();
  await status;
  close();
  expect(await inspector.stop()).toBe(0);
  host.close();
  return inspector.session;
}

/** Of a StreamingMessage in proto3 JSON. */
function bytesOf(json: unknown): Buffer {
  const parsed = messageFromJson(json);
  if (!parsed.ok) {
    throw new Error(`${parsed.path}: ${parsed.reason}`);
  }
  return Buffer.from(encodeMessage(parsed.message));
}

/** A program that says something hostile both ways, and ends. */
function writeWorker(): string {
  const folder = join(state.path, "worker");
  mkdirSync(folder);
  const program = join(folder, "worker.sh");
  const octal = [...Buffer.from(NASTY)].map((byte) => `\\${byte.toString(8).padStart(3, "0")}`).join("");
  writeFileSync(program, `#!/bin/sh\nprintf '${octal}\\n'\nprintf '${octal}\\n' >&2\nexit 7\n`);
  chmodSync(program, 0o755);
  const description = { language: "node", extensions: [".js"], defaultExecutablePath: program };
  writeFileSync(join(folder, "worker.config.json"), JSON.stringify({ description }));
  return folder;
}

async function run(args: readonly string[], until?: RegExp): Promise<string> {
  const child = spawn(process.execPath, [COMMAND, ...args], {
    env: { ...process.env, XDG_STATE_HOME: state.path },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let said = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8").on("data", (text: string) => {
      said += text;
      if (until?.test(said) === true) {
        child.kill("SIGINT");
      }
    });
  }
  await once(child, "close");
  return said;
}

test.each([
  [["tail", "--no-follow"], "␛[2J"],
  [["tail", "--no-follow", "--json"], "\\u001b[2J"],
  [["check"], "␛[2J"],
  [["check", "--format", "json"], "\\u001b[2J"],
  [["check", "--format", "github"], "␛[2J"],
  [["check", "--format", "junit"], "␛[2J"],
  [["export", "--no-redact"], "\\u001b[2J"],
  [["export", "--no-redact", "--format", "markdown"], "␛"],
  [["export", "--no-redact", "--format", "session-ndjson"], "\\u001b[2J"],
  [["export", "--no-redact", "--format", "otlp"], "\\u001b[2J"],
])("inspector %j shows signs for it", async ([command = "", ...options], sign) => {
  const said = await run([command, session, ...options]);
  expect(said).toContain(sign);
  expect(said).not.toMatch(OBEYED);
});

test.each([
  ["two sessions that are compared", ["sessions", "compare"]],
  ["a session whose code is not the app's", ["replay", "--app"]],
])("nothing of %s is obeyed", async (_, command) => {
  const said = await run([...command, command[0] === "replay" ? app : session, session]);
  expect(said).not.toBe("");
  expect(said).not.toMatch(OBEYED);
});

test("what a worker writes is shown by signs below the stand-in host", async () => {
  const said = await run(["host", app, "--worker", worker, "--http", "0", "--no-open"], /\[2J[\s\S]*\[2J/u);
  expect(said).toContain("␛[2J");
  expect(said).not.toMatch(OBEYED);
});
