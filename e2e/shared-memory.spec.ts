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

const INLINED = /\/api\/messages\/\d+\?memory=inline$/u;

/** As of values that are too large to stand within a message. */
async function keepValuesOut(page: Page): Promise<void> {
  await page.route(INLINED, (route) => route.continue({ url: route.request().url().replace("?memory=inline", "") }));
}

function replay(page: Page): Locator {
  return page.getByRole("region", { name: "Replay", exact: true });
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
  await expectNoViolations(page, "Shared memory", { within: '[aria-label="Invocation"]' });
  await page.getByRole("tab", { name: /^Response/u }).click();
  await expect(content).toContainText("yromem derahs ni bolb a fo");
  await expect.poll(() => host.heard.at(-1)).toBe("closeSharedMemoryResourcesResponse");
  const heard = host.heard.length;
  await page.keyboard.press("r");
  await page.getByRole("region", { name: "Replay" }).getByRole("button", { name: /^Send/u }).click();
  await expect(page.getByText("The answers say the same.")).toBeVisible();
  await expect(row(page, /backwards.*replay.*succeeded/u)).toBeVisible();
  await page.getByRole("button", { name: "Edit", exact: true }).click();
  await page.getByRole("button", { name: "Edit it too" }).click();
  await page.getByRole("button", { name: "Edit as text anyway" }).click();
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

test("values that are not within the messages are told not to be compared, edited or given to the host", async ({
  page,
}) => {
  await keepValuesOut(page);
  await host.invoke(Buffer.from("a blob"));
  await row(page, /backwards in succeeded/u).click();
  await page.keyboard.press("e");
  await expect(replay(page)).toContainText("Values in shared memory are sent as they were recorded.");
  await page.getByRole("button", { name: "Edit it too" }).click();
  await expect(replay(page).getByRole("alert")).toHaveText("Too large to edit here, or without a complete copy: in.");
  await replay(page).getByRole("button", { name: /^Send/u }).click();
  await expect(page.getByText("Values in shared memory were not compared: too large, or not copied.")).toBeVisible();
  await expect(page.getByText("The compared parts of the answers are the same.")).toBeVisible();
  await expect(page.getByText("The answers say the same.")).toHaveCount(0);
  await replay(page).getByRole("spinbutton", { name: "Times" }).fill("2");
  await replay(page).getByRole("button", { name: /^Send/u }).click();
  await expect(replay(page).getByRole("row", { name: /succeeded.*same, as far as compared/u })).toHaveCount(2);
  await row(page, /backwards in succeeded/u)
    .first()
    .click();
  await page.getByRole("button", { name: "Answer the next of backwards like this" }).click();
  const answer = page.getByRole("region", { name: "The answer" });
  await expect(answer).toContainText("The value of out is in shared memory that was freed");
});

test("what is typed while a value in shared memory is loaded stays in the message", async ({ page }) => {
  let open = (): void => {};
  const gate = new Promise<void>((resolve) => {
    open = resolve;
  });
  await host.invoke(Buffer.from("a blob"));
  await row(page, /backwards in succeeded/u).click();
  await page.keyboard.press("e");
  await page.route(INLINED, async (route) => {
    await gate;
    await route.continue();
  });
  await page.getByRole("button", { name: "Edit it too" }).click();
  const editor = replay(page).getByRole("textbox", { name: "Message as JSON" });
  await editor.focus();
  await page.keyboard.press("Control+A");
  await page.keyboard.press("ArrowLeft");
  await page.keyboard.press("ArrowRight");
  await page.keyboard.insertText('"requestId": "typed meanwhile", ');
  open();
  await expect(replay(page).getByRole("region", { name: "Input in" })).toBeVisible();
  await replay(page).getByRole("button", { name: "JSON", exact: true }).click();
  await expect(replay(page).getByText("typed meanwhile")).toBeVisible();
});

test("a run's answers are compared once their shared memory is copied, and differ in nothing before", async ({
  page,
}) => {
  let isCopied = false;
  await host.invoke(Buffer.from("a blob"));
  await row(page, /backwards in succeeded/u).click();
  await page.keyboard.press("r");
  await replay(page).getByRole("spinbutton", { name: "Times" }).fill("2");
  // The recorded answer is here by now; those of the replays come in part.
  await page.route(INLINED, async (route) => {
    if (isCopied) {
      return route.continue();
    }
    const outside = await route.fetch({ url: route.request().url().replace("?memory=inline", "") });
    const { memory = [], ...detail } = await outside.json();
    const part = memory.map((copy: object) => ({ ...copy, stored: 0 }));
    await route.fulfill({ json: { ...detail, memory: part } });
  });
  await replay(page).getByRole("button", { name: /^Send/u }).click();
  await expect(replay(page).getByRole("row", { name: /succeeded/u })).toHaveCount(2);
  await expect(replay(page).getByText("No answer is compared yet.")).toBeVisible();
  isCopied = true;
  await expect(replay(page).getByText("2 answers compared, all the same as the recorded one.")).toBeVisible();
});
