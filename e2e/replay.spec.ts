/** Editing, replaying, comparing and holding in the page, with the sample app of the built command behind it. */

import { mkdirSync } from "node:fs";
import { join } from "node:path";
import type { Holds } from "@inspector/contract/intervention";
import type { MessagePage, WorkerInfo } from "@inspector/contract/page";
import { expect, type Locator, test } from "@playwright/test";
import { askHub, stopHolding, workerPid } from "./hub-api.ts";
import {
  type InspectorProcess,
  startInspector,
  type TemporaryFolder,
  temporaryFolder,
  WITHOUT_TIMER,
} from "./inspector-process.ts";
import { expectNoViolations } from "./no-violations.ts";
import { differences, holdNextOf, openView, press, replaceInput, row, sendButton } from "./replay-page.ts";

type Demo = InspectorProcess & { readonly http: string };

let state: TemporaryFolder;
let demo: Demo;

async function start(): Promise<void> {
  state = temporaryFolder();
  const folder = join(state.path, "inspector", "sessions");
  mkdirSync(folder, { recursive: true });
  demo = await startDemo(join(folder, "replays.inspector"));
}

async function stop(): Promise<void> {
  await demo.stop();
  state.remove();
}

/** One inspector for all tests of a block, each of which calls by a name of its own. */
function shareDemo(): void {
  test.beforeAll(start);
  test.afterAll(stop);
  test.beforeEach(({ page }) => page.goto(demo.ui));
}

async function startDemo(session: string): Promise<Demo> {
  const started = await startInspector(["demo", "--quiet", "--session", session], state.path, WITHOUT_TIMER);
  if (started.http === undefined) {
    throw new Error("the demo tells no address");
  }
  return { ...started, http: started.http };
}

function hello(name: string): Promise<Response> {
  return fetch(`${demo.http}/api/hello?name=${name}`);
}

function post(path: string, body: unknown): Promise<Response> {
  const headers = { "content-type": "application/json" };
  return fetch(`${demo.http}${path}`, { method: "POST", headers, body: JSON.stringify(body) });
}

function holdsMark({ rows }: MessagePage): boolean {
  return rows.some(({ intervention }) => intervention === "held");
}

