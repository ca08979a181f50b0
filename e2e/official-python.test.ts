/** Replays and holds with the official Python worker, on the stand-in host, through the built command. */
import { execFile } from "node:child_process";
import { cpSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Holds, ReplayRun } from "@inspector/contract/intervention";
import type { InvocationDetail, InvocationPage, InvocationRow, MessageDetail } from "@inspector/contract/page";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { eventually } from "./eventually.ts";
import { askHub } from "./hub-api.ts";
import { COMMAND, type InspectorProcess, startInspector, temporaryFolder } from "./inspector-process.ts";
import { prepareWorker, whyMissing } from "./peers/toolchains.ts";

const APP = fileURLToPath(new URL("peers/official-python/app", import.meta.url));

const python = await prepareWorker("official-python");

describe.skipIf(python.missing !== undefined)(`the official Python worker${whyMissing(python)}`, () => {
  const folder = temporaryFolder();
  const workers = join(folder.path, "python");
  const app = join(folder.path, "app");
  let inspector: InspectorProcess;

  beforeAll(async () => {
    const [defaultExecutablePath, defaultWorkerPath] = python.command ?? [];
    const description = { language: "python", extensions: [".py"], defaultExecutablePath, defaultWorkerPath };
    mkdirSync(workers);
    writeFileSync(join(workers, "worker.config.json"), JSON.stringify({ description }));
    cpSync(APP, app, { recursive: true });
    const ports = ["--http", "0", "--listen", "0", "--no-watch", "--no-open"];
    inspector = await startInspector(["host", app, "--worker", workers, ...ports], folder.path);
    for (const name of ["Ada", "nobody"]) {
      await call(`api/greet?name=${name}`);
    }
    await call("api/greet?name=Zoe", { method: "POST", body: "a body" });
    await call("admin/functions/collect", {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ input: JSON.stringify({ to: "Ada", count: 1 }) }),
    });
    await nth(3);
  });

  afterAll(async () => {
    await inspector?.stop();
    folder.remove();
  });

  /** Calls that the host has made until answers are held: four, and three of which one is answered by nobody. */
  let calls = 7;

  async function call(path: string, init?: RequestInit): Promise<string> {
    return await (await fetch(`${inspector.http}/${path}`, init)).text();
  }

  /** Everything that was invoked, in order. */
  async function invocations(): Promise<InvocationRow[]> {
    const ids = Array.from({ length: 100 }, (_, n) => n + 1).join(",");
    const { rows } = await askHub<InvocationPage>(inspector, "GET", `/api/invocations?ids=${ids}`);
    return rows.filter((row) => row.type === "invocation");
  }

  /** The invocation when it is answered, with its messages. */
  async function exchange(find: (rows: readonly InvocationRow[]) => InvocationRow | undefined) {
    const row = await eventually(async () => {
      const found = find(await invocations());
      return found?.state === "success" || found?.state === "failed" ? found : undefined;
    });
    const detail = await askHub<InvocationDetail>(inspector, "GET", `/api/invocations/${row.id}`);
    const { request = 0, response = 0 } = detail;
    const message = async (seq: number) =>
      (await askHub<MessageDetail>(inspector, "GET", `/api/messages/${seq}`)).message;
    return { row, seq: request, asked: await message(request), answer: await message(response) };
  }

  async function nth(n: number) {
    return await exchange((rows) => rows.filter((row) => row.replay === undefined)[n]);
  }

  async function replay(n: number, edit?: (message: string) => string) {
    const { row, seq, asked } = await nth(n);
    const message = edit && JSON.parse(edit(JSON.stringify(asked)));
    const order = { stream: row.stream, source: { seq }, ...(edit && { message }) };
    const { id } = await askHub<ReplayRun>(inspector, "POST", "/api/replays", order);
    const result = await eventually(async () => {
      const run = await askHub<ReplayRun>(inspector, "GET", `/api/replays/${id}`);
      return run.results.find((one) => one.state !== "sending" && one.state !== "in-flight");
    });
    expect(result.state).not.toBe("not-sent");
    return await exchange((rows) => rows.find((one) => one.replay?.run === id));
  }

  test("is heard as it was when an invocation is sent again, and differs where it was edited", async () => {
    const { answer } = await nth(0);
    const again = await replay(0);
    expect(outcomeOf(again.answer)).toEqual(outcomeOf(answer));
    const edited = await replay(0, (message) => message.replaceAll("Ada", "Bob"));
    expect(JSON.stringify(edited.answer)).toContain(Buffer.from("Hello, Bob!").toString("base64"));
    const mended = await replay(1, (message) => message.replaceAll("nobody", "somebody"));
    expect((await nth(1)).row.state).toBe("failed");
    expect(mended.row.state).toBe("success");
    const letter = await replay(3, (message) => message.replaceAll('\\"count\\":1', '\\"count\\":9007199254740993'));
    expect(JSON.stringify(letter.answer)).toContain("9007199254740994");
  });

  test("answers the host's own invocations while a message is held, edited and let go", async () => {
    const holds = async () => await askHub<Holds>(inspector, "GET", "/api/holds");
    const rule = await askHub<{ id: number }>(inspector, "POST", "/api/holds/rules", {
      from: "host",
      functions: ["greet"],
      filter: "Carl",
    });
    const held = call("api/greet?name=Carl");
    const message = await eventually(async () => (await holds()).held[0]);
    expect(await call("api/greet?name=Dora")).toBe("Hello, Dora!");
    const instead = JSON.parse(JSON.stringify(message.message).replaceAll("Carl", "Charles"));
    await askHub(inspector, "POST", `/api/holds/${message.id}/release`, { action: "replace", message: instead });
    expect(await held).toBe("Hello, Charles!");
    const answered = call("api/greet?name=Carl");
    const { id, invocationId } = await eventually(async () => (await holds()).held[0]);
    const returnValue = { http: { statusCode: "200", body: { string: "Hello from nobody!" } } };
    const answer = { invocationResponse: { invocationId, result: { status: "Success" }, returnValue } };
    await askHub(inspector, "POST", `/api/holds/${id}/release`, { action: "answer", message: answer });
    expect(await answered).toBe("Hello from nobody!");
    await askHub(inspector, "DELETE", `/api/holds/rules/${rule.id}`);
  });

  test("has every answer held that a filter names by its function, though answers are faster than the recording", async () => {
    const order = { from: "worker", filter: "fn:greet" };
    // What waits for a recording that is two seconds behind, as on a busy machine, is let go: then once more.
    for (let held: Holds["held"] = []; held.length < 5; ) {
      const rule = await askHub<{ id: number }>(inspector, "POST", "/api/holds/rules", order);
      let answered = 0;
      const answers = Array.from({ length: 5 }, async (_, n) => {
        const answer = await call(`api/greet?name=guest-${n}`);
        answered += 1;
        return answer;
      });
      held = await eventually(async () => {
        const holds = await askHub<Holds>(inspector, "GET", "/api/holds");
        return holds.held.length + answered >= 5 && holds.held;
      });
      expect(held.map(({ functionName }) => functionName)).toEqual(Array(held.length).fill("greet"));
      await askHub(inspector, "DELETE", `/api/holds/rules/${rule.id}`);
      expect(await Promise.all(answers)).toEqual(Array.from({ length: 5 }, (_, n) => `Hello, guest-${n}!`));
      calls += 5;
    }
  });

  test("answers in a fresh process as recorded, and a changed app is told", async () => {
    await inspector.stop();
    const state = { ...process.env, XDG_STATE_HOME: folder.path };
    const run = (...args: readonly string[]): Promise<string> =>
      new Promise((resolve) => {
        const command = [COMMAND, "replay", inspector.session, "--worker", workers, ...args];
        const child = execFile(process.execPath, command, { env: state }, (_, stdout, stderr) => {
          resolve(`${stdout}${stderr}exit code ${child.exitCode}`);
        });
      });
    const skipped = "1 skipped: its request was kept from the worker: the answer is not the worker's";
    const all = `${calls} invocations: ${calls - 1} the same`;
    expect(await run("--app", app)).toBe(`${all}, 1 skipped\n  ${skipped}\nexit code 0`);
    const changed = join(folder.path, "changed");
    cpSync(app, changed, { recursive: true });
    const file = join(changed, "collect", "__init__.py");
    writeFileSync(file, readFileSync(file, "utf8").replace("+ 1", "+ 2"));
    const told = await run("--app", changed);
    expect(told).toMatch(/^collect .*returnValue/su);
    expect(told).toContain(`${calls} invocations: ${calls - 2} the same, 1 different, 1 skipped\n`);
    expect(told).toMatch(/exit code 1$/u);
  });
});

/** Of an answer, what is not of this invocation alone. */
function outcomeOf(message: unknown): unknown {
  const { invocationResponse } = message as { invocationResponse: Record<string, unknown> };
  return { ...invocationResponse, invocationId: "" };
}
