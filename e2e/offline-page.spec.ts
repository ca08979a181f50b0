/** The page without a server: as an export with a session in it, opened from the disk, and as a file that any server serves. */
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { gzipSync } from "node:zlib";
import { capturedPacket, captureHeader } from "@inspector/hub/export/packets";
import { loadRecording } from "@inspector/testkit";
import { expect, type Locator, type Page, test } from "@playwright/test";
import { binaryLogOf } from "../apps/proxy/testing/binary-log-file.ts";
import { packetsOf, pcapOf } from "../apps/proxy/testing/capture-file.ts";
import { zipOf } from "../apps/proxy/testing/zip-file.ts";
import { COMMAND, startInspector, type TemporaryFolder, temporaryFolder } from "./inspector-process.ts";
import { expectNoViolations } from "./no-violations.ts";

const PAGE = fileURLToPath(new URL("../apps/proxy/dist/page-offline/index.html", import.meta.url));
const OLDER = fileURLToPath(new URL("../packages/session/fixtures/v7.inspector.gz", import.meta.url));
const MARKUP = "</script><script>document.title='run'</script>";

let state: TemporaryFolder;
let session: string;
let exported: string;
let server: Server;

test.beforeAll(async () => {
  state = temporaryFolder();
  const demo = await startInspector(["demo", "--quiet"], state.path);
  await fetch(`${demo.http}/api/hello?name=Ada`);
  await fetch(`${demo.http}/api/hello?name=${encodeURIComponent(MARKUP)}`);
  await fetch(`${demo.http}/admin/functions/resize`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ input: '{"picture":"alps.jpg","width":9000,"height":6000}' }),
  });
  await demo.stop();
  session = demo.session;
  exported = join(state.path, "exported.html");
  execFileSync(process.execPath, [COMMAND, "export", session, "--format", "html", "--output", exported]);
  server = createServer(({ url }, response) => {
    response.setHeader("content-type", "text/html");
    if (url === "/report") {
      response.end(
        '<iframe src="/exported" title="report" sandbox="allow-scripts" width="1200" height="800"></iframe>',
      );
    } else {
      response.end(readFileSync(url === "/exported" ? exported : PAGE));
    }
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
});

test.afterAll(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  state.remove();
});

/** Opens a page that must ask for nothing but itself. @returns what it asked for all the same, or complained of */
async function openAlone(page: Page, url: string): Promise<readonly string[]> {
  const said: string[] = [];
  page.on("request", (request) => {
    if (request.url() !== url && !request.url().startsWith("data:")) {
      said.push(request.url());
    }
  });
  page.on("console", (message) => said.push(message.text()));
  page.on("pageerror", (error) => said.push(String(error)));
  await page.goto(url);
  return said;
}

async function openView(page: Page, title: string): Promise<void> {
  await page.getByRole("navigation", { name: "Views" }).getByRole("link", { name: title }).click();
  await expect(page.getByRole("main", { name: title })).toBeVisible();
}

function row(page: Page, list: string, name: RegExp): Locator {
  return page.getByRole("grid", { name: list, exact: true }).getByRole("row", { name }).first();
}

/** As when somebody drops a file on the page. */
async function drop(page: Page, name: string, bytes: Buffer): Promise<void> {
  const files = await page.evaluateHandle(
    ([name = "", base64 = ""]) => {
      const transfer = new DataTransfer();
      transfer.items.add(new File([Uint8Array.from(atob(base64), (char) => char.charCodeAt(0))], name));
      return transfer;
    },
    [name, bytes.toString("base64")],
  );
  await page.dispatchEvent("body", "drop", { dataTransfer: files });
}

/** Files of that size give their bytes again and again, slowly. */
function giveNoEnd(size: number): void {
  const { stream } = Blob.prototype;
  Blob.prototype.stream = function (this: Blob) {
    return this.size === size ? new ReadableStream({ pull: (to) => again(this, to) }) : stream.call(this);
  };
  async function again(file: Blob, to: ReadableStreamDefaultController): Promise<void> {
    const bytes = new Uint8Array(await file.arrayBuffer());
    await new Promise((resolve) => setTimeout(resolve, 20));
    to.enqueue(bytes);
  }
}

