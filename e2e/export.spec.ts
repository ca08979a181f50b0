/** The dialog of an export: what it says is what the file holds, nothing leaves before that, and what is gone is told. */
import { statSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { expect, type Page, test } from "@playwright/test";
import {
  exportSession,
  type InspectorProcess,
  startInspector,
  type TemporaryFolder,
  temporaryFolder,
} from "./inspector-process.ts";
import { expectNoViolations } from "./no-violations.ts";

let state: TemporaryFolder;
let demo: InspectorProcess;
/** An OpenTelemetry endpoint that the demo tells of its invocations, and what it was told. */
let endpoint: Server;
const told: string[] = [];

test.describe.configure({ mode: "serial" });

test.beforeAll(async () => {
  state = temporaryFolder();
  endpoint = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      told.push(`${request.url} ${Buffer.concat(chunks)}`);
      response.end("{}");
    });
  });
  await new Promise<void>((done) => endpoint.listen(0, "127.0.0.1", done));
  const { port } = endpoint.address() as AddressInfo;
  demo = await startInspector(["demo", "--quiet", "--otlp", `http://127.0.0.1:${port}`], state.path);
  for (const name of ["Ada", "Grace"]) {
    await fetch(`${demo.http}/api/hello?name=${name}`, { headers: { "x-functions-key": "never-to-be-seen-1" } });
  }
});

test.afterAll(async () => {
  await demo.stop();
  endpoint.closeAllConnections();
  endpoint.close();
  state.remove();
});

function dialog(page: Page) {
  return page.getByRole("dialog", { name: "Export" });
}

/** The button that gives the file, once it says how large that is. */
function exportButton(page: Page) {
  return dialog(page).getByRole("button", { name: /^Export [\d.]+ [KMG]?B$/u });
}

async function openDialog(page: Page, filter = ""): Promise<void> {
  await page.goto(`${demo.ui}&filter=${encodeURIComponent(filter)}`);
  await expect(page.getByRole("grid", { name: "Invocations" }).getByRole("row").nth(1)).toBeVisible();
  await page.getByRole("button", { name: "Export…" }).click();
  await expect(exportButton(page)).toBeVisible();
}

/** What the row of that kind says leaves. */
async function leaves(page: Page, kind: string): Promise<number> {
  const row = dialog(page).getByRole("row", { name: new RegExp(`^${kind} `, "u") });
  return Number(await row.getByRole("cell").first().textContent());
}

async function download(page: Page, name: string): Promise<string> {
  const tickets: string[] = [];
  page.on("request", (request) => tickets.push(...(/ticket/u.test(request.url()) ? [request.url()] : [])));
  // Two clicks before the page hears of the ticket for the first.
  const clickTwice = () =>
    exportButton(page).evaluate(async (button: HTMLElement) => {
      button.click();
      await Promise.resolve();
      button.click();
    });
  const [taken] = await Promise.all([page.waitForEvent("download"), clickTwice()]);
  const file = join(state.path, name);
  await taken.saveAs(file);
  await expect(dialog(page).getByText(/^The browser has taken all/u)).toBeVisible();
  expect(tickets).toHaveLength(1);
  return file;
}

test("says what leaves and what was replaced, each place reachable, and gives just that", async ({ page }) => {
  await openDialog(page);
  await dialog(page)
    .getByRole("checkbox", { name: /^Compressed/u })
    .uncheck();
  await expect(dialog(page).getByRole("heading", { name: /\.inspector$/u })).toBeVisible();
  await expect(exportButton(page)).toBeVisible();
  const messages = await leaves(page, "Messages");
  const logs = await leaves(page, "Logs");
  const size = await dialog(page)
    .getByTitle(/bytes$/u)
    .getAttribute("title");
  const replaced = dialog(page).getByRole("region", { name: "What was replaced" });
  await replaced.getByText("RpcHttp.body").click();
  const place = replaced.getByRole("link", { name: /^message \d+$/u }).first();
  const [tab] = await Promise.all([page.waitForEvent("popup"), place.click()]);
  await expect(tab.getByRole("region", { name: "Message" })).toBeVisible();
  await tab.close();

  const file = await download(page, "safe.inspector");
  expect(size?.replaceAll(/\D/gu, "")).toBe(String(statSync(file).size));
  const exported = await exportSession(file, state.path);
  expect(exported).toHaveLength(messages);
  expect(exported.filter(({ kind }) => kind === "rpc_log")).toHaveLength(logs);
  expect(JSON.stringify(exported)).not.toContain("never-to-be-seen");
});

