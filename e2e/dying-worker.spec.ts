/** What every view says of a worker that never became ready. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "@playwright/test";
import { startInspector, temporaryFolder } from "./inspector-process.ts";
import { openView } from "./replay-page.ts";
import { grid } from "./workbench-page.ts";

for (const { how, code, said } of [
  {
    how: "ends its process",
    code: 'console.error("Cannot start: ORDERS_DB is missing"); process.exit(1);',
    said: /exit(?:ed)? .*code 1/u,
  },
  { how: "throws", code: 'throw new Error("Cannot start: ORDERS_DB is missing");', said: /never became ready/u },
]) {
  test(`a worker whose app ${how} at the start gets a verdict with the cause as it was said`, async ({ page }) => {
    const app = temporaryFolder();
    writeFileSync(join(app.path, "host.json"), '{"version":"2.0"}');
    writeFileSync(join(app.path, "package.json"), '{"name":"orders","main":"index.js"}');
    writeFileSync(join(app.path, "index.js"), code);
    const hosted = await startInspector(["host", app.path, "--http", "0", "--no-watch"], app.path);
    await page.goto(hosted.ui);
    const strip = page.getByRole("status").filter({ hasText: said });
    await expect(strip).toContainText("Cannot start: ORDERS_DB is missing");
    await strip.getByRole("button", { name: "Why" }).click();
    await expect(page.getByRole("main", { name: "Workers" })).toBeVisible();
    const verdict = page.getByRole("region", { name: "Verdict" }).first();
    await expect(verdict.getByRole("heading", { level: 2 })).toHaveText(said);
    await expect(verdict).toContainText("Cannot start: ORDERS_DB is missing");
    await expect(verdict).toContainText("What to try");
    // Header, list and captions answer one question alike.
    await expect(page.getByRole("banner").getByRole("list", { name: "Workers" })).toContainText("never became ready");
    await expect(grid(page, "Workers").getByText("never became ready").first()).toBeVisible();
    await openView(page, "Invocations");
    await expect(
      grid(page, "Invocations")
        .getByText(/never became ready/u)
        .first(),
    ).toBeVisible();
    await hosted.stop();
    app.remove();
  });
}
