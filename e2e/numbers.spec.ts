/**
 * Every number that the page shows of a busy session (holds, answers in the worker's place, replays, a worker that died with calls in
 * its hands) is worked out once more from what `export` gives of the same session.
 */
import { join } from "node:path";
import { DatabaseSync } from "@photostructure/sqlite";
import { expect, type Page, test } from "@playwright/test";
import { type Call, callsIn, recordBusyTime } from "./busy-session.ts";
import {
  type Exported,
  exportSession,
  type InspectorProcess,
  startInspector,
  type TemporaryFolder,
  temporaryFolder,
  WITHOUT_TIMER,
} from "./inspector-process.ts";
import { openView } from "./replay-page.ts";

// All rows of the session are in sight at once.
test.use({ viewport: { width: 1440, height: 1400 } });

let state: TemporaryFolder;
let opened: InspectorProcess;
let calls: readonly Call[];
let exported: readonly Exported[];

test.beforeAll(async () => {
  state = temporaryFolder();
  const session = join(state.path, "busy.inspector");
  const demo = await startInspector(["demo", "--quiet", "--session", session], state.path, WITHOUT_TIMER);
  await recordBusyTime(demo);
  await demo.stop();
  exported = await exportSession(session, state.path);
  calls = callsIn(exported);
  addStrayHttp(session);
  opened = await startInspector(["open", session], state.path);
});

test.afterAll(async () => {
  await opened.stop();
  state.remove();
});

test.beforeEach(async ({ page }) => {
  await page.goto(opened.ui);
});

test("the session is as busy as it is meant to be", () => {
  const count = (isSuch: (call: Call) => boolean): number => calls.filter(isSuch).length;
  expect(count(({ isReplay }) => isReplay)).toBe(3);
  expect(count(({ isFailed }) => isFailed)).toBeGreaterThan(1);
  expect(count(({ heldNs }) => heldNs !== null)).toBeGreaterThan(3);
  expect(count(({ isLost }) => isLost)).toBe(2);
  expect(new Set(calls.map(({ stream }) => stream)).size).toBe(2);
});

test("Invocations: durations, sizes, logs and how each ended", async ({ page }) => {
  const shown: Shown[] = [];
  const steps = 4 * new Set(calls.map(({ stream }) => stream)).size;
  for (const cells of await rowsOf(page, "Invocations", calls.length + steps)) {
    const [, name = "", trigger = "", status = "", duration = "", size = "", logs = ""] = cells;
    if (trigger !== "—") {
      shown.push({ name: name.split("\n")[0] ?? "", status: clean(status), duration, size, logs });
    }
  }
  expect(shown).toEqual(
    calls.map((call) => ({
      name: call.name,
      status: expect.stringMatching(statusOf(call)),
      duration: call.durationNs === null ? "" : formatSpan(call.durationNs),
      size: formatSize(call.size),
      logs: call.logs === 0 ? "" : String(call.logs),
    })),
  );
});

test("Functions: calls, failures, lost calls and percentiles over all workers, and in each of them", async ({
  page,
}) => {
  await openView(page, "Functions");
  const grid = page.getByRole("grid", { name: "Functions" });
  const names = new Set(calls.map(({ name }) => name));
  const titles = ["Calls", "Failed", "In flight", "Lost", "p50", "p95", "max"];
  const shown = async () => {
    const all = await rowsOf(page, "Functions", names.size);
    const headings = await grid.getByRole("columnheader").allInnerTexts();
    const figures = all.map((cells) => titles.map((title) => clean(cells[headings.indexOf(title)] ?? "")));
    return figures
      .filter(([calls]) => calls !== "0")
      .map((line) => line.map((text, column) => (column === 1 ? (/^\d*/u.exec(text) ?? [""])[0] : text)));
  };
  const figuresBy = (key: (call: Call) => string) => groupsOf(hostCalls(), key).map(figuresOf);
  const totals = figuresBy(({ name }) => name);
  expect((await shown()).sort(byText)).toEqual(totals.toSorted(byText));
  const folds = await grid.getByRole("button", { name: /workers of/u }).all();
  for (const fold of folds) {
    await fold.click();
  }
  // A function of one worker has no lines beneath it.
  const labels = await Promise.all(folds.map((fold) => fold.getAttribute("aria-label")));
  const isSplit = new Set(labels.map((name) => name?.split(" of ")[1]));
  const parts = groupsOf(
    hostCalls().filter(({ name }) => isSplit.has(name)),
    ({ stream, name }) => `${stream} ${name}`,
  );
  await expect
    .poll(async () => (await shown()).sort(byText))
    .toEqual([...totals, ...parts.map(figuresOf)].sort(byText));
});