test("takes the filter's invocations, own words, a window of time, and what is left out", async ({ page, context }) => {
  await context.grantPermissions(["clipboard-read", "clipboard-write"]);
  await openDialog(page, "fn:hello");
  await expect(dialog(page).getByRole("radio", { name: /fn:hello/u })).toBeChecked();
  expect(await leaves(page, "Invocations")).toBe(2);
  await dialog(page).getByRole("checkbox", { name: "Output of processes" }).check();
  await dialog(page)
    .getByRole("textbox", { name: /^Your own words/u })
    .fill("hello");
  const own = dialog(page).getByRole("region", { name: "By your own words" });
  await expect(own.getByText("own words", { exact: true })).toBeVisible();
  await expect(dialog(page).getByRole("row", { name: /^Output of processes 0/u })).toBeVisible();

  // The command is of what is chosen now, though nothing is prepared for it yet.
  await dialog(page).getByRole("group", { name: "What" }).getByRole("spinbutton", { name: "From, in s" }).fill("86400");
  await dialog(page).getByRole("button", { name: "Copy as a command" }).click();
  await expect.poll(() => page.evaluate("navigator.clipboard.readText()")).toContain("at:>=86400s");
  await expect(dialog(page).getByRole("row", { name: /^Invocations 0/u })).toBeVisible();
  await dialog(page)
    .getByRole("textbox", { name: /^Your own words/u })
    .fill("/(/");
  await expect(dialog(page).getByRole("alert")).toContainText("is no regular expression");
});

test("leaves everything in only where that was typed, and the file says so when it is opened", async ({ page }) => {
  await openDialog(page);
  await dialog(page)
    .getByRole("checkbox", { name: /^Compressed/u })
    .uncheck();
  await dialog(page).getByRole("button", { name: "none" }).click();
  await expect(dialog(page).getByText(/^Nothing is prepared/u)).toBeVisible();
  await expect(exportButton(page)).toBeHidden();
  await dialog(page)
    .getByRole("textbox", { name: /^Type no-redact/u })
    .fill("no-redact");
  await expect(exportButton(page)).toBeVisible();
  await expect(dialog(page).getByRole("alert")).toContainText("every secret that crossed");
  await expectNoViolations(page, "an export without redaction", { within: "dialog[open]" });
  const file = await download(page, "bare.inspector");
  const opened = await startInspector(["open", file], state.path);
  await page.goto(opened.ui);
  await expect(page.getByText("This file was exported without redaction.")).toBeVisible();
  await expect(page.getByText("not redacted", { exact: true })).toBeVisible();
  await opened.stop();
});

test("is worked by keys, and fits a phone", async ({ page }) => {
  await page.goto(demo.ui);
  await page.getByRole("button", { name: "Export…" }).press("Enter");
  await expect(exportButton(page)).toBeVisible();
  await expectNoViolations(page, "the export", { within: "dialog[open]" });
  await page.setViewportSize({ width: 390, height: 900 });
  const fits = await dialog(page).evaluate((node) => node.scrollWidth <= node.clientWidth);
  expect(fits).toBe(true);
  await page.keyboard.press("Escape");
  await expect(dialog(page)).toBeHidden();
  await expect(page.getByRole("button", { name: "Export…" })).toBeFocused();
  await page.keyboard.press("Control+k");
  await page.keyboard.type("export");
  await page.keyboard.press("Enter");
  await expect(dialog(page)).toBeVisible();
});

test("an OpenTelemetry endpoint is told of invocations as they end", async () => {
  const traces = () => told.filter((request) => request.startsWith("/v1/traces ")).join();
  // What is not answered in time is sent again.
  await expect.poll(() => traces().match(/"name":"hello"/gu)?.length).toBeGreaterThanOrEqual(2);
  await expect.poll(() => told.some((request) => request.startsWith("/v1/logs "))).toBe(true);
  expect(told.join()).not.toContain("never-to-be-seen");
});

test("says that what was prepared is gone with the hub, and prepares it again", async ({ page }) => {
  await openDialog(page);
  demo.signalHub("SIGKILL");
  await expect(dialog(page).getByRole("alert")).toContainText("The inspector ended, or was started anew");
  await expect(exportButton(page)).toBeHidden();
  await expect(async () => {
    await dialog(page).getByRole("button", { name: "Prepare again" }).click();
    await expect(exportButton(page)).toBeVisible({ timeout: 10_000 });
  }).toPass();
});