test.describe("replays", () => {
  shareDemo();

  test("an edited query parameter changes the answer, shown beside the recorded one, and the host sees nothing of it", async ({
    page,
  }) => {
    await hello("Ada");
    await row(page, /hello.*Ada/u).click();
    await page.keyboard.press("e");
    await expect(page.getByText("runs for real")).toBeVisible();
    await page.getByRole("textbox", { name: "Value of query parameter name" }).fill("Grace");
    await expect(page.getByRole("textbox", { name: "URL" })).toHaveValue(/name=Grace$/u);
    await page.keyboard.press("Control+Enter");
    const changed = differences(page).getByRole("row", { name: /returnValue.*message/u });
    await expect(changed).toContainText("Hello, Ada!");
    await expect(changed).toContainText("Hello, Grace!");
    await page.getByRole("button", { name: "Ignore logs[0].message" }).click();
    await expect(differences(page).getByRole("row", { name: /^logs/u })).toHaveCount(0);
    await expect(row(page, /hello.*edited replay.*Grace.*200/u)).toBeVisible();
    await page.getByRole("button", { name: "Replayed", exact: true }).click();
    await expect(row(page, /hello/u)).toHaveCount(1);
    const answer = await hello("Bob");
    expect(await answer.json()).toMatchObject({ message: expect.stringContaining("Bob") });
    await expectNoViolations(page, "Replay", { within: '[aria-label="Replay"]' });
  });

  test("a key takes the focus into the replay once, and its tab alone does not", async ({ page }) => {
    await hello("Alf");
    await row(page, /hello.*Alf/u).click();
    await page.keyboard.press("e");
    const method = page.getByRole("combobox", { name: "Method" });
    await expect(method).toBeFocused();
    const pane = page.getByRole("region", { name: "Invocation", exact: true });
    await pane.getByRole("tab", { name: "Raw" }).click();
    await page.keyboard.press("ArrowRight");
    await expect(sendButton(page)).toBeVisible();
    await expect(pane.getByRole("tab", { name: "Replay" })).toBeFocused();
    await page.keyboard.press("Control+Enter");
    const answer = page.getByRole("heading", { name: "Recorded and replayed answer" });
    await expect(answer).toBeVisible();
    await pane.getByRole("tab", { name: "Request" }).click();
    await page.keyboard.press("d");
    await expect(answer).toBeFocused();
    await row(page, /^init|init.*node/u)
      .first()
      .click();
    await expect(pane.getByRole("tab", { selected: true })).toHaveText("Request");
  });

  test("the button that sends stays in its place when what to know before sending comes", async ({ page }) => {
    let answer = (): void => {};
    const isAnswered = new Promise<void>((resolve) => {
      answer = resolve;
    });
    await page.route("**/replays/check*", async (route) => {
      await isAnswered;
      await route.continue();
    });
    await hello("Eve");
    await row(page, /hello.*Eve/u).click();
    await page.keyboard.press("r");
    await expect(sendButton(page)).toBeFocused();
    const notes = page.getByRole("list", { name: "What to know before sending" });
    await expect(notes.getByRole("listitem")).toHaveCount(0);
    const before = await sendButton(page).boundingBox();
    answer();
    await expect(notes.getByRole("listitem").first()).toBeVisible();
    expect(await sendButton(page).boundingBox()).toEqual(before);
  });

  test("the whole message is edited as JSON, with what the contract says about it", async ({ page }) => {
    await hello("Amy");
    await row(page, /hello.*Amy/u).click();
    await page.keyboard.press("e");
    await page.getByRole("button", { name: "JSON", exact: true }).click();
    const editor = page.getByRole("textbox", { name: "Message as JSON" });
    await editor.focus();
    await page.keyboard.press("Control+A");
    await page.keyboard.insertText('{"invocationRequest": {"function": 1}}');
    await expect(page.locator(".squiggly-warning, .squiggly-error").first()).toBeVisible();
    for (let step = 0; step < 8; step++) {
      await page.keyboard.press("ArrowLeft");
    }
    await page.keyboard.press("Control+Space");
    await expect(page.locator(".suggest-widget")).toContainText("functionId");
    await page.keyboard.press("Escape");
    await page.keyboard.press("Control+A");
    await page.keyboard.insertText('{"invocationRequest": {');
    await expect(page.getByText(/Not JSON in line 1/u)).toBeVisible();
    await expect(sendButton(page)).toBeDisabled();
    const pane = page.getByRole("region", { name: "Invocation", exact: true });
    await pane.getByRole("tab", { name: "Response" }).click();
    await pane.getByRole("tab", { name: "Replay" }).click();
    await expect(page.getByText(/Not JSON in line 1/u)).toBeVisible();
    await expect(pane.locator(".view-line")).toHaveText(/^\{"invocationRequest":/u);
  });

  test("what was not edited is sent as it was recorded, many times, and every answer is compared", async ({ page }) => {
    await hello("Ann");
    await row(page, /hello.*Ann/u).click();
    await page.keyboard.press("r");
    await expect(sendButton(page)).toBeFocused();
    await page.getByRole("spinbutton", { name: "Times" }).fill("20");
    const order = page.waitForRequest((request) => request.method() === "POST" && /replays$/u.test(request.url()));
    await press(sendButton(page));
    const body: unknown = (await order).postDataJSON();
    expect(body).not.toHaveProperty("message");
    expect(body).toMatchObject({ times: 20 });
    await expect(page.getByText("20 answers compared, all the same as the recorded one.")).toBeVisible();
    await expect(
      page.getByRole("table", { name: "Replays" }).getByRole("row", { name: /succeeded.*same/u }),
    ).toHaveCount(20);
    await expect(page.getByRole("img", { name: /Durations from/u })).toBeVisible();
  });

  test("in a wide window the answer stands beside what was sent, in a narrow one below it", async ({ page }) => {
    await page.setViewportSize({ width: 1920, height: 1080 });
    await hello("Abe");
    await row(page, /hello.*Abe/u).click();
    await page.keyboard.press("e");
    await expect(page.getByText("The answer will stand here")).toBeVisible();
    const field = page.getByRole("textbox", { name: "Value of query parameter name" });
    await field.fill("Gwen");
    await page.keyboard.press("Control+Enter");
    const answer = page.getByRole("heading", { name: "Recorded and replayed answer" });
    await expect(answer).toBeInViewport();
    await expect(differences(page)).toBeInViewport();
    await expect(field).toBeInViewport();
    await expect(field).toBeFocused();
    const wide = await boxes(field, answer);
    expect(wide.second.x).toBeGreaterThan(wide.first.x + wide.first.width);
    await expectNoViolations(page, "Replay, wide", { within: '[aria-label="Replay"]' });
    await page.setViewportSize({ width: 900, height: 900 });
    await expect(field).toBeVisible();
    await answer.scrollIntoViewIfNeeded();
    const narrow = await boxes(field, answer);
    expect(narrow.second.y).toBeGreaterThan(narrow.first.y + narrow.first.height);
    await expect(sendButton(page)).toBeInViewport();
    await page.setViewportSize({ width: 1180, height: 800 });
    const tab = page.getByRole("tab", { name: "Replay" });
    await page.getByRole("tab", { name: "Request" }).click();
    await tab.focus();
    await page.keyboard.press("Enter");
    await expect(tab).toBeInViewport({ ratio: 1 });
  });

  test("what keeps a replay from being sent is said beside the button", async ({ page }) => {
    await hello("Art");
    await row(page, /hello.*Art/u).click();
    await page.keyboard.press("r");
    await page.getByRole("spinbutton", { name: "Times" }).fill("0");
    await expect(page.getByRole("alert")).toContainText("Times: a whole number from 1");
    await expect(sendButton(page)).toBeDisabled();
    await page.getByRole("spinbutton", { name: "Times" }).fill("1");
    await expect(page.getByRole("alert")).toHaveCount(0);
    await sendButton(page).focus();
    await page.keyboard.press("Enter");
    await expect(page.getByText("The answers say the same.")).toBeVisible();
    await expect(sendButton(page)).toBeFocused();
  });

  test("of long answers that part late, what differs is shown and marked", async ({ page }) => {
    const name = `${"long ".repeat(300)}Ada`;
    await hello(encodeURIComponent(name));
    await row(page, /hello.*long/u).click();
    await page.keyboard.press("e");
    await page.getByRole("textbox", { name: "Value of query parameter name" }).fill(`${"long ".repeat(300)}Grace`);
    await page.keyboard.press("Control+Enter");
    const changed = differences(page).getByRole("row", { name: /returnValue.*message/u });
    await expect(changed.locator("mark")).toHaveText(["Ada", "Grace"]);
    await expect(changed).toContainText("characters the same");
  });

  test("a run is stopped, and what it would have sent is not sent", async ({ page }) => {
    await fetch(`${demo.http}/api/slow?ms=300`);
    await row(page, /slow.*200/u).click();
    await page.keyboard.press("r");
    await page.getByRole("spinbutton", { name: "Times" }).fill("10000");
    await press(sendButton(page));
    await page.getByRole("button", { name: "Stop and cancel" }).click();
    await expect(page.getByText(/^Sent at .* cancelled: .* not sent$/u)).toBeVisible();
    await expect(page.getByRole("button", { name: "Stop and cancel" })).toHaveCount(0);
  });

  test("a queue message that failed succeeds with another body", async ({ page }) => {
    await post("/admin/functions/resize", { input: '{"picture":"alps.jpg","width":9000,"height":6000}' });
    await row(page, /resize.*needs/u)
      .first()
      .click();
    await page.getByRole("button", { name: "Edit", exact: true }).click();
    const input = page.getByRole("region", { name: /^Input /u }).first();
    await expect(input.locator(".view-line").nth(1)).toContainText('"picture": "alps.jpg"');
    await expect(input.getByRole("textbox")).toBeFocused();
    await replaceInput(page, '{"picture":"alps.jpg","width":900,"height":600,"id":9007199254740993}');
    await page.keyboard.press("Control+Home");
    await page.keyboard.press("ArrowRight");
    await page.keyboard.press("Control+Space");
    await expect(page.locator(".suggest-widget.visible")).toBeVisible();
    const order = page.waitForRequest((request) => request.method() === "POST" && /replays$/u.test(request.url()));
    await page.keyboard.press("Control+Enter");
    expect((await order).postData()).toContain(String.raw`\"height\":600,\"id\":9007199254740993}`);
    await expect(page.locator(".suggest-widget.visible")).toHaveCount(0);
    const edits = page.getByRole("table", { name: "What was changed" });
    await expect(edits.getByRole("row", { name: /width/u })).toContainText(/9000.*900/u);
    await expect(edits.getByRole("row", { name: /\.id/u })).toContainText("9007199254740993");
    const changed = differences(page).getByRole("row", { name: /^status/u });
    await expect(changed).toContainText("Failure");
    await expect(changed).toContainText("Success");
    await expect(row(page, /resize.*edited replay.*succeeded/u)).toBeVisible();
  });
});

test.describe("replays into another worker", () => {
  test.beforeEach(async ({ page }) => {
    await start();
    await page.goto(demo.ui);
  });
  test.afterEach(stop);

  test("an invocation is replayed into the worker that was started since", async ({ page }) => {
    await hello("Ada");
    await row(page, /hello.*Ada/u).click();
    process.kill(await workerPid(demo), "SIGKILL");
    await expect(row(page, /load.*9 of 9 loaded/u)).toHaveCount(2);
    await page.keyboard.press("r");
    await expect(page.getByRole("combobox", { name: "Worker" })).toContainText("stream 2");
    await press(sendButton(page));
    await expect(page.getByText("The answers say the same.")).toBeVisible();
  });

  test("an invocation of an earlier session is replayed into the worker of now", async ({ page }) => {
    await hello("Ada");
    await expect(row(page, /hello.*Ada.*200/u)).toBeVisible();
    await demo.stop();
    demo = await startDemo(join(state.path, "inspector", "sessions", "later.inspector"));
    // What it has loaded is recorded a moment after its host is ready.
    const phase = async () => (await askHub<WorkerInfo[]>(demo, "GET", "/api/workers"))[0]?.stream.phase;
    await expect.poll(phase).toBe("loaded");
    await page.goto(`${demo.ui}&session=replays`);
    await page.goto(new URL("/?session=replays", demo.ui).href);
    await row(page, /hello.*Ada/u).click();
    await page.keyboard.press("r");
    await press(sendButton(page));
    await expect(page.getByText("The answers say the same.")).toBeVisible();
  });
});

test.describe("holds", () => {
  shareDemo();
  test.afterEach(() => stopHolding(demo));

  test("a message that is edited while it is held comes into a view of edited ones that is open all the while", async ({
    page,
  }) => {
    await openView(page, "Messages");
    const filter = page.getByRole("combobox", { name: "Filter" });
    await filter.fill("is:edited");
    await filter.press("Enter");
    const rows = page.getByRole("grid", { name: "Messages" }).getByRole("row", { name: /invocation_request/u });
    await askHub(demo, "POST", "/api/holds/rules", { from: "host", functions: ["hello"] });
    const answer = hello("Bill");
    await expect(page.getByRole("banner").getByRole("button", { name: "1 held" })).toBeVisible();
    const holds: Holds = await askHub(demo, "GET", "/api/holds");
    const [held] = holds.held;
    await expect.poll(async () => holdsMark(await askHub(demo, "GET", "/api/messages?after=0&limit=1000"))).toBe(true);
    await expect(rows).toHaveCount(0);
    const message = JSON.parse(JSON.stringify(held?.message).replaceAll("Bill", "Zac"));
    await askHub(demo, "POST", `/api/holds/${held?.id}/release`, { action: "replace", message });
    expect(await (await answer).json()).toMatchObject({ message: expect.stringContaining("Zac") });
    await expect(rows).toHaveCount(1);
    await expect(rows).toContainText("replaced");
  });

  test("a held invocation is edited and let go, and says so in every view meanwhile", async ({ page }) => {
    await hello("Ada");
    await row(page, /hello.*Ada/u).click();
    await holdNextOf(page, "hello");
    const answer = hello("Bob");
    const held = page.getByRole("region", { name: "Held message" });
    await expect(held.getByRole("textbox", { name: "URL" })).toHaveValue(/name=Bob$/u);
    const indicator = page.getByRole("banner").getByRole("button", { name: "1 held" });
    await expect(indicator).toBeVisible();
    await expectNoViolations(page, "Held", { within: '[aria-label="Held message"]' });
    await expect(page.getByRole("banner").getByRole("timer")).toContainText("s");
    await openView(page, "Invocations");
    await expect(row(page, /hello.*Bob.*held/u)).toBeVisible();
    await indicator.click();
    await held.getByRole("textbox", { name: "Value of query parameter name" }).fill("Zoe");
    await held.getByRole("button", { name: "Release as edited" }).click();
    expect(await (await answer).json()).toMatchObject({ message: expect.stringContaining("Zoe") });
    const more = [hello("Cleo"), hello("Dora")];
    await expect(page.getByRole("list", { name: "Held messages" }).getByRole("listitem")).toHaveCount(2);
    await page.getByRole("button", { name: "Release all 2, keep the rules" }).click();
    expect((await Promise.all(more)).map(({ status }) => status)).toEqual([200, 200]);
    await expect(page.getByRole("list", { name: "Hold rules" })).toContainText("3 held so far");
    await press(page.getByRole("button", { name: /^Stop holding/u }));
    await expect(page.getByText("No rule holds messages")).toBeVisible();
    await expect(page.getByRole("banner").getByRole("button", { name: /held|Hold/u })).toHaveCount(0);
    // What is sent again is what was answered.
    await openView(page, "Invocations");
    await row(page, /hello.*Bob/u).click();
    await page.keyboard.press("r");
    await expect(page.getByText("as the worker got it, edited while it was held")).toBeVisible();
    await press(sendButton(page));
    await expect(page.getByText("The answers say the same.")).toBeVisible();
  });

  test("a held invocation is answered in the worker's place", async ({ page }) => {
    await hello("Ann");
    await row(page, /hello.*Ann/u).click();
    await holdNextOf(page, "hello");
    const answer = hello("Ben");
    const held = page.getByRole("region", { name: "Held message" });
    await held.getByRole("button", { name: "an answer in its place" }).click();
    await held.getByRole("textbox", { name: "Status" }).fill("418");
    await held.getByRole("textbox", { name: "Body" }).fill("from the inspector");
    await held.getByRole("button", { name: "Send the answer" }).click();
    const { status } = await answer;
    expect(status).toBe(418);
    expect(await (await answer).text()).toBe("from the inspector");
  });

  test("what is held goes on when the hub is killed", async ({ page }) => {
    await hello("Abe");
    await openView(page, "Holds");
    await page.getByRole("combobox", { name: "Function" }).selectOption("hello");
    await page.getByRole("button", { name: "Hold", exact: true }).click();
    await expect(page.getByRole("list", { name: "Hold rules" })).toBeVisible();
    const answer = hello("Bea");
    await expect(page.getByRole("list", { name: "Held messages" })).toContainText("Bea");
    demo.signalHub("SIGKILL");
    expect(await (await answer).json()).toMatchObject({ message: expect.stringContaining("Bea") });
  });
});

async function boxes(one: Locator, other: Locator) {
  const [first, second] = await Promise.all([one.boundingBox(), other.boundingBox()]);
  if (first === null || second === null) {
    throw new Error("one of them has no place");
  }
  return { first, second };
}
