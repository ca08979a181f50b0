/**
 * Answering invocations in the worker's place, with the sample app of the built command behind the page. One inspector serves all
 * of these tests, each of which calls by a name of its own.
 */
import type { MessagePage } from "@inspector/contract/page";
import { expect, type Locator, type Page, test } from "@playwright/test";
import { askHub } from "./hub-api.ts";
import {
  type InspectorProcess,
  startInspector,
  type TemporaryFolder,
  temporaryFolder,
  WITHOUT_TIMER,
} from "./inspector-process.ts";
import { expectNoViolations } from "./no-violations.ts";

let state: TemporaryFolder;
let demo: InspectorProcess;

test.beforeAll(async () => {
  state = temporaryFolder();
  demo = await startInspector(["demo", "--quiet"], state.path, WITHOUT_TIMER);
});

test.afterAll(async () => {
  await demo.stop();
  state.remove();
});

test.beforeEach(({ page }) => page.goto(demo.ui));

function hello(name: string): Promise<Response> {
  return fetch(`${demo.http}/api/hello?name=${name}`);
}

function row(page: Page, name: RegExp): Locator {
  return page.getByRole("grid", { name: "Invocations", exact: true }).getByRole("row", { name });
}

async function openView(page: Page, title: string): Promise<void> {
  await page.getByRole("navigation", { name: "Views" }).getByRole("link", { name: title }).click();
  await expect(page.getByRole("main", { name: title })).toBeVisible();
}

function form(page: Page): Locator {
  return page.getByRole("form", { name: "Answer invocations" });
}

function rules(page: Page): Locator {
  return page.getByRole("list", { name: "Hold rules" });
}

function answer(page: Page): Locator {
  return page.getByRole("region", { name: "The answer" });
}

function messagesAfter(seq: number): Promise<MessagePage> {
  return askHub(demo, "GET", `/api/messages?after=${seq}&limit=1000`);
}

/** What crossed, or did not, of the invocations of hello since a message. */
async function marksSince(seq: number): Promise<unknown> {
  const { rows } = await messagesAfter(seq);
  const ids = new Set(rows.filter(({ functionName }) => functionName === "hello").map((one) => one.invocationId));
  return rows.filter(({ invocationId }) => ids.has(invocationId)).map((one) => [one.kind, one.intervention]);
}

test("a written answer reaches the host late and the worker never sees the request, until the rule is taken away", async ({
  page,
}) => {
  await hello("Ada");
  await expect(row(page, /hello.*Ada.*200/u)).toBeVisible();
  await openView(page, "Holds");
  await page.getByRole("combobox", { name: "Function" }).selectOption("hello");
  await page.getByRole("button", { name: "answer in the worker's place" }).click();
  await answer(page).getByRole("textbox", { name: "Status" }).fill("418");
  await answer(page).getByRole("textbox", { name: "Body" }).fill("from the inspector");
  await form(page).getByRole("spinbutton", { name: "After, in ms" }).fill("300");
  await form(page).getByRole("button", { name: "Answer", exact: true }).click();
  await expect(rules(page)).toContainText("answers invocations of hello");
  await expect(rules(page)).toContainText("0 so far");
  await expectNoViolations(page, "Holds", { within: "main" });
  const { last } = await messagesAfter(0);
  const began = performance.now();
  const answered = await hello("Bob");
  expect(performance.now() - began).toBeGreaterThan(299);
  expect([answered.status, await answered.text()]).toEqual([418, "from the inspector"]);
  await expect(rules(page)).toContainText("1 so far");
  await expect
    .poll(() => marksSince(last))
    .toEqual([
      ["invocation_request", "dropped"],
      ["invocation_response", "injected"],
    ]);
  await openView(page, "Invocations");
  await expect(row(page, /hello.*Bob.*418/u)).toBeVisible();
  await page.getByRole("banner").getByRole("button", { name: "Answering for the worker" }).click();
  await page.getByRole("button", { name: "Stop answering invocations of hello" }).click();
  await expect(page.getByText("No rule holds messages")).toBeVisible();
  await expect(page.getByRole("list", { name: "Rules that ended" })).toHaveCount(0);
  await expect(page.getByRole("banner").getByRole("button", { name: /answering/iu })).toHaveCount(0);
  expect(await (await hello("Carl")).json()).toMatchObject({ message: expect.stringContaining("Carl") });
});

