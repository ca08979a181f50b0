/** A session of a million messages, opened from its file. */
import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { KIND } from "@inspector/proto";
import { DatabaseSync } from "@photostructure/sqlite";
import { expect, test } from "@playwright/test";
import { startInspector, temporaryFolder } from "./inspector-process.ts";

const GENERATOR = fileURLToPath(new URL("../bench/session.mjs", import.meta.url));
const GENERATED = 100_000;
const MESSAGES = 10 * GENERATED;

test("a million messages: the first and the last row, a filter, and few rows in the document", async ({ page }) => {
  test.setTimeout(300_000);
  const folder = temporaryFolder();
  const file = join(folder.path, "million.inspector");
  execFileSync(process.execPath, [GENERATOR, "generate", file, String(GENERATED)], { stdio: "ignore" });
  repeatRows(file);
  const inspector = await startInspector(["open", file], folder.path);
  try {
    await page.goto(inspector.ui);
    await page.getByRole("navigation", { name: "Views" }).getByText("Messages").click();
    const grid = page.getByRole("grid", { name: "Messages" });
    // What was begun with the last message is ended too, so there are a few more.
    const last = await lastOf(inspector.ui);
    expect(last).toBeGreaterThanOrEqual(MESSAGES);
    await expect(grid).toHaveAttribute("aria-rowcount", String(last + 1), { timeout: 60_000 });
    await grid.focus();
    await page.keyboard.press("Home");
    await expect(grid.getByRole("row", { name: /start_stream/u }).first()).toBeVisible();
    await page.keyboard.press("End");
    await expect(grid.locator(`[aria-rowindex="${last + 1}"]`)).toBeVisible();
    expect(await grid.getByRole("row").count()).toBeLessThanOrEqual(100);

    await page.getByRole("combobox", { name: /filter/iu }).fill("kind:start_stream");
    await page.keyboard.press("Enter");
    await expect(grid).toHaveAttribute("aria-rowcount", "3", { timeout: 60_000 });
    await expect(grid.getByRole("row", { name: /start_stream/u })).toHaveCount(2);
  } finally {
    // In the middle of building the text index, most likely: that has to end in order too.
    expect(await inspector.stop()).toBe(0);
    expect(inspector.stderr()).toBe("");
    folder.remove();
  }
});

/** The rows again and again, with the same bodies, until there are as many as wanted: far cheaper than to write more messages. */
function repeatRows(file: string): void {
  const database = new DatabaseSync(file);
  const { last, span } =
    database.prepare("SELECT max(seq) AS last, max(at) - min(at) AS span FROM message").get() ?? {};
  const repeat = database.prepare(`INSERT INTO message
    SELECT seq + ?1 * ?2, at + ?1 * ?3, stream, side, iif(kind = ?4, ?5, kind), size, flags, body, NULL, request_id, invocation_id,
      function_id, status, level, category, text FROM message WHERE seq <= ?2`);
  database.exec("BEGIN");
  for (let time = 1; time * Number(last) < MESSAGES; time++) {
    repeat.run(time, Number(last), Number(span), KIND.startStream, KIND.rpcLog);
  }
  database.exec("COMMIT");
  database.close();
}

async function lastOf(ui: string): Promise<number> {
  const { origin, searchParams } = new URL(ui);
  const headers = { authorization: `Bearer ${searchParams.get("token")}` };
  const session = (await (await fetch(`${origin}/api/session`, { headers })).json()) as { readonly last: number };
  return session.last;
}
