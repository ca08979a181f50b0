/** The workbench's views, with the sample app of the built command behind them. One inspector serves all of these tests. */
import { copyFileSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "@playwright/test";
import { describeFocus } from "./focus-look.ts";
import { workerPid } from "./hub-api.ts";
import {
  type InspectorProcess,
  startInspector,
  type TemporaryFolder,
  temporaryFolder,
  WITHOUT_TIMER,
} from "./inspector-process.ts";
import { expectNoViolations } from "./no-violations.ts";
import { openView } from "./replay-page.ts";
import { filterField, grid, passing, row, seenOnce } from "./workbench-page.ts";

type Demo = InspectorProcess & { readonly http: string };

let state: TemporaryFolder;
let demo: Demo;

test.beforeAll(async () => {
  state = temporaryFolder();
  const earlier = await startDemo("earlier");
  await fetch(`${earlier.http}/api/hello?name=Earlier`);
  await earlier.stop();
  copyFileSync(earlier.session, join(state.path, "sent-to-me.inspector"));
  demo = await startDemo("later");
  await fetch(`${demo.http}/api/hello?name=Ada&id=9007199254740993`);
  await fetch(`${demo.http}/api/chatty?lines=60`);
  await fetch(`${demo.http}/api/slow?ms=1100`);
  await post("/admin/functions/resize", { input: '{"picture":"alps.jpg","width":9000,"height":6000}' });
});

test.afterAll(async () => {
  await demo.stop();
  state.remove();
});

test.beforeEach(async ({ page }) => {
  await page.goto(demo.ui);
});

async function startDemo(name: string): Promise<Demo> {
  const folder = join(state.path, "inspector", "sessions");
  mkdirSync(folder, { recursive: true });
  const session = join(folder, `${name}.inspector`);
  const started = await startInspector(["demo", "--quiet", "--session", session], state.path, WITHOUT_TIMER);
  if (!("http" in started) || typeof started.http !== "string") {
    throw new Error("the demo tells no address");
  }
  return { ...started, http: started.http };
}

function post(path: string, body: unknown): Promise<Response> {
  const headers = { "content-type": "application/json" };
  return fetch(`${demo.http}${path}`, { method: "POST", headers, body: JSON.stringify(body) });
}

test("a cold start reads from top to bottom, then what was called, what failed and what goes on", async ({ page }) => {
  for (const name of [/connect.*StartStream/u, /init.*node/u, /index.*9 functions/u, /load.*9 of 9 loaded/u]) {
    await expect(row(page, "Invocations", name)).toBeVisible();
  }
  await row(page, "Invocations", /index.*9 functions/u).click();
  const title = page.getByRole("region", { name: "Invocation", exact: true }).getByRole("heading", { name: "index" });
  expect(await title.evaluate((name) => name.scrollWidth - name.clientWidth)).toBe(0);
  await expect(row(page, "Invocations", /hello.*GET \/api\/hello.*http.*200/u)).toBeVisible();
  await expect(row(page, "Invocations", /resize.*queue.*alps\.jpg needs 54,000,000 pixels/u)).toBeVisible();
  // It is in flight for as long as the worker is stopped.
  const pid = await workerPid(demo);
  process.kill(pid, "SIGSTOP");
  const answer = fetch(`${demo.http}/api/slow?ms=41`);
  await expect(row(page, "Invocations", /slow.*ms=41.*in flight/u)).toBeVisible();
  process.kill(pid, "SIGCONT");
  await answer;
  await expect(row(page, "Invocations", /slow.*ms=41.*200.*\d m?s/u)).toBeVisible();
});

test("an invocation is shown as request, response, logs, times, messages and bytes", async ({ page }) => {
  await row(page, "Invocations", /hello.*Ada/u).click();
  const pane = page.getByRole("region", { name: "Invocation" });
  const open = (name: RegExp) => pane.getByRole("tab", { name }).click();
  await expect(pane.getByRole("heading", { name: "hello" })).toBeVisible();
  await expect(pane.getByText("9007199254740993").first()).toBeVisible();
  await open(/^Response/u);
  await expect(pane.getByText(/Hello, Ada! Your pictures/u).first()).toBeVisible();
  await open(/^Logs/u);
  await expect(
    pane.getByRole("listbox", { name: "Logs" }).getByRole("option", { name: /Welcoming Ada/u }),
  ).toBeVisible();
  await open(/^Timing/u);
  await expect(pane.getByRole("heading", { name: "Where the time went" })).toBeVisible();
  await open(/^Messages/u);
  const messages = pane.getByRole("listbox", { name: "Messages of the invocation" });
  for (const kind of [/invocation_request/u, /rpc_log/u, /invocation_response/u]) {
    await expect(messages.getByRole("option", { name: kind }).first()).toBeVisible();
  }
  await open(/^Raw/u);
  await expect(pane.getByRole("tree", { name: /fields/iu })).toBeVisible();

  // All of its tabs stand on one line: in sight where there is room, and scrolled to by keys and arrows where there is not.
  const tabs = pane.getByRole("tab");
  const lines = async () => new Set(await tabs.evaluateAll((all) => all.map((tab) => tab.getBoundingClientRect().top)));
  expect((await lines()).size).toBe(1);
  await expect(tabs.first()).toBeInViewport({ ratio: 1 });
  await expect(tabs.last()).toBeInViewport({ ratio: 1 });
  await page.setViewportSize({ width: 390, height: 844 });
  await expect(tabs.first()).not.toBeInViewport({ ratio: 1 });
  await pane.locator("[data-edge=start]").click();
  await expect(tabs.first()).toBeInViewport({ ratio: 1 });
  await pane.getByRole("tab", { selected: true }).press("End");
  await expect(pane.getByRole("tab", { name: "Replay", selected: true })).toBeInViewport({ ratio: 1 });
  expect((await lines()).size).toBe(1);
});

test("a failure says why, and what to try is one click away", async ({ page }) => {
  await row(page, "Invocations", /resize.*needs/u).click();
  const pane = page.getByRole("region", { name: "Invocation" });
  await expect(pane.getByRole("note").first()).toContainText("alps.jpg needs 54,000,000 pixels");
  await pane.getByRole("button", { name: "What to try" }).first().click();
  await expect(
    page.getByRole("main", { name: "Problems" }).getByRole("heading", { name: "What to try" }),
  ).toBeVisible();
});

test("functions: what was loaded, how it went, and the last error leads to its invocation", async ({ page }) => {
  await openView(page, "Functions");
  for (const name of ["audit", "chatty", "cleanup", "hello", "order", "ping", "report", "resize", "slow"]) {
    await expect(row(page, "Functions", new RegExp(`^${name}`, "u"))).toBeVisible();
  }
  await expect(row(page, "Functions", /^hello/u)).toContainText("GET");
  await row(page, "Functions", /^resize/u).click();
  const pane = page.getByRole("region", { name: "Function", exact: true });
  await expect(pane.getByRole("table", { name: /Bindings/u })).toContainText("queueTrigger");
  const error = pane.getByRole("table", { name: /Errors/u }).getByRole("row", { name: /alps\.jpg needs/u });
  await expect(error.getByRole("cell").nth(1)).toHaveText(/^[1-9]/u);
  await error.getByRole("button").first().click();
  await expect(page.getByRole("region", { name: "Invocation" }).getByRole("heading", { name: "resize" })).toBeVisible();
  await expect(page.getByRole("region", { name: "Invocation" }).getByText("failed").first()).toBeVisible();
});

test("workers: what each declared, how it started against the host's limits, and its process", async ({ page }) => {
  await openView(page, "Workers");
  await row(page, "Workers", /node/u).click();
  const pane = page.getByRole("region", { name: /^Worker node/u });
  await expect(pane.getByRole("table", { name: "Capabilities" })).toContainText("RpcHttpTriggerMetadataRemoved");
  const lifecycle = pane.getByRole("table", { name: /Lifecycle/u });
  for (const step of ["connect", "init", "index", "load"]) {
    await expect(lifecycle).toContainText(step);
  }
  await expect(pane.getByRole("heading", { name: "Process" })).toBeVisible();
  await expect(pane.getByText("--functions-uri").first()).toBeVisible();
});

test("problems: what comes of it, what to try, and the evidence leads to its message", async ({ page }) => {
  await openView(page, "Problems");
  await row(page, "Problems", /resize|alps/u).click();
  const pane = page.getByRole("region", { name: "Selected problem" });
  for (const name of ["What comes of it", "What to try", "Evidence"]) {
    await expect(pane.getByRole("heading", { name })).toBeVisible();
  }
  await pane.getByRole("listitem").getByRole("button", { name: /^#/u }).first().click();
  await expect(page.getByRole("main", { name: "Messages" })).toBeVisible();
  await expect(page.getByRole("region", { name: "Message" }).getByRole("heading", { level: 2 })).toHaveText(
    /invocation_/u,
  );
});

test("sessions: two are compared, one is renamed, opened and deleted", async ({ page }) => {
  await openView(page, "Sessions");
  for (const name of ["earlier", "later"]) {
    await page.getByRole("checkbox", { name: `Compare ${name}` }).check();
  }
  await page.getByRole("button", { name: "Compare" }).click();
  const changes = page.getByRole("table", { name: "Functions" });
  await expect(changes.getByRole("row", { name: /^resize/u })).toBeVisible();
  await expect(changes.getByRole("row", { name: /^hello/u })).toContainText("1 call: too few to compare");
  await page.getByRole("combobox", { name: "Function" }).selectOption("hello");
  const sides = page.getByRole("list", { name: "Compared calls" }).getByRole("listitem");
  await expect(sides).toHaveText([/before #\d+.*hello/u, /after #\d+.*hello/u]);
  await expect(page).toHaveURL(/item=compare.*1\+hello/u);
  const call = page.getByRole("spinbutton", { name: "Call" });
  await call.fill("");
  await expect(call).toHaveValue("");
  await expect(sides).toHaveCount(2);
  await call.fill("1");
  await page.goBack();
  await expect(grid(page, "Sessions")).toBeVisible();
  await page.goForward();
  await expect(changes).toBeVisible();
  await page.getByRole("button", { name: "Sessions" }).click();

  await row(page, "Sessions", /earlier/u).click();
  await page.getByRole("button", { name: "Rename" }).click();
  await page.getByRole("textbox", { name: "New name of earlier" }).fill("old one");
  await page.keyboard.press("Enter");
  await expect(row(page, "Sessions", /old one/u)).toBeVisible();

  await page.getByRole("button", { name: "Note", exact: true }).click();
  const labels = page.getByRole("dialog", { name: "Title and note of old one" });
  await labels.getByRole("textbox", { name: "Title" }).fill("Slow start");
  await labels.getByRole("textbox", { name: "Note" }).fill("since the update");
  await expectNoViolations(page, "title and note of a session");
  await labels.getByRole("button", { name: "Save" }).click();
  await expect(row(page, "Sessions", /old one.*Slow start/u)).toBeVisible();

  await page.getByRole("button", { name: "Open", exact: true }).click();
  await expect(page.getByRole("banner").getByText("Opened file")).toBeVisible();
  await expect(row(page, "Invocations", /hello.*Earlier/u)).toBeVisible();
  await openView(page, "Sessions");
  await row(page, "Sessions", /later/u).click();
  await page.getByRole("button", { name: "Open", exact: true }).click();
  await expect(page.getByRole("banner").getByText("Recording")).toBeVisible();

  await openView(page, "Sessions");
  await row(page, "Sessions", /old one/u).click();
  await page.keyboard.press("Delete");
  await page.getByRole("dialog", { name: "Delete old one?" }).getByRole("button", { name: "Delete" }).click();
  await expect(row(page, "Sessions", /old one/u)).toBeHidden();
});

test("budgets: what is used of each limit, and what happens there", async ({ page }) => {
  await page.getByRole("contentinfo").getByRole("button", { name: "Budgets" }).click();
  const budgets = page.getByRole("dialog", { name: "Budgets" });
  await expect(budgets.getByRole("row", { name: /^Session on the disk \d.* no limit/u })).toBeVisible();
  await expect(
    budgets.getByRole("row", { name: /^Journal not read yet .* 4 GB The oldest part is given up/u }),
  ).toBeVisible();
  await expect(budgets.getByRole("row", { name: /^Replays not sent yet 0 B 128 MB A run waits/u })).toBeVisible();
  await expect(budgets.getByRole("row", { name: /^Open pages 1 64 The hub refuses another page/u })).toBeVisible();
  await page.keyboard.press("Escape");
  await expect(budgets).toBeHidden();
});

test("everything is reached by keyboard, and what has the focus is seen", async ({ page }) => {
  await expect(row(page, "Invocations", /hello/u)).toBeVisible();
  await page.keyboard.press("/");
  await expect(filterField(page)).toBeFocused();
  await page.keyboard.press("Escape");
  await expect(grid(page, "Invocations")).toBeFocused();
  await page.keyboard.press("Home");
  await page.keyboard.press("j");
  await expect(row(page, "Invocations", /init/u)).toHaveAttribute("aria-selected", "true");
  await page.keyboard.press("k");
  await expect(row(page, "Invocations", /StartStream/u)).toHaveAttribute("aria-selected", "true");
  await page.keyboard.press("Enter");
  const pane = page.getByRole("region", { name: "Invocation" });
  await expect(pane.getByRole("heading", { name: "connect" })).toBeVisible();
  await page.keyboard.press("Escape");
  await expect(pane).toBeHidden();

  await page.keyboard.press("f");
  await expect(pane.getByRole("heading", { name: "resize" })).toBeVisible();
  // The keys step through its messages as soon as those are known.
  await expect(pane.getByRole("tab", { name: /^Messages \d/u })).toBeVisible();
  const chosen = pane.getByRole("option", { selected: true });
  await page.keyboard.press("]");
  await expect(chosen).toContainText("invocation_request");
  await page.keyboard.press("]");
  await expect(chosen).not.toContainText("invocation_request");
  await page.keyboard.press("[");
  await expect(chosen).toContainText("invocation_request");

  const follow = page.getByRole("button", { name: /^Follow/u });
  await expect(follow).toHaveAttribute("aria-pressed", "false");
  await page.keyboard.press("Space");
  await expect(follow).toHaveAttribute("aria-pressed", "true");

  await page.keyboard.press("?");
  await expect(page.getByRole("dialog", { name: "Keyboard" }).getByText("Next failure")).toBeVisible();
  await page.keyboard.press("Escape");
  await page.keyboard.press("Control+k");
  await page.keyboard.type("view func");
  await expect(
    page.getByRole("dialog", { name: "Commands" }).getByRole("option", { name: /Functions/u }),
  ).toBeVisible();
  await page.keyboard.press("Enter");
  await expect(page.getByRole("main", { name: "Functions" })).toBeVisible();
});

for (const view of ["Invocations", "Messages", "Functions", "Workers", "Problems", "Sessions"]) {
  test(`${view}: Tab goes round the whole page, and each stop can be told by its look`, async ({ page }) => {
    await openView(page, view);
    await expect(grid(page, view).getByRole("row").nth(1)).toBeVisible();
    await grid(page, view).focus();
    await page.keyboard.press("Home");
    // There it would open another page.
    if (view !== "Sessions") {
      await page.keyboard.press("Enter");
    }
    const stops: string[] = [];
    for (let presses = 0; presses < 100; presses++) {
      await page.keyboard.press("Tab");
      const focus = await page.evaluate(describeFocus);
      // Between the last and the first the browser itself has the focus.
      if (focus === undefined) {
        continue;
      }
      if (focus.isKnown) {
        break;
      }
      expect(focus.isSeen, `the focus on ${focus.name} is seen`).toBe(true);
      stops.push(focus.name);
    }
    for (const stop of [/Follow/u, /Theme/u, /A Invocations/u, new RegExp(`DIV ${view}`, "u")]) {
      expect(stops.join("\n")).toMatch(stop);
    }
  });
}

test("a page is called after its view and session; what is selected in one view is no choice in the next", async ({
  page,
}) => {
  await openView(page, "Problems");
  await row(page, "Problems", /resize|alps/u).click();
  await expect(page).toHaveURL(/item=/u);
  await expect(page).toHaveTitle(`(1) Problems · ${demo.listen} · inspector`);
  await openView(page, "Holds");
  await expect(page).toHaveTitle(/Holds/u);
  await expect(page.getByRole("combobox", { name: "Function" })).toHaveValue("");
});

test("a selected row stays in sight when the window gets smaller", async ({ page }) => {
  await openView(page, "Functions");
  await row(page, "Functions", /^slow/u).click();
  await page.setViewportSize({ width: 900, height: 640 });
  await expect(grid(page, "Functions").getByRole("row", { selected: true })).toBeInViewport({ ratio: 0.9 });
});

test("in a narrow window the list of workers keeps how each ended", async ({ page }) => {
  await page.setViewportSize({ width: 900, height: 900 });
  await openView(page, "Workers");
  await expect(grid(page, "Workers").getByRole("columnheader", { name: "End" })).toBeInViewport({ ratio: 1 });
  await expect(page.getByRole("button", { name: /^Follow/u })).toHaveAttribute("aria-pressed", "false");
});

test("a hub that is killed comes back, and the list has every invocation once", async ({ page }) => {
  await filterField(page).fill("fn:hello /Visitor/");
  await expect(page.getByText("Nothing passes the filter")).toBeVisible();
  let visitor = 0;
  const some = async (count: number) => {
    for (let n = 0; n < count; n++) {
      await fetch(`${demo.http}/api/hello?name=Visitor${++visitor}`);
    }
  };
  await some(10);
  await expect(passing(page)).toHaveText("10 rows");
  const isAway = seenOnce(page, "The inspector was last seen at");
  demo.signalHub("SIGKILL");
  await some(10);
  await isAway;
  await some(10);
  await expect(passing(page)).toHaveText("30 rows", { timeout: 60_000 });
  const seen = await grid(page, "Invocations").getByRole("row").locator('[title*="Visitor"]').allTextContents();
  expect(new Set(seen).size).toBe(seen.length);
});

test("a session that was opened from a file says so, and follows nothing", async ({ page }) => {
  const opened = await startInspector(["open", join(state.path, "sent-to-me.inspector")], state.path);
  await page.goto(opened.ui);
  const banner = page.getByRole("banner");
  await expect(banner.getByText("Opened file")).toBeVisible();
  await expect(banner.getByText("sent-to-me.inspector")).toBeVisible();
  await expect(banner.getByRole("button", { name: /^Follow/u })).toBeHidden();
  await expect(row(page, "Invocations", /hello.*Earlier/u)).toBeVisible();
  await opened.stop();
});

test("a session that is not kept is said to be so, with a way to those that are", async ({ page }) => {
  await page.goto(new URL("/?session=nosuch", demo.ui).href);
  await expect(page.getByRole("banner").getByText("No such session")).toBeVisible();
  await expect(page.getByText(/No session called "nosuch" is kept/u)).toBeVisible();
  await expect(page.getByText(/Trying again/u)).toHaveCount(0);
  // The list below it does not promise to come.
  await expect(page.getByText("is not connected")).toHaveCount(0);
  await page
    .getByText(/No session called/u)
    .locator("..")
    .getByRole("link", { name: "Sessions" })
    .click();
  await expect(row(page, "Sessions", /later/u)).toBeVisible();
});
