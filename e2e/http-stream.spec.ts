/** Requests that travel over HTTP beside the stream, in the page: seen, edited, replayed and compared, with a real app. */
import { fileURLToPath } from "node:url";
import { expect, test } from "@playwright/test";
import { type InspectorProcess, startInspector, type TemporaryFolder, temporaryFolder } from "./inspector-process.ts";
import { expectNoViolations } from "./no-violations.ts";

const APP = fileURLToPath(new URL("http-stream-app", import.meta.url));

let state: TemporaryFolder;
let inspector: InspectorProcess;

test.beforeAll(async () => {
  state = temporaryFolder();
  const args = ["host", APP, "--no-watch", "--http", "0", "--listen", "0"];
  inspector = await startInspector(args, state.path);
  await expect.poll(async () => (await text("ready")).status, { timeout: 60_000 }).toBe(203);
});

test.afterAll(async () => {
  await inspector.stop();
  state.remove();
});

function text(name: string): Promise<Response> {
  return fetch(new URL(`/api/text?name=${name}`, inspector.http));
}

test("a request over HTTP is shown with its answer, and replayed with another query beside it", async ({ page }) => {
  await page.goto(inspector.ui);
  await text("Ada");
  await page.getByRole("row", { name: /GET \/api\/text\?name=Ada/u }).click();
  await page.getByRole("tab", { name: "HTTP" }).click();
  const leg = page.getByRole("region", { name: "HTTP beside the stream" });
  await expect(leg).toContainText("GET /api/text?name=Ada");
  await expect(leg).toContainText("HTTP 203");
  await expect(leg.getByText("hello Ada")).toBeVisible();
  await expectNoViolations(page, "HTTP", { within: '[aria-label="Invocation"]' });

  await page.keyboard.press("e");
  const request = page.getByRole("region", { name: "HTTP request" });
  await request.getByRole("textbox", { name: "URL" }).fill("/api/text?name=Grace");
  await page.getByRole("button", { name: /^Send/u }).click();
  const differences = page.getByRole("table", { name: "Differences" });
  await expect(differences).toContainText("hello Ada");
  await expect(differences).toContainText("hello Grace");
  await expect(page.getByRole("row", { name: /edited replay.*name=Grace/u })).toBeVisible();
});

test("of a request beside the stream what is edited changes, and it is not sent while the hub does not take it", async ({
  page,
}) => {
  await page.goto(inspector.ui);
  await fetch(new URL("/api/text?name=a&name=b%2f&x=1", inspector.http));
  await page.getByRole("row", { name: /GET \/api\/text\?name=a&name=b/u }).click();
  await page.getByRole("tab", { name: "HTTP" }).click();
  await page.keyboard.press("e");
  const request = page.getByRole("region", { name: "HTTP request" });
  const url = request.getByRole("textbox", { name: "URL" });
  const send = page.getByRole("button", { name: /^Send/u });
  await request.getByRole("textbox", { name: "Value of query parameter x" }).fill("2");
  await expect(url).toHaveValue("/api/text?name=a&name=b%2f&x=2");
  const metadata = page.getByRole("region", { name: "Trigger metadata Query" });
  await expect(metadata.locator(".view-lines")).toContainText('"x":"2"');
  await url.fill("no slash at all");
  const refusal = page.getByRole("region", { name: "Replay" }).getByRole("alert").filter({ hasText: /./u });
  await expect(refusal).toContainText("The URL has to begin with /");
  await expect(send).toBeDisabled();
  await url.fill("/api/text?name=a&name=c");
  await expect(refusal).toHaveCount(0);
  await expect(send).toBeEnabled();
  await request.getByRole("button", { name: "Add a header" }).click();
  await request
    .getByRole("textbox", { name: /^Name of header/u })
    .last()
    .fill("bad header");
  await expect(refusal).toContainText('"bad header" is no header name');
  await expect(send).toBeDisabled();
  await page.getByRole("button", { name: "Undo the edits" }).click();
  await expect(url).toHaveValue("/api/text?name=a&name=b%2f&x=1");
  await expect(send).toBeEnabled();
});

test("an answer in the worker's place is said to leave the host waiting for HTTP", async ({ page }) => {
  await page.goto(inspector.ui);
  await page.getByRole("navigation", { name: "Views" }).getByRole("link", { name: "Holds" }).click();
  await page.getByRole("button", { name: "answer in the worker's place" }).click();
  const answer = page.getByRole("region", { name: "The answer" });
  await expect(answer.getByRole("listitem")).toContainText(/HTTP requests of .*beside the stream \(HttpUri\)/u);
  await page.getByRole("button", { name: "Answer", exact: true }).click();
  await expect(page.getByRole("list", { name: "Hold rules" })).toContainText("beside the stream (HttpUri)");
  await expectNoViolations(page, "Holds", { within: "main" });
});