test("an exported page shows its session from the disk, and asks nobody for anything", async ({ page }) => {
  const said = await openAlone(page, pathToFileURL(exported).href);
  await expect(row(page, "Invocations", /hello.*GET \/api\/hello.*http.*200/u)).toBeVisible();
  await expect(page.getByRole("banner")).toContainText("redacted (safe)");
  await expect(page.getByRole("contentinfo")).toContainText("without a server: nothing is recorded, held or replayed");
  await expect(page.getByRole("link", { name: "Holds" })).toHaveCount(0);
  await page.getByRole("combobox", { name: "Filter" }).fill("status:failed");
  await expect(row(page, "Invocations", /resize.*needs/u)).toBeVisible();
  await expect(row(page, "Invocations", /hello/u)).toHaveCount(0);
  await row(page, "Invocations", /resize/u).click();
  const pane = page.getByRole("region", { name: "Invocation" });
  await pane.getByRole("tab", { name: "Response" }).click();
  await expect(pane.getByRole("tabpanel")).toContainText("pixels");
  await expect(pane.getByRole("tab", { name: "Replay" })).toHaveCount(0);
  await expect(pane.getByRole("button", { name: /^Replay/u })).toHaveCount(0);
  await pane.getByRole("tab", { name: "Raw" }).click();
  await expect(pane.getByRole("tabpanel")).toContainText("bytes as they crossed");
  await expectNoViolations(page, "an invocation without a server");
  await page.getByRole("combobox", { name: "Filter" }).fill("fn:(");
  await expect(page.getByRole("combobox", { name: "Filter" })).toHaveAttribute("aria-invalid", "true");
  await page.getByRole("combobox", { name: "Filter" }).fill("");
  await expect(row(page, "Invocations", /hello/u)).toBeVisible();
  await openView(page, "Sessions");
  const headings = await page.getByRole("grid", { name: "Sessions" }).getByRole("columnheader").allInnerTexts();
  const failed = headings.findIndex((heading) => heading.startsWith("Failed"));
  await expect(page.getByRole("grid").getByRole("row").nth(1).getByRole("gridcell").nth(failed)).toHaveText("1");
  await openView(page, "Problems");
  await expect(row(page, "Problems", /resize/u)).toBeVisible();
  await page.keyboard.press("?");
  const help = page.getByRole("dialog", { name: "Keyboard" });
  await expect(help.getByText("Next failure")).toBeVisible();
  await expect(help.getByText(/Rename|Replay|Holds|Follow/u)).toHaveCount(0);
  await page.keyboard.press("Escape");
  await openView(page, "Messages");
  await page.getByRole("combobox", { name: "Filter" }).fill("kind:invocation_request fn:hello");
  await row(page, "Messages", /invocation_request/u).click();
  await expect(page.getByRole("tabpanel")).toContainText("‹secret-");
  await expect(page.getByRole("button", { name: /replay|hold|export/iu })).toHaveCount(0);
  await page.goBack();
  await expect(page.getByRole("main", { name: "Problems" })).toBeVisible();
  await openView(page, "Logs");
  await page.getByRole("combobox", { name: "Filter" }).fill("fn:resize -is:system");
  await row(page, "Logs", /resize/u).click();
  await expect(page.getByRole("region", { name: "Message", exact: true })).toContainText("rpc_log");
  await page.keyboard.press("Escape");
  await page.getByRole("button", { name: "Find", exact: true }).click();
  const find = page.getByRole("search", { name: "Find in the log" });
  await find.getByRole("textbox").fill("resize");
  await expect(find.getByRole("status")).toHaveText(/^(\d+ of )?\d+ lines?$/u);
  await openView(page, "Invocations");
  await page.getByRole("combobox", { name: "Filter" }).fill("fn:resize OR fn:hello");
  await page.keyboard.press("Enter");
  await row(page, "Invocations", /resize.*needs/u).click();
  await page.keyboard.press("x");
  await row(page, "Invocations", /hello.*GET/u).click();
  await page.keyboard.press("c");
  await expect(pane.getByRole("tab", { name: "Compare" })).toHaveAttribute("aria-selected", "true");
  await expect(pane.getByRole("tabpanel")).toContainText("needs");
  expect(said).toEqual([]);
});

test("a page from any server opens files that are dropped on it, and compares two of them", async ({ page }) => {
  const { port } = server.address() as AddressInfo;
  const said = await openAlone(page, `http://127.0.0.1:${port}/`);
  await expect(page.getByRole("heading", { name: "inspector" })).toBeVisible();
  await expectNoViolations(page, "a page without a session");
  await drop(page, "notes.txt", Buffer.from("no session"));
  await expect(page.getByRole("alert")).toContainText("notes.txt is not a session");
  await expect(page.getByRole("alert")).toContainText("a capture of packets (pcap, pcapng), a gRPC binary log");
  await drop(page, "shared.html", readFileSync(exported));
  await expect(page.getByRole("alert")).toHaveCount(0);
  await expect(page.getByRole("banner")).toContainText("redacted (safe)");
  await drop(page, "today.inspector", readFileSync(session));
  await expect(page.getByRole("alert")).toHaveCount(0);
  await row(page, "Invocations", /hello.*script/u).click();
  const pane = page.getByRole("region", { name: "Invocation" });
  await expect(pane.getByRole("tabpanel")).toContainText(MARKUP);
  await expect(page).toHaveTitle(/inspector/u);
  await openView(page, "Sessions");
  const [chooser] = await Promise.all([
    page.waitForEvent("filechooser"),
    page.getByRole("button", { name: "Add a file" }).click(),
  ]);
  await chooser.setFiles(OLDER);
  await expect(row(page, "Invocations", /init.*node/u)).toBeVisible();
  await openView(page, "Sessions");
  await page.getByRole("checkbox", { name: "Compare today" }).check();
  await page.getByRole("checkbox", { name: "Compare v7" }).check();
  await page.getByRole("button", { name: "Compare" }).click();
  await expect(page.getByRole("region", { name: "Sessions compared" })).toContainText("httpGet");
  await expect(page.getByRole("region", { name: "Sessions compared" })).toContainText("resize");
  await expectNoViolations(page, "a comparison without a server");
  await page.getByRole("button", { name: "Sessions" }).click();
  await row(page, "Sessions", /today/u).dblclick();
  await expect(row(page, "Invocations", /hello/u)).toBeVisible();
  expect(said).toEqual([]);
});

