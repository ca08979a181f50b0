/** The editor of messages in the page: what is changed is changed, all else stays, and what is no value is not sent. */
import { expect, type Page, test } from "@playwright/test";
import {
  type InspectorProcess,
  startInspector,
  type TemporaryFolder,
  temporaryFolder,
  WITHOUT_TIMER,
} from "./inspector-process.ts";
import { expectNoViolations } from "./no-violations.ts";
import { openView, row, sendButton } from "./replay-page.ts";

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

/** @param query by which it is found */
async function order(query: string, body: string): Promise<void> {
  const headers = { "content-type": "application/json" };
  await fetch(`${demo.http}/api/order?${query}`, { method: "POST", headers, body });
}

/** The next order of this page that is checked, and has this in it. */
async function checked(page: Page, text: string): Promise<unknown> {
  const isIt = (body: string | null) => body?.includes(text) ?? false;
  const request = await page.waitForRequest((one) => /replays\/check$/u.test(one.url()) && isIt(one.postData()));
  return request.postDataJSON();
}

test("of a query with a name twice the parameter that was edited changes, in the URL, its map and the trigger metadata", async ({
  page,
}) => {
  await fetch(`${demo.http}/api/hello?name=Ada&tag=a&tag=b%2fc&x=1`);
  await row(page, /hello.*Ada/u).click();
  await page.keyboard.press("e");
  const order = checked(page, "x=2");
  await page.getByRole("textbox", { name: "Value of query parameter x" }).fill("2");
  await expect(page.getByRole("textbox", { name: "URL" })).toHaveValue(/\?name=Ada&tag=a&tag=b%2fc&x=2$/u);
  await expect(page.getByRole("textbox", { name: "Value of query parameter tag" })).toHaveCount(2);
  const request = {
    inputData: [{ data: { http: { nullableQuery: { tag: { value: "a,b/c" }, x: { value: "2" } } } } }],
  };
  const Query = { json: '{"name":"Ada","tag":"a,b/c","x":"2"}' };
  expect(await order).toMatchObject({ message: { invocationRequest: { ...request, triggerMetadata: { Query } } } });
  const metadata = page.getByRole("region", { name: "Trigger metadata Query" });
  await expect(metadata.locator(".view-lines")).toContainText('"x":"2"');
  await page.getByRole("button", { name: "JSON", exact: true }).click();
  await page.getByRole("button", { name: "form", exact: true }).click();
  await expect(page.getByRole("textbox", { name: "Value of query parameter x" })).toHaveValue("2");
});

test("hex that is no whole bytes is kept and not sent", async ({ page }) => {
  await order("short", '{"customer":"Ada"}');
  await row(page, /order\?short.*400/u).click();
  await page.keyboard.press("e");
  await page.getByRole("group", { name: "Bytes of Body as" }).getByRole("button", { name: "hex" }).click();
  const hex = page.getByRole("textbox", { name: "Body as hex" });
  await hex.fill("00 ff 1");
  await expect(page.getByRole("status").filter({ hasText: "half a byte is missing" })).toBeVisible();
  await expect(sendButton(page)).toBeDisabled();
  await page.getByRole("textbox", { name: "Value of header content-type" }).fill("text/plain");
  const pane = page.getByRole("region", { name: "Invocation", exact: true });
  await pane.getByRole("tab", { name: "Response" }).click();
  await pane.getByRole("tab", { name: "Replay" }).click();
  await expect(hex).toHaveValue("00 ff 1");
  await expect(sendButton(page)).toBeDisabled();
  await expectNoViolations(page, "Replay", { within: '[aria-label="Replay"]' });
  const whole = checked(page, '"AP8a"');
  await hex.fill("00 ff 1a");
  await expect(sendButton(page)).toBeEnabled();
  const headers = { "content-length": { value: "3" }, "content-type": { value: "text/plain" } };
  const http = { body: { bytes: "AP8a" }, nullableHeaders: headers };
  expect(await whole).toMatchObject({ message: { invocationRequest: { inputData: [{ data: { http } }] } } });
});

test("an answer in the worker's place is not set up while its bytes are not whole", async ({ page }) => {
  await fetch(`${demo.http}/api/hello?name=Ada`);
  await openView(page, "Holds");
  await page.getByRole("combobox", { name: "Function" }).selectOption("hello");
  await page.getByRole("button", { name: "answer in the worker's place" }).click();
  const answer = page.getByRole("region", { name: "The answer" });
  await answer.getByRole("combobox", { name: "Case of Body" }).selectOption("bytes");
  await answer.getByRole("group", { name: "Bytes of Body as" }).getByRole("button", { name: "hex" }).click();
  const hex = answer.getByRole("textbox", { name: "Body as hex" });
  await hex.fill("0");
  const set = page.getByRole("button", { name: "Answer", exact: true });
  await expect(set).toBeDisabled();
  await hex.fill("0a");
  await expect(set).toBeEnabled();
});

test("a long body is opened as text only where that is asked for", async ({ page }) => {
  await order("long", JSON.stringify({ customer: "Ada", notes: "long ".repeat(60_000) }));
  await row(page, /order\?long.*400/u).click();
  await page.keyboard.press("e");
  const body = page.getByRole("textbox", { name: "Body as text" });
  const anyway = page.getByRole("button", { name: "Edit as text anyway" });
  await expect(anyway).toBeVisible();
  await expect(body).toHaveCount(0);
  await expectNoViolations(page, "Replay", { within: '[aria-label="Replay"]' });
  await anyway.click();
  await expect(body).toHaveValue(/^\{"customer":"Ada"/u);
  await body.fill("{}");
  await expect(body).toHaveValue("{}");
});
