/** The log of a session: what workers log, what their processes write, and how they end, in one list. */
import { join } from "node:path";
import type { Database } from "@inspector/session/database";
import { APPLICATION_ID, SCHEMA, SCHEMA_VERSION } from "@inspector/session/schema";
import { writeScene } from "@inspector/session/testing/scene";
import { DatabaseSync } from "@photostructure/sqlite";
import { expect, type Page, test } from "@playwright/test";
import { type InspectorProcess, startInspector, type TemporaryFolder, temporaryFolder } from "./inspector-process.ts";
import { expectNoViolations } from "./no-violations.ts";
import { filterField, grid, passing, row } from "./workbench-page.ts";

const LONG = `${"long ".repeat(60)}to its end`;

const SCENE = `
  0 ms   event   process-spawned      workerId=w1 pid=7 argv=["node","worker.js"]
  5 ms   event   process-output       workerId=w1 stream=stdout text="Worker connecting" isSystemLog=true
  10 ms  worker  start_stream         worker=w1
  11 ms  worker  worker_init_response runtime=node
  12 ms  worker  rpc_log              text="Loading entry point" level=Debug category=System
  20 ms  host    function_load_request function=hello
  30 ms  host    invocation_request   id=i1 function=hello
  31 ms  worker  rpc_log              id=i1 text="\\u001b[31mslow\\u001b[0m query" level=Warning
  32 ms  event   process-output       workerId=w1 stream=stderr text="Error: no table"
  33 ms  worker  rpc_log              id=i1 text="${LONG}"
  34 ms  worker  invocation_response  id=i1
  35 ms  host    invocation_request   id=i2 function=hello
  36 ms  worker  rpc_log              id=i2 text="reading" level=Information
  36 ms  worker  rpc_log              id=i2 text="received" level=Debug category=System
  37 ms  worker  invocation_response  id=i2 status=Failure exception="no table 4711" stack="Error: no table 4711\\n    at read (/srv/app/src/functions/hello.js:7:3)"
  38 ms  host    invocation_request   id=i3 function=hello
  39 ms  worker  invocation_response  id=i3 status=Failure exception="no table 4712"
  40 ms  worker  lost
  41 ms  event   process-exited       workerId=w1 pid=7 code=1`;

const ALL = [
  /0\.000.*Info.*Process 7 started: node worker\.js/u,
  /0\.005.*stdout.*worker's own.*Worker connecting/u,
  /0\.012.*Debug.*node.*worker's own.*Loading entry point/u,
  /0\.031.*Warning.*hello.*slow query/u,
  /0\.032.*stderr.*node.*Error: no table/u,
  /0\.033.*Info.*hello.*long long/u,
  /0\.036.*Info.*hello.*reading/u,
  /0\.036.*Debug.*hello.*worker's own.*received/u,
  /0\.040.*Warning.*node.*The worker lost the connection/u,
  /0\.041.*Error.*node.*Process 7 ended with exit code 1/u,
];

let state: TemporaryFolder;
let opened: InspectorProcess;

test.use({ permissions: ["clipboard-read", "clipboard-write"] });

test.beforeAll(async () => {
  state = temporaryFolder();
  const file = join(state.path, "logs.inspector");
  const database = new DatabaseSync(file);
  database.exec(`PRAGMA application_id = ${APPLICATION_ID}; PRAGMA user_version = ${SCHEMA_VERSION}; ${SCHEMA}`);
  writeScene(database as unknown as Database, SCENE);
  database.exec("INSERT OR REPLACE INTO session (key, value) VALUES ('id', 'logs'), ('started_at', '0')");
  database.close();
  opened = await startInspector(["open", file], state.path);
});

test.afterAll(async () => {
  await opened.stop();
  state.remove();
});

async function openLogs(page: Page, search = ""): Promise<void> {
  await page.goto(`${opened.ui}&view=logs${search}`);
  await expect(row(page, "Logs", /started/u)).toBeVisible();
}

