/**
 * Whatever is done in the page, the host's own traffic is what it is without the inspector: everything that a scripted
 * host says and is told, through a tap in front of it, against a run with nothing in between.
 */
import { fileURLToPath } from "node:url";
import { expect, test } from "@playwright/test";
import { additionsTo } from "./host-account.ts";
import { invokeBeside, withoutServerAddress } from "./host-http.ts";
import { type Actions, type Run, runInspected, runUndisturbed, type Scene } from "./host-runs.ts";
import { type HostedWorker, http, queueMessage } from "./host-script.ts";
import { differences, holdNextOf, openView, press, replaceInput, row, sendButton } from "./replay-page.ts";

const APP = fileURLToPath(new URL("replay-app", import.meta.url));
const STREAM_APP = fileURLToPath(new URL("http-stream-app", import.meta.url));

/** More than the windows of 64 KiB hold, so that what a replay takes of them would be missed. */
const LETTER = "a line of a long letter\n".repeat(12_000);

const greet = (id: string, name: string) => ({ id, of: "greet", data: http("GET", `/api/greet?name=${name}`) });
const sort = (id: string, letter: unknown) => ({ id, of: "sort", data: queueMessage(letter) });
const echo = (id: string) => ({ id, of: "echo", data: http("POST", "/api/echo", LETTER) });

/** An invocation that is in flight until it is let go. */
function inFlight(worker: HostedWorker) {
  const data = queueMessage({ key: "k" });
  const answer = worker.invoke({ id: "waits", of: "wait", data });
  return async () => {
    await worker.invoke({ id: "lets-go", of: "release", data });
    await answer;
  };
}

/** The host's side of both runs is the same. */
async function expectUnnoticed<M extends string>(scene: Scene<M>, actions: Actions<M>): Promise<Run> {
  const undisturbed = await runUndisturbed(scene);
  const inspected = await runInspected(scene, actions);
  expect(inspected.atHost).toEqual(undisturbed.atHost);
  return inspected;
}

/** A body whose second part is not sent before it is told to. */
function bodyInParts() {
  let finish = (): void => {};
  const isFinished = new Promise<void>((resolve) => {
    finish = resolve;
  });
  async function* parts() {
    yield Buffer.from("the first part, ");
    await isFinished;
    yield Buffer.from("the second");
  }
  return { body: parts(), finish };
}

/** On a connection the worker got so many requests more than the host sent, and answered them to the inspector alone. */
function expectReplayed({ atHost, atWorker }: Run, connection: number, count: number): void {
  const [host, worker] = [atHost[connection], atWorker[connection]];
  if (host === undefined || worker === undefined) {
    throw new Error(`there is no connection ${connection}`);
  }
  const requests = additionsTo(host.host.said, worker.host.said);
  const answers = additionsTo(host.worker.said, worker.worker.said).filter((line) => !line.includes('"rpcLog"'));
  expect(requests).toEqual(Array(count).fill(expect.stringContaining('{"invocationRequest"')));
  expect(answers).toEqual(Array(count).fill(expect.stringContaining('{"invocationResponse"')));
}

test("an edited query parameter is replayed and its answer compared, and the host's bytes are those without it", async ({
  page,
}) => {
  const scene: Scene<"in flight" | "before more" | "after more"> = {
    app: APP,
    async *conversation(startWorker) {
      const worker = await startWorker("worker-1");
      await worker.invoke(greet("ada", "Ada"));
      const letGo = inFlight(worker);
      yield "in flight";
      await worker.invoke(echo("long-letter"));
      await letGo();
      yield "before more";
      for (let guest = 0; guest < 10; guest++) {
        await worker.invoke(greet(`guest-${guest}`, "Guest"));
      }
      await worker.invoke(echo("last-letter"));
      yield "after more";
      expect(await worker.terminate()).toBe(0);
    },
  };
  const run = await expectUnnoticed(scene, {
    async "in flight"({ ui }) {
      await page.goto(ui);
      await row(page, /greet.*Ada/u).click();
      await page.keyboard.press("e");
      await page.getByRole("textbox", { name: "Value of query parameter name" }).fill("Grace");
      await press(sendButton(page));
      const changed = differences(page).getByRole("row", { name: /returnValue.*greeting/u });
      await expect(changed).toContainText("Hello, Ada!");
      await expect(changed).toContainText("Hello, Grace!");
      await expect(row(page, /greet.*edited replay.*Grace.*200/u)).toBeVisible();
      await expect(row(page, /wait.*in flight/u)).toBeVisible();
    },
    async "before more"() {
      await row(page, /echo.*201/u).click();
      await page.keyboard.press("r");
      await press(sendButton(page));
      await expect(page.getByText("The answers say the same.")).toBeVisible();
      await row(page, /greet.*Ada/u).click();
      await page.getByRole("tab", { name: "Replay" }).click();
      await page.getByRole("button", { name: "Undo the edits" }).click();
      await page.getByRole("spinbutton", { name: "Times" }).fill("20");
      await press(sendButton(page));
      await expect(page.getByRole("table", { name: "Replays" })).toBeVisible();
    },
    async "after more"() {
      await expect(page.getByText("20 answers compared, all the same as the recorded one.")).toBeVisible();
    },
  });
  expectReplayed(run, 0, 22);
});