/** What Functions shows of calls. */
function figuresOf(group: readonly Call[]): string[] {
  const times = group.flatMap(({ durationNs }) => durationNs ?? []).sort((a, b) => a - b);
  return [
    String(group.length),
    String(group.filter(({ isFailed }) => isFailed).length),
    "0",
    String(group.filter(({ isLost }) => isLost).length),
    span(times[Math.ceil(times.length * 0.5) - 1]),
    span(times[Math.ceil(times.length * 0.95) - 1]),
    span(times.at(-1)),
  ];
}

test("Workers: messages, invocations, failures and what was lost with each", async ({ page }) => {
  await openView(page, "Workers");
  const shown = await rowsOf(page, "Workers", new Set(calls.map(({ stream }) => stream)).size);
  const headings = await page.getByRole("grid", { name: "Workers" }).getByRole("columnheader").allInnerTexts();
  const column = (cells: readonly string[], title: string): string =>
    clean(cells[headings.indexOf(title)] ?? "").replace(/\D/gu, "");
  const titles = ["Messages", "Invocations", "Failed", "In flight", "Lost"];
  expect(shown.map((cells) => titles.map((title) => column(cells, title))).sort(byText)).toEqual(
    groupsOf(hostCalls(), ({ stream }) => String(stream))
      .map((group) => [
        String(exported.filter(({ stream }) => stream === group[0]?.stream).length),
        String(group.length),
        String(group.filter(({ isFailed }) => isFailed).length),
        "0",
        String(group.filter(({ isLost }) => isLost).length),
      ])
      .sort(byText),
  );
});

test("Workers: how long its start took, step by step, and how fast it answered pings", async ({ page }) => {
  await openView(page, "Workers");
  const rows = page.getByRole("grid", { name: "Workers" }).locator('[role="row"][aria-selected]');
  await expect(rows.first()).toBeVisible();
  const detail = page.getByRole("region", { name: /^Worker node/u });
  const streams = [...new Set(exported.map(({ stream }) => stream))];
  for (const [index, stream] of streams.entries()) {
    await rows.nth(index).click();
    const of = exported.filter((line) => line.stream === stream);
    const tookOf = (kind: string): string => span(of.find((line) => line.kind === kind)?.durationNs ?? undefined);
    const loads = of.filter(({ kind }) => /^function_load_/u.test(kind)).map(({ at }) => at);
    const life = detail.getByRole("table", { name: /Lifecycle/u });
    const took = (step: RegExp) => life.getByRole("row", { name: step }).getByRole("cell").nth(2);
    await expect(took(/^connect/u)).toHaveText(tookOf("start_stream"));
    await expect(took(/^init/u)).toHaveText(tookOf("worker_init_response"));
    // Only the first worker is asked which functions there are.
    await expect(took(/^index/u)).toHaveText(index === 0 ? [tookOf("function_metadata_response")] : []);
    await expect(took(/^load/u)).toHaveText(span(Math.max(...loads) - Math.min(...loads)));
    const start = of.find(({ kind }) => kind === "start_stream");
    const whole = Math.max(...loads) - (start?.at ?? 0) + (start?.durationNs ?? 0);
    await expect(rows.nth(index).getByText(span(whole), { exact: true }).first()).toBeVisible();
    const pings = of.flatMap(({ kind, durationNs }) => (kind === "worker_status_response" ? (durationNs ?? []) : []));
    pings.sort((a, b) => a - b);
    const asked = of.filter(({ kind }) => kind === "worker_status_request").length;
    await expect(detail.getByText(`Status pings${asked}`)).toHaveCount(1);
    if (pings.length > 0) {
      await expect(detail.getByText(`Ping p50${span(pings[Math.ceil(pings.length / 2) - 1])}`)).toHaveCount(1);
      await expect(detail.getByText(`Slowest ping${span(pings.at(-1))}`)).toHaveCount(1);
    }
  }
});

test("Problems: how often functions failed and invocations were lost", async ({ page }) => {
  await openView(page, "Problems");
  const shown = await rowsOf(page, "Problems", 2);
  const times = (isSuch: RegExp): number =>
    shown.filter(([title = ""]) => isSuch.test(title)).reduce((sum, cells) => sum + Number(cells.at(-1)), 0);
  const byWorker = hostCalls().filter(({ isFailed, isAnsweredHere }) => isFailed && !isAnsweredHere);
  expect(times(/resize failed/u)).toBe(byWorker.length);
  expect(times(/in flight when the stream ended/u)).toBe(hostCalls().filter(({ isLost }) => isLost).length);
});

