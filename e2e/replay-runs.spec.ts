/** Replays that do not go as planned, and edits that are left for a while, with the sample app of the built command behind the page. */

import { join } from "node:path";
import { expect, type Page, test } from "@playwright/test";
import { workerPid } from "./hub-api.ts";
import { type InspectorProcess, startInspector, type TemporaryFolder, temporaryFolder } from "./inspector-process.ts";
import { expectNoViolations } from "./no-violations.ts";
import { openView, press, row, sendButton } from "./replay-page.ts";

let state: TemporaryFolder;
let demo: InspectorProcess;

test.beforeEach(async ({ page }) => {
  state = temporaryFolder();
  demo = await startInspector(["demo", "--quiet", "--session", join(state.path, "runs.inspector")], state.path);
  await page.goto(demo.ui);
});

test.afterEach(async () => {
  await demo.stop();
  state.remove();
});

/** Opens a short invocation for replays that take so many milliseconds. */
async function editSlow(page: Page, milliseconds: number): Promise<void> {
  await fetch(`${demo.http}/api/slow?ms=40`);
  await row(page, /slow.*200/u).click();
  await page.keyboard.press("e");
  await page.getByRole("textbox", { name: "Value of query parameter ms" }).fill(String(milliseconds));
}

async function sendTen(page: Page): Promise<void> {
  await page.getByRole("spinbutton", { name: "Times" }).fill("10");
  await press(sendButton(page));
  await expect(page.getByRole("table", { name: "Replays" })).toContainText("in flight");
}

test("a run whose worker ends says what was not sent, and takes no missing answer for one that differs", async ({
  page,
}) => {
  await editSlow(page, 60_000);
  await sendTen(page);
  await expect(page.getByText("edited, 1 of 10 sent")).toBeVisible();
  process.kill(await workerPid(demo), "SIGKILL");
  await expect(page.getByText("edited, 1 of 10 sent, 1 failed; the worker's stream ended: 9 not sent")).toBeVisible();
  await expect(page.getByText("1 replay got no answer.")).toBeVisible();
  await expect(page.getByRole("table", { name: "Replays" }).getByRole("row", { name: /lost/u })).toContainText(
    "no answer",
  );
  await expect(page.getByRole("table", { name: "Differences" })).toHaveCount(0);
  await expectNoViolations(page, "A run that ended early", { within: '[aria-label="Invocation"]' });
});

test("a run that is stopped says what is still in flight, and that its worker was not asked to cancel", async ({
  page,
}) => {
  await editSlow(page, 60_000);
  await sendTen(page);
  await page.getByRole("button", { name: "Stop and cancel" }).click();
  await expect(page.getByText("edited, 1 of 10 sent, 1 still in flight; cancelled: 9 not sent")).toBeVisible();
  await expect(
    page.getByText(
      /^1 is still in flight\. The worker declares no HandlesInvocationCancelMessage.* until 60\.0 s after/u,
    ),
  ).toBeVisible();
});

test("why a run could not be stopped is said", async ({ page }) => {
  await editSlow(page, 60_000);
  await sendTen(page);
  const error = { code: "no-such-run", message: "There is no replay 1", hint: "The hub may have been started anew." };
  await page.route(/\/cancel$/u, (route) => route.fulfill({ status: 404, json: { error } }));
  await page.getByRole("button", { name: "Stop and cancel" }).click();
  await expect(page.getByRole("alert").filter({ hasText: "There is no replay 1" })).toContainText("started anew");
});

test("a run whose hub is gone is not sent any further, and says so", async ({ page }) => {
  await editSlow(page, 60_000);
  await sendTen(page);
  demo.signalHub("SIGKILL");
  await expect(
    page.getByText("The inspector's hub restarted. Replays that were not sent yet were dropped"),
  ).toBeVisible();
  await expect(page.getByText("edited, 1 of 10 sent; the hub restarted")).toBeVisible();
  await expect(page.getByRole("button", { name: "Stop and cancel" })).toHaveCount(0);
  await expect(page.getByRole("table", { name: "Replays" })).toContainText("not followed");
});

test("a replay that timed out has no answer, and one that comes later is said to be too late", async ({ page }) => {
  await editSlow(page, 41);
  await page.getByRole("spinbutton", { name: "Time-out" }).fill("1");
  // It answers when it is let go.
  const pid = await workerPid(demo);
  process.kill(pid, "SIGSTOP");
  await press(sendButton(page));
  const comparison = page.getByRole("region", { name: "Recorded and replayed answer" });
  await expect(comparison.locator("dl")).toContainText("no answer");
  await expect(comparison).toContainText("One of the answers is missing, so there is no comparison");
  await expect(comparison.locator("dl")).not.toContainText("in flight");
  process.kill(pid, "SIGCONT");
  await expect(page.getByText(/The answer came after \d+(\.\d+)? s, too late\./u)).toBeVisible();
  await expect(comparison.locator("dl")).toContainText("200");
});

/** And waits for them: until they are loaded, what was there before is only hidden. */
async function visitWorkers(page: Page): Promise<void> {
  await openView(page, "Workers");
  await expect(page.getByRole("grid", { name: "Workers" }).getByRole("row").nth(1)).toBeVisible();
  await openView(page, "Invocations");
}

test("an edited request is found as it was left after another view, until its edits are undone", async ({ page }) => {
  const ms = page.getByRole("textbox", { name: "Value of query parameter ms" });
  const tab = page.getByRole("tab", { name: "Replay" });
  await editSlow(page, 77);
  await visitWorkers(page);
  await tab.click();
  await expect(ms).toHaveValue("77");
  await page.getByRole("button", { name: "Undo the edits" }).click();
  await visitWorkers(page);
  await tab.click();
  await expect(sendButton(page)).toBeVisible();
  await expect(ms).toHaveCount(0);
});