test("the next N are answered as an invocation was, and the one behind them reaches the worker", async ({ page }) => {
  await hello("Amy");
  await row(page, /hello.*Amy/u).click();
  await page.getByRole("button", { name: "Answer the next of hello like this" }).click();
  await expect(form(page).getByRole("combobox", { name: "Function" })).toHaveValue("hello");
  await expect(form(page).getByRole("spinbutton", { name: "Only the next" })).toHaveValue("1");
  await expect(answer(page).getByRole("textbox", { name: "Status" })).toHaveValue("200");
  await form(page).getByRole("spinbutton", { name: "Only the next" }).fill("2");
  await form(page).getByRole("button", { name: "Answer", exact: true }).click();
  await expect(rules(page)).toContainText("0 of 2 so far");
  const names = ["Bob", "Carl", "Dora"];
  const messages: unknown[] = [];
  for (const name of names) {
    messages.push(await (await hello(name)).json());
  }
  const said = (name: string) => expect.objectContaining({ message: expect.stringContaining(name) });
  expect(messages).toEqual([said("Amy"), said("Amy"), said("Dora")]);
  await expect(page.getByText("No rule holds messages")).toBeVisible();
  const ended = page.getByRole("list", { name: "Rules that ended" });
  await openView(page, "Invocations");
  await openView(page, "Holds");
  await expect(ended).toContainText("answers invocations of hello");
  await expect(ended).toContainText("2 of 2");
  await expectNoViolations(page, "Holds", { within: "main" });
  await ended.getByRole("button", { name: /^Dismiss/u }).click();
  await expect(ended).toHaveCount(0);
});

const INLINED = /\/api\/messages\/\d+\?memory=inline$/u;

test("an answer like a recorded one is not sent before that one is loaded", async ({ page }) => {
  let open = (): void => {};
  const gate = new Promise<void>((resolve) => {
    open = resolve;
  });
  await hello("Ann");
  await row(page, /hello.*Ann/u).click();
  await page.route(INLINED, async (route) => {
    await gate;
    await route.continue();
  });
  await page.getByRole("button", { name: "Answer the next of hello like this" }).click();
  await expect(answer(page)).toContainText("Loading the recorded answer");
  const send = form(page).getByRole("button", { name: "Answer", exact: true });
  await expect(send).toBeDisabled();
  open();
  await expect(answer(page).getByRole("textbox", { name: "Body" })).toHaveValue(/Ann/u);
  await expect(send).toBeEnabled();
});

test("an answer that begins empty because the recorded one could not be loaded says so", async ({ page }) => {
  await hello("Abe");
  await row(page, /hello.*Abe/u).click();
  await page.route(INLINED, (route) => route.abort());
  await page.getByRole("button", { name: "Answer the next of hello like this" }).click();
  await expect(answer(page)).toContainText("The recorded answer was not loaded, so this one begins empty");
});

test("the form for an answer does not come back by itself with the holds", async ({ page }) => {
  await hello("Alf");
  await row(page, /hello.*Alf/u).click();
  await page.getByRole("button", { name: "Answer the next of hello like this" }).click();
  await expect(form(page)).toBeVisible();
  await openView(page, "Invocations");
  await openView(page, "Holds");
  await expect(page.getByRole("form", { name: "Hold messages" })).toBeVisible();
});

test("what is no answer is refused with its place, and nothing is answered", async ({ page }) => {
  await openView(page, "Holds");
  await page.getByRole("button", { name: "answer in the worker's place" }).click();
  const editor = answer(page).getByRole("textbox", { name: "Message as JSON" });
  await editor.focus();
  await page.keyboard.press("Control+A");
  await page.keyboard.insertText('{"invocationResponse": {"nonsense": 1}}');
  // The editor closes quotes and brackets of its own accord.
  await page.keyboard.press("Control+Shift+End");
  await page.keyboard.press("Delete");
  await form(page).getByRole("button", { name: "Answer", exact: true }).click();
  await expect(form(page).getByRole("alert")).toContainText("answer.message.invocationResponse");
  await expect(page.getByText("No rule holds messages")).toBeVisible();
});

test("invocations reach the worker again when the hub is killed", async ({ page }) => {
  await hello("Art");
  await row(page, /hello.*Art/u).click();
  await page.getByRole("button", { name: "Answer the next of hello like this" }).click();
  await form(page).getByRole("spinbutton", { name: "After, in ms" }).fill("3600000");
  await form(page).getByRole("button", { name: "Answer", exact: true }).click();
  await expect(rules(page)).toBeVisible();
  const waiting = hello("Bob");
  await expect(rules(page)).toContainText("1 about to be");
  demo.signalHub("SIGKILL");
  expect(await (await waiting).json()).toMatchObject({ message: expect.stringContaining("Bob") });
});