test("Timing: what was held is the holder's, and the rest is the worker's", async ({ page }) => {
  const held = calls.find(
    ({ heldNs, durationNs, isAnswerHeld }) => heldNs !== null && durationNs !== null && !isAnswerHeld,
  );
  if (held?.heldNs === undefined || held.heldNs === null || held.durationNs === null) {
    throw new Error("No call was held and answered.");
  }
  const url = new URL(page.url());
  url.searchParams.set("invocation", String(held.id));
  await page.goto(url.href);
  await page.getByRole("tab", { name: /^Timing/u }).click();
  const timing = page.getByRole("region", { name: "Timing" });
  await expect(timing).toContainText(`request held by you, then let go${formatSpan(held.heldNs)}`);
  const others = hostCalls().filter(({ stream, name }) => stream === held.stream && name === held.name);
  const times = others.flatMap(({ durationNs }) => durationNs ?? []).sort((a, b) => a - b);
  await expect(timing).toContainText(`Among the calls of ${held.name}${others.length}`);
  await expect(timing).toContainText(`this call${formatSpan(held.durationNs)}`);
  await expect(timing).toContainText(`median${span(times[Math.ceil(times.length * 0.5) - 1])}`);
  await expect(timing).toContainText(`95th percentile${span(times[Math.ceil(times.length * 0.95) - 1])}`);
  await expect(timing).toContainText(`slowest${span(times.at(-1))}`);
});

test("Workers: HTTP requests to a worker's own server that no invocation belongs to", async ({ page }) => {
  await openView(page, "Workers");
  const strays = page.getByRole("region", { name: "HTTP requests of no invocation" });
  await expect(strays.getByRole("listitem")).toHaveCount(2);
  await expect(strays.getByRole("listitem").first()).toContainText("GET /unknown names i-9, which nobody requested");
  await strays.getByText("POST /nobody").click();
  await expect(strays.getByRole("region", { name: "HTTP beside the stream" })).toContainText("HTTP 202 Accepted");
  await expect(strays).toContainText("text/plain");
});

/** As the recorder of a worker with HttpUri would have written them. */
function addStrayHttp(session: string): void {
  const database = new DatabaseSync(session);
  const insert = database.prepare(
    `INSERT INTO http_leg (connection, invocation_id, method, target, request_at, request_headers, status, reason, response_at, response_headers)
     SELECT min(id), ?, ?, ?, 1000000, '[["content-type","text/plain"]]', ?, ?, 2000000, '[]' FROM connection`,
  );
  insert.run(null, "POST", "/nobody", 202, "Accepted");
  insert.run("i-9", "GET", "/unknown", 200, "OK");
  database.close();
}

/** The cells of all rows of a list that is in sight as a whole, once so many rows are there and each is loaded. */
async function rowsOf(page: Page, name: string, least: number): Promise<string[][]> {
  const grid = page.getByRole("grid", { name, exact: true });
  const rows = grid.locator('[role="row"][aria-selected]');
  await expect.poll(() => rows.count()).toBeGreaterThanOrEqual(least);
  await expect(grid.locator("[aria-busy=true]")).toHaveCount(0);
  return await Promise.all((await rows.all()).map((row) => row.getByRole("gridcell").allInnerTexts()));
}

type Shown = {
  readonly name: string;
  readonly status: string;
  readonly duration: string;
  readonly size: string;
  readonly logs: string;
};

function hostCalls(): readonly Call[] {
  return calls.filter(({ isReplay }) => !isReplay);
}

function groupsOf(list: readonly Call[], keyOf: (call: Call) => string): Call[][] {
  const groups = new Map<string, Call[]>();
  for (const call of list) {
    groups.set(keyOf(call), [...(groups.get(keyOf(call)) ?? []), call]);
  }
  return [...groups.values()];
}

function statusOf({ isFailed, isLost, isDropped }: Call): RegExp {
  if (isLost) {
    return /^lost/u;
  }
  if (isDropped && !isFailed) {
    return /^(dropped|418)/u;
  }
  return isFailed ? /pixels/u : /^(succeeded|\d{3})/u;
}

function byText(a: readonly unknown[], b: readonly unknown[]): number {
  return JSON.stringify(a) < JSON.stringify(b) ? -1 : 1;
}

/** Without line breaks and spaces of any kind at the ends. */
function clean(text: string): string {
  return text.replace(/\s+/gu, " ").trim();
}

function span(nanos: number | undefined): string {
  return nanos === undefined ? "—" : formatSpan(nanos);
}

/** Three digits, as the page writes them; a narrow space parts thousands. */
function formatSpan(nanos: number): string {
  const units: [number, string][] = [
    [100_000, "µs"],
    [1e9, "ms"],
    [120e9, "s"],
  ];
  const scale: Record<string, number> = { µs: 1e3, ms: 1e6, s: 1e9 };
  const [, unit = "s"] = units.find(([below]) => nanos < below) ?? [0, "s"];
  const value = nanos / (scale[unit] ?? 1);
  const digits = value >= 99.95 ? String(Math.round(value)) : value.toFixed(value >= 9.995 ? 1 : 2);
  return `${digits} ${unit}`;
}

/** In steps of 1024, as the page writes them. */
function formatSize(bytes: number): string {
  const value = bytes >= 999.5 ? bytes / 1024 : bytes;
  const digits = value === bytes || value >= 99.95 ? String(Math.round(value)) : value.toFixed(1).replace(/\.0$/u, "");
  return `${digits} ${value === bytes ? "B" : "KB"}`;
}