/** The lines of the list, its heading left out, in their order. */
async function expectLines(page: Page, lines: readonly RegExp[]): Promise<void> {
  await expect(grid(page, "Logs").getByRole("row")).toHaveText([/Time, s/u, ...lines].map(acrossCells));
}

/** Cells stand side by side without a blank between their texts. */
const acrossCells = (line: RegExp) => new RegExp(line.source.replaceAll(" ", "\\s*"), "su");

test("logs, output and ends stand in the order of time, and buttons write the filter that narrows them", async ({
  page,
}) => {
  await openLogs(page);
  await expectLines(page, ALL);
  await expect(passing(page)).toHaveText("10 lines");
  const filters = page.getByRole("group", { name: "Frequent filters" });
  await filters.getByRole("button", { name: "Without the worker's own" }).click();
  await expect(filterField(page)).toHaveValue("-is:system");
  await expectLines(page, ALL.toSpliced(7, 1).toSpliced(1, 2));
  await filters.getByRole("button", { name: "Warnings" }).click();
  await expect(filterField(page)).toHaveValue("-is:system level:>=warning");
  await filters.getByRole("button", { name: "Errors" }).click();
  await expect(filterField(page)).toHaveValue("-is:system level:>=error");
  await expectLines(page, ALL.slice(9));
  await filterField(page).fill("category:stderr OR fn:hello");
  await expectLines(page, ALL.slice(3, 8));
  await filterField(page).fill("at:31ms..32ms");
  await expectLines(page, ALL.slice(3, 5));
  await filterField(page).fill("nothing like it");
  await expect(page.getByText("Nothing passes the filter")).toBeVisible();
  // As it comes along from the list of invocations.
  await filterField(page).fill("fn:hello status:failed");
  await expect(page.getByText("status: is of answers, which no line of a log is")).toBeVisible();
});

test("keys open, mark and copy lines, and the address shows the same again", async ({ page }) => {
  await openLogs(page);
  const log = row(page, "Logs", /query/u);
  await expect(log.getByText("slow", { exact: true })).toHaveAttribute("data-ink", "red");
  await page.getByRole("button", { name: "Raw" }).click();
  await expect(log).toContainText("␛[31mslow");
  await page.getByRole("button", { name: "Wrap" }).click();
  await grid(page, "Logs").focus();
  await page.keyboard.press("End");
  await page.keyboard.press("Home");
  await page.keyboard.press("Enter");
  const line = page.getByRole("region", { name: "Line", exact: true });
  await expect(line).toContainText("Process 7 started: node worker.js");
  for (let presses = 0; presses < 3; presses++) {
    await page.keyboard.press("j");
  }
  await expect(page.getByRole("region", { name: "Message", exact: true })).toContainText("Warning");
  await page.keyboard.press("Shift+ArrowDown");
  await page.keyboard.press("Shift+ArrowDown");
  await page.getByRole("button", { name: "Copy 3 lines" }).click();
  await expect(page.getByRole("button", { name: "Copied" })).toBeVisible();
  const copied = await page.evaluate(() => navigator.clipboard.readText());
  expect(copied.split("\n")).toEqual([
    "1970-01-01T00:00:00.031Z\tWarning\thello\t\tslow query",
    "1970-01-01T00:00:00.032Z\t\tnode\tstderr\tError: no table",
    `1970-01-01T00:00:00.033Z\tInfo\thello\t\t${LONG}`,
  ]);
  await page.keyboard.press("k");
  await grid(page, "Logs").focus();
  await page.keyboard.press("Control+c");
  await expect
    .poll(() => page.evaluate(() => navigator.clipboard.readText()))
    .toBe("1970-01-01T00:00:00.032Z\t\tnode\tstderr\tError: no table");

  const isShared = ({ searchParams }: URL) =>
    /^line \d+$/u.test(searchParams.get("item") ?? "") && searchParams.get("look") === "wrap raw";
  await expect(page).toHaveURL(isShared);
  await page.reload();
  await expect(line).toContainText("Error: no table");
  await expect(page.getByRole("button", { name: "Raw" })).toHaveAttribute("aria-pressed", "true");
  await line.getByRole("button", { name: "Show its worker" }).click();
  await expect(page.getByRole("region", { name: /^Worker / })).toBeVisible();
});

