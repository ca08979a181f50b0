/** Values in shared memory in the page: a host and a worker on grpcio of our own, and the built command between them. */
import { join } from "node:path";
import { expect, type Locator, type Page, test } from "@playwright/test";
import { type InspectorProcess, startInspector, type TemporaryFolder, temporaryFolder } from "./inspector-process.ts";
import { expectNoViolations } from "./no-violations.ts";
import { prepare, type Toolchain } from "./peers/toolchains.ts";
import { type SharingHost, sharingIn, startSharingHost, startSharingWorker } from "./shared-memory-host.ts";

let python: Toolchain;
let folder: TemporaryFolder;
let host: SharingHost;
let inspector: InspectorProcess;
let stopWorker: () => Promise<void>;

test.beforeAll(async () => {
  test.setTimeout(300_000);
  python = await prepare("python");
});

test.beforeEach(async ({ page }) => {
  test.skip(python.missing !== undefined, python.missing);
  folder = temporaryFolder();
  const root = join(folder.path, "shm");
  host = await startSharingHost(root);
  const args = ["--listen", "0", "--upstream", `127.0.0.1:${host.port}`, "--no-open"];
  inspector = await startInspector(args, folder.path, sharingIn(root));
  stopWorker = startSharingWorker(python, inspector.listen, root);
  await host.ready;
  await page.goto(inspector.ui);
});

test.afterEach(async () => {
  await stopWorker?.();
  await inspector?.stop();
  host?.close();
  folder?.remove();
});

/** A little more than what is shown of a value. */
const LINES = Array.from({ length: 30_000 }, (_, n) => `line ${n} of a blob in shared memory`).join("\n");

function row(page: Page, name: RegExp): Locator {
  return page.getByRole("grid", { name: "Invocations", exact: true }).getByRole("row", { name });
}

test("what was in shared memory is shown, sent again, and its answer compared, long after both sides have freed it", async ({
  page,
}) => {
  await host.invoke(Buffer.from(LINES));
  await row(page, /backwards in succeeded/u).click();
  const content = page.getByRole("region", { name: "Content" });
  await expect(content).toContainText("shared memory");
  await expect(content).toContainText("line 0 of a blob in shared memory");
  await expect(content).toContainText("The first 1 MB of");
  await expectNoViolations(page, "Shared memory");
  await page.getByRole("tab", { name: /^Response/u }).click();
  await expect(content).toContainText("yromem derahs ni bolb a fo");
  const heard = host.heard.length;
  await page.keyboard.press("r");
  await page.getByRole("region", { name: "Replay" }).getByRole("button", { name: /^Send/u }).click();
  await expect(page.getByText("The answers say the same.")).toBeVisible();
  await expect(row(page, /backwards.*replay.*succeeded/u)).toBeVisible();
  await page.getByRole("button", { name: "Edit", exact: true }).click();
  await page.getByRole("button", { name: "Edit it too" }).click();
  const editor = page.getByRole("region", { name: "Input in" }).getByRole("textbox").first();
  await editor.focus();
  await page.keyboard.press("Control+A");
  await page.keyboard.insertText("short");
  await page.keyboard.press("Control+Enter");
  const changed = page.getByRole("table", { name: "Differences" }).getByRole("row", { name: /^outputs/u });
  await expect(changed).toContainText("trohs");
  await expect.poll(() => host.maps()).toEqual([]);
  expect(host.heard.slice(heard)).toEqual([]);
});