test("a page from any server makes sessions of a capture, a log and an archive, and refuses what is damaged", async ({
  page,
}) => {
  const { chunks, messages } = loadRecording("node/legacy-function-json");
  const capture = Buffer.concat([
    captureHeader("test"),
    ...packetsOf(chunks).map(({ at, bytes }) => capturedPacket(at, bytes)),
  ]);
  const log = gzipSync(binaryLogOf(messages));
  const archive = zipOf([{ path: "days/monday.pcap", content: pcapOf(packetsOf(chunks)) }]);
  const { port } = server.address() as AddressInfo;
  const said = await openAlone(page, `http://127.0.0.1:${port}/`);
  await expect(page.getByRole("heading", { name: "inspector" })).toBeVisible();
  await drop(page, "damaged.pcapng", capture.subarray(0, 600));
  await expect(page.getByRole("alert")).toContainText("damaged.pcapng is a capture without a message: it is cut off.");
  for (const [name, bytes] of [
    ["traffic.zip", archive],
    ["calls.binlog.gz", log],
    ["traffic.pcapng", capture.subarray(0, -10)],
  ] as const) {
    await drop(page, name, bytes);
    await expect(page.getByRole("banner")).toContainText(name);
    await expect(page.getByRole("alert")).toHaveCount(0);
    await expect(row(page, "Invocations", /HttpHello.*POST/u)).toBeVisible();
  }
  const remark = `traffic.pcapng: ${messages.length} messages of a capture; it is cut off: what stands before that was read.`;
  await expect(page.getByText(remark)).toBeVisible();
  await expectNoViolations(page, "a session made of a capture");
  await drop(page, "cut.gz", log.subarray(0, 900));
  await expect(page.getByRole("alert")).toContainText("cut.gz cannot be unpacked");
  await openView(page, "Sessions");
  for (const name of ["traffic", "calls", "monday"]) {
    await expect(row(page, "Sessions", new RegExp(name, "u"))).toBeVisible();
  }
  expect(said).toEqual([]);
});

test("what is opened can be cancelled, by a button and by Escape, which closes nothing else meanwhile", async ({
  page,
}) => {
  const lines = Buffer.from(
    `${JSON.stringify({ seq: 1, at: 1, stream: 1, from: "host", size: 0, bytes: "" })}\n`.repeat(50),
  );
  await page.addInitScript(giveNoEnd, lines.length);
  const said = await openAlone(page, `http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
  const opening = page.getByRole("status").filter({ hasText: "Opening endless.ndjson" });
  const cancel = page.getByRole("button", { name: "Cancel" });
  const start = page.getByRole("button", { name: "Open a file …" });
  await expect(start).toBeVisible();
  await drop(page, "endless.ndjson", lines);
  await expect(opening).toBeVisible();
  await expectNoViolations(page, "a file that is opened");
  await cancel.click();
  await expect(start).toBeVisible();
  await drop(page, "endless.ndjson", lines);
  await expect(opening).toBeVisible();
  await page.keyboard.press("Escape");
  await expect(start).toBeVisible();
  await drop(page, "endless.ndjson", lines);
  await expect(opening).toBeVisible();
  await drop(page, "today.inspector", readFileSync(session));
  await row(page, "Invocations", /hello.*script/u).click();
  await expect(opening).toHaveCount(0);
  const pane = page.getByRole("region", { name: "Invocation" });
  await expect(pane).toBeVisible();
  await drop(page, "endless.ndjson", lines);
  await expect(opening).toBeVisible();
  await page.keyboard.press("Escape");
  await expect(opening).toHaveCount(0);
  await expect(cancel).toHaveCount(0);
  await expect(pane).toBeVisible();
  await page.keyboard.press("Escape");
  await expect(pane).toHaveCount(0);
  await expect(page.getByRole("alert")).toHaveCount(0);
  await openView(page, "Sessions");
  await expect(row(page, "Sessions", /today/u)).toBeVisible();
  await expect(row(page, "Sessions", /endless/u)).toHaveCount(0);
  expect(said).toEqual([]);
});

test("an exported page in a sandboxed frame, which keeps nothing, shows its session all the same", async ({ page }) => {
  const errors: string[] = [];
  page.on("pageerror", (error) => errors.push(String(error)));
  await page.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/report`);
  const report = page.frameLocator("iframe");
  await expect(report.getByRole("row", { name: /resize.*needs/u }).first()).toBeVisible();
  await report.getByRole("button", { name: /^Theme/u }).click();
  await expect(report.locator("html")).toHaveAttribute("data-theme", "light");
  expect(errors).toEqual([]);
});