test("a queue message that failed is replayed with another body, and the host's bytes are those without it", async ({
  page,
}) => {
  const scene: Scene<"in flight"> = {
    app: APP,
    async *conversation(startWorker) {
      const worker = await startWorker("worker-1");
      await worker.invoke(sort("no-letter", { note: "no letter" }));
      const letGo = inFlight(worker);
      yield "in flight";
      await worker.invoke(sort("no-letter-again", { note: "no letter" }));
      await worker.invoke(sort("letter", { text: LETTER }));
      await letGo();
      expect(await worker.terminate()).toBe(0);
    },
  };
  const run = await expectUnnoticed(scene, {
    async "in flight"({ ui }) {
      await page.goto(ui);
      await row(page, /sort.*undefined/u).click();
      await page.getByRole("button", { name: "Edit", exact: true }).click();
      await replaceInput(page, '{"text": "a letter"}');
      await press(sendButton(page));
      const changed = differences(page).getByRole("row", { name: /^status/u });
      await expect(changed).toContainText("Failure");
      await expect(changed).toContainText("Success");
      await expect(row(page, /sort.*edited replay.*succeeded/u)).toBeVisible();
    },
  });
  expectReplayed(run, 0, 1);
});

test("a request beside the stream is replayed, and the host's bytes are those without it, on the stream and over HTTP", async ({
  page,
}) => {
  const letter = Buffer.from(LETTER);
  const text = (id: string, name: string) => ({
    id,
    of: "text",
    method: "GET",
    path: `/api/text?name=${name}`,
    length: 0,
  });
  const echoed = { of: "echo", method: "PUT", path: "/api/echo", length: letter.length, body: [letter] };
  const sceneTelling = (answers: string[]): Scene<"in flight"> => ({
    app: STREAM_APP,
    normalised: withoutServerAddress,
    async *conversation(startWorker) {
      const worker = await startWorker("worker-1");
      const { body, finish } = bodyInParts();
      answers.push(await invokeBeside(worker, text("ada", "Ada")));
      const parts = { id: "parts", of: "chunked", method: "POST", path: "/api/chunked", body };
      const slow = invokeBeside(worker, parts);
      yield "in flight";
      answers.push(await invokeBeside(worker, text("bob", "Bob")));
      answers.push(await invokeBeside(worker, { id: "letter", ...echoed }));
      finish();
      answers.push(await slow, await invokeBeside(worker, { id: "last-letter", ...echoed }));
      expect(await worker.terminate()).toBe(0);
    },
  });
  const direct: string[] = [];
  const undisturbed = await runUndisturbed(sceneTelling(direct));
  const told: string[] = [];
  const inspected = await runInspected(sceneTelling(told), {
    async "in flight"({ ui }) {
      await page.goto(ui);
      await page.getByRole("row", { name: /GET \/api\/text\?name=Ada/u }).click();
      await page.keyboard.press("e");
      const request = page.getByRole("region", { name: "HTTP request" });
      await request.getByRole("textbox", { name: "URL" }).fill("/api/text?name=Grace");
      await press(sendButton(page));
      await expect(differences(page)).toContainText("hello Ada");
      await expect(differences(page)).toContainText("hello Grace");
      await expect(page.getByRole("row", { name: /edited replay.*name=Grace/u })).toBeVisible();
    },
  });
  expect(inspected.atHost).toEqual(undisturbed.atHost);
  expect(told).toEqual(direct);
  expect(told).toHaveLength(5);
  expectReplayed(inspected, 0, 1);
});