test("a text is found in all lines, also behind what a row shows, from one to the next and back", async ({ page }) => {
  await openLogs(page);
  await page.keyboard.press("Control+f");
  const bar = page.getByRole("search", { name: "Find in the log" });
  const field = bar.getByRole("textbox");
  await expect(field).toBeFocused();
  await field.fill("to its end");
  await expect(bar.getByRole("status")).toHaveText("1 line");
  await field.fill("nowhere at all");
  await expect(bar.getByRole("status")).toHaveText("in no line");
  await field.fill("ing");
  await expect(bar.getByRole("status")).toHaveText("3 lines");
  await expect(grid(page, "Logs").locator("mark")).toHaveText(["ing", "ing", "ing"]);
  const expectAt = async (text: RegExp, count: string) => {
    await expect(row(page, "Logs", text)).toHaveAttribute("aria-selected", "true");
    await expect(bar.getByRole("status")).toHaveText(count);
  };
  await page.keyboard.press("Enter");
  await expectAt(/connecting/u, "1 of 3 lines");
  await page.keyboard.press("Enter");
  await expectAt(/Loading entry/u, "2 of 3 lines");
  await page.keyboard.press("Shift+Enter");
  await page.keyboard.press("Shift+Enter");
  await expectAt(/reading/u, "3 of 3 lines");
  await expectNoViolations(page, "Logs, finding", { within: "main" });
  await filterField(page).fill("is:system");
  await expect(bar.getByRole("status")).toHaveText("2 lines");
  await field.focus();
  await page.keyboard.press("Escape");
  await expect(bar).toBeHidden();
});

test("a log leads to its invocation, and axe finds nothing in the view, a line and a log", async ({ page }) => {
  await openLogs(page);
  await row(page, "Logs", /stderr/u).click();
  await expectNoViolations(page, "Logs, a line open");
  await row(page, "Logs", /Loading entry point/u).click();
  await expectNoViolations(page, "Logs, a log open", { within: "main" });
  await page.keyboard.press("Escape");
  await row(page, "Logs", /slow/u).getByRole("button", { name: "hello" }).click();
  await expect(page.getByRole("region", { name: "Invocation" }).getByRole("heading", { name: "hello" })).toBeVisible();
});

test("a failure says where it came from, after what, how often and since when, with which input, and is copied as a test", async ({
  page,
}) => {
  await page.goto(opened.ui);
  await row(page, "Invocations", /no table 4712/u).click();
  const card = page.getByRole("region", { name: "Invocation" }).getByRole("note").first();
  await expect(card).toContainText("2 times since");
  await card.getByRole("button", { name: /\d\d:\d\d:\d\d\.037/u }).click();
  await expect(card).toContainText("no table 4711");
  await expect(card).toContainText("at src/functions/hello.js:7");
  await expect(card).toContainText("2 times since this one");
  await expect(card).toContainText(/same input as #\d+, which succeeded; 1 other call was given it/u);
  await card.getByRole("button", { name: "Copy as inspector replay" }).click();
  await expect(card.getByRole("button", { name: "Copied" })).toBeVisible();
  expect(await page.evaluate(() => navigator.clipboard.readText())).toMatch(
    /^inspector replay \S+logs\.inspector --app \. --invocation i2$/u,
  );
  await expectNoViolations(page, "A failure", { within: "main" });
  // On a phone what can be done stands below it, and leaves it the room to be read.
  await page.setViewportSize({ width: 390, height: 844 });
  await expect.poll(async () => (await card.locator("p").boundingBox())?.width).toBeGreaterThan(280);
  expect(await card.evaluate(({ scrollWidth, clientWidth }) => scrollWidth - clientWidth)).toBe(0);
  await page.setViewportSize({ width: 1440, height: 900 });
  await card.getByRole("button", { name: "reading" }).click();
  await expect(row(page, "Logs", /reading/u)).toHaveAttribute("aria-selected", "true");
});