test("an invocation of a worker that was killed is replayed into the next one, and the host's bytes are those without it", async ({
  page,
}) => {
  const scene: Scene<"before the end" | "in flight"> = {
    app: APP,
    async *conversation(startWorker) {
      const first = await startWorker("worker-1");
      await first.invoke(greet("ada", "Ada"));
      yield "before the end";
      await first.kill();
      const second = await startWorker("worker-2");
      const letGo = inFlight(second);
      yield "in flight";
      await second.invoke(greet("bob", "Bob"));
      await second.invoke(echo("long-letter"));
      await letGo();
      expect(await second.terminate()).toBe(0);
    },
  };
  const run = await expectUnnoticed(scene, {
    async "before the end"({ ui }) {
      await page.goto(ui);
      await row(page, /greet.*Ada/u).click();
    },
    async "in flight"() {
      await expect(row(page, /load.*6 of 6 loaded/u)).toHaveCount(2);
      await page.keyboard.press("r");
      await expect(page.getByRole("combobox", { name: "Worker" })).toContainText("stream 2");
      await press(sendButton(page));
      await expect(page.getByText("The answers say the same.")).toBeVisible();
    },
  });
  expect(run.atHost).toHaveLength(2);
  expectReplayed(run, 0, 0);
  expectReplayed(run, 1, 1);
});

test("what is held, edited and let go is all that differs, and as if the host had sent it so", async ({ page }) => {
  const sceneOf = (name: string): Scene<"before" | "sent" | "after"> => ({
    app: APP,
    async *conversation(startWorker) {
      const worker = await startWorker("worker-1");
      await worker.invoke(greet("ada", "Ada"));
      yield "before";
      const answer = worker.invoke(greet("held", name));
      yield "sent";
      await answer;
      yield "after";
      await worker.invoke(echo("long-letter"));
      await worker.invoke(greet("eve", "Eve"));
      await worker.invoke(echo("last-letter"));
      expect(await worker.terminate()).toBe(0);
    },
  });
  const [asSent] = (await runUndisturbed(sceneOf("Bob"))).atHost;
  const [asEdited] = (await runUndisturbed(sceneOf("Zoe"))).atHost;
  const { atHost, atWorker } = await runInspected(sceneOf("Bob"), {
    async before({ ui }) {
      await page.goto(ui);
      await row(page, /greet.*Ada/u).click();
      await holdNextOf(page, "greet");
    },
    async sent() {
      const held = page.getByRole("region", { name: "Held message" });
      await expect(held.getByRole("textbox", { name: "URL" })).toHaveValue(/name=Bob$/u);
      await held.getByRole("textbox", { name: "Value of query parameter name" }).fill("Zoe");
      await held.getByRole("button", { name: "Release as edited" }).click();
    },
    async after() {
      await press(page.getByRole("button", { name: /^Stop holding/u }));
      await expect(page.getByText("No rule holds messages")).toBeVisible();
    },
  });
  // What the host said is what it said, what it was told is what an edited request would have brought about.
  expect(atHost).toEqual([{ host: asSent?.host, worker: asEdited?.worker }]);
  expect(atWorker).toEqual([asEdited]);
  const edited = asEdited?.host.said.filter((line, index) => line !== asSent?.host.said[index]);
  expect(edited).toEqual([expect.stringContaining("name=Zoe")]);
});

test("what is held when the hub is killed goes on, and the host's bytes are those without any of it", async ({
  page,
}) => {
  const scene: Scene<"before" | "sent" | "after"> = {
    app: APP,
    async *conversation(startWorker) {
      const worker = await startWorker("worker-1");
      await worker.invoke(greet("ada", "Ada"));
      yield "before";
      const answer = worker.invoke(greet("held", "Bob"));
      yield "sent";
      await answer;
      yield "after";
      await worker.invoke(echo("long-letter"));
      await worker.invoke(greet("eve", "Eve"));
      expect(await worker.terminate()).toBe(0);
    },
  };
  const run = await expectUnnoticed(scene, {
    async before({ ui }) {
      await page.goto(ui);
      await row(page, /greet.*Ada/u).click();
      await holdNextOf(page, "greet");
    },
    async sent({ signalHub }) {
      await expect(page.getByRole("banner").getByRole("button", { name: "1 held" })).toBeVisible();
      await openView(page, "Invocations");
      await expect(row(page, /greet.*held/u)).toBeVisible();
      signalHub("SIGKILL");
    },
    async after() {
      await expect(row(page, /greet.*Bob.*200/u)).toBeVisible();
      await expect(page.getByRole("banner").getByRole("button", { name: /held|Hold/u })).toHaveCount(0);
    },
  });
  expect(run.atWorker).toEqual(run.atHost);
});
