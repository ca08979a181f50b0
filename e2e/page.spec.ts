/** The page on a live recording, in a real browser, with the built command and real peers. */
import { once } from "node:events";
import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { create, encodeMessage, StreamingMessageSchema } from "@inspector/proto";
import { expect, type Page, test } from "@playwright/test";
import { connectRawWorker, type RawHost, type RawWorker, startRawHost } from "./grpc-pair.ts";
import {
  type InspectorProcess,
  startInspector,
  type TemporaryFolder,
  temporaryFolder,
  WITHOUT_TIMER,
} from "./inspector-process.ts";
import { canMakeDisks, makeDisk } from "./small-disk.ts";
import { seenOnce } from "./workbench-page.ts";

let state: TemporaryFolder;
let inspector: InspectorProcess | undefined;
let host: RawHost | undefined;
let worker: RawWorker | undefined;

test.beforeEach(() => {
  state = temporaryFolder();
});

test.afterEach(async () => {
  worker?.close();
  await inspector?.stop();
  host?.close();
  inspector = undefined;
  host = undefined;
  worker = undefined;
  state.remove();
});

/** A relay between an echoing host and whoever connects. */
async function startEcho(): Promise<InspectorProcess> {
  host = await startRawHost((call) => {
    call.on("data", (bytes: Buffer) => call.write(bytes));
    call.on("error", () => {});
    call.on("end", () => call.end());
  });
  inspector = await startInspector(["--listen", "0", "--upstream", `127.0.0.1:${host.port}`], state.path);
  return inspector;
}

function log(text: string): Buffer {
  const content = { case: "rpcLog", value: { message: text, level: 2 } } as const;
  return Buffer.from(encodeMessage(create(StreamingMessageSchema, { content })));
}

function startStream(workerId: string): Buffer {
  const content = { case: "startStream", value: { workerId } } as const;
  return Buffer.from(encodeMessage(create(StreamingMessageSchema, { content })));
}

async function openMessages(page: Page): Promise<void> {
  await page.getByRole("navigation", { name: "Views" }).getByText("Messages").click();
}

function messages(page: Page) {
  return page.getByRole("grid", { name: "Messages" });
}

async function rowCount(page: Page): Promise<number> {
  return Number(await messages(page).getAttribute("aria-rowcount")) - 1;
}

test("a worker's start-up and an invocation appear as they happen, and the payload opens", async ({ page }) => {
  inspector = await startInspector(["demo", "--quiet"], state.path, WITHOUT_TIMER);
  await page.goto(inspector.ui);
  expect(page.url()).not.toContain("token");
  await openMessages(page);
  await expect(
    messages(page)
      .getByRole("row", { name: /function_load_response/u })
      .first(),
  ).toBeVisible();
  await messages(page).focus();
  await page.keyboard.press("Home");
  for (const kind of ["start_stream", "worker_init_response", "function_metadata_response"]) {
    await expect(
      messages(page)
        .getByRole("row", { name: new RegExp(kind, "u") })
        .first(),
    ).toBeVisible();
  }
  const { http } = inspector as InspectorProcess & { http: string };
  await page.keyboard.press("End");
  const answer = await fetch(`${http}/api/hello?name=Ada&id=9007199254740993`);
  expect(answer.status).toBe(200);
  const request = messages(page).getByRole("row", { name: /invocation_request.*hello.*GET \/api\/hello/u });
  await expect(request).toBeVisible();
  // The last of its rows: the list moves no more under the hand.
  await expect(messages(page).getByRole("row", { name: /invocation_response.*hello/u })).toBeVisible();
  await request.click();
  const detail = page.getByRole("region", { name: "Message" });
  await expect(detail.getByText("9007199254740993").first()).toBeVisible();
  await expect(detail.getByText("Ada").first()).toBeVisible();
});

test("without the link there is nothing to see, and the link works once more", async ({ page, browser }) => {
  const { ui } = await startEcho();
  const { origin } = new URL(ui);
  const stranger = await browser.newContext();
  const refused = await (await stranger.newPage()).goto(origin);
  expect(refused?.status()).toBe(403);
  expect(await refused?.text()).toContain("Open the link that the inspector printed");
  expect((await stranger.request.get(`${origin}/api/session`)).status()).toBe(403);
  await stranger.close();
  await page.goto(ui);
  await page.reload();
  await expect(page.getByText("Waiting for a worker")).toBeVisible();
});

test("before anything has happened the page says where to connect, and damaged messages are marked", async ({
  page,
}) => {
  const { ui, listen } = await startEcho();
  await page.goto(ui);
  await openMessages(page);
  await expect(page.getByText("Waiting for a worker")).toBeVisible();
  await expect(page.getByText(listen).first()).toBeVisible();
  worker = connectRawWorker(listen);
  worker.call.write(startStream("w1"));
  await expect(
    messages(page)
      .getByRole("row", { name: /start_stream/u })
      .first(),
  ).toBeVisible();

  // What a strict parser refuses is marked, and found.
  const damaged = log("ab");
  damaged[damaged.indexOf("ab")] = 0xff;
  worker.call.write(damaged);
  const marked = messages(page).getByRole("row", { name: /rpc_log.*damaged/u });
  await expect(marked).toHaveCount(2); // The echo's too.
  const filter = page.getByRole("combobox", { name: "Filter" });
  await filter.fill("-is:damaged");
  await filter.press("Escape");
  await expect(marked).toHaveCount(0);
  await filter.fill("is:damaged");
  await filter.press("Escape");
  await expect(marked).toHaveCount(2);
  await expect.poll(() => rowCount(page)).toBe(2);
});

test("an unreachable host is said, with its address", async ({ page }) => {
  inspector = await startInspector(["--listen", "0", "--upstream", "127.0.0.1:1"], state.path);
  await page.goto(inspector.ui);
  worker = connectRawWorker(inspector.listen);
  const { details } = await worker.status;
  expect(details).toContain("127.0.0.1:1 refused the connection");
  await expect(page.getByText("The host at 127.0.0.1:1 cannot be reached")).toBeVisible();
  await expect(page.getByText(/check that the Functions host is running/u)).toBeVisible();
});

test("a hub that is killed comes back, and the list has every row once", async ({ page }) => {
  const { ui, listen, signalHub } = await startEcho();
  await page.goto(ui);
  await openMessages(page);
  worker = connectRawWorker(listen);
  let answers = 0;
  worker.call.on("data", () => {
    answers += 1;
  });
  let sent = 0;
  const some = (count: number): void => {
    for (let n = 0; n < count; n++) {
      worker?.call.write(log(`line ${++sent}`));
    }
  };
  some(500);
  await expect.poll(() => rowCount(page)).toBe(1000);
  const isAway = seenOnce(page, "The inspector was last seen at");
  signalHub("SIGKILL");
  some(500);
  await isAway;
  some(500);
  await expect.poll(() => answers).toBe(1500);
  await expect.poll(() => rowCount(page), { timeout: 60_000 }).toBe(3000);
  await messages(page).focus();
  await page.keyboard.press("End");
  await expect(
    messages(page)
      .getByRole("row", { name: /line 1500/u })
      .first(),
  ).toBeVisible();
});

test("a full disk is said while it lasts, and so is how much went by unrecorded", async ({ page }) => {
  test.skip(!canMakeDisks(), "needs root to make a small disk");
  const disk = makeDisk(130);
  const ballast = join(disk.path, "ballast");
  writeFileSync(ballast, Buffer.alloc(70 * 1024 * 1024));
  host = await startRawHost((call) => {
    call.on("data", (bytes: Buffer) => call.write(bytes));
    call.on("error", () => {});
  });
  inspector = await startInspector(["--listen", "0", "--upstream", `127.0.0.1:${host.port}`], join(disk.path, "state"));
  await page.goto(inspector.ui);
  worker = connectRawWorker(inspector.listen);
  let answers = 0;
  worker.call.on("data", () => {
    answers += 1;
  });
  const fault = page.getByText("Recording does not work right now");
  let sent = 0;
  while (!(await fault.isVisible())) {
    for (let n = 0; n < 20; n++, sent++) {
      worker.call.write(log("x".repeat(50_000)));
    }
    await expect.poll(() => answers).toBe(sent);
  }
  for (let n = 0; n < 600; n++, sent++) {
    worker.call.write(log("x".repeat(50_000)));
  }
  await expect.poll(() => answers).toBe(sent);
  rmSync(ballast);
  await expect(page.getByText(/\d+ recording gaps?/u)).toBeVisible({ timeout: 60_000 });
  await expect(page.getByText(/passed unrecorded/u)).toBeVisible();
  await expect(fault).toBeHidden();
  worker.close();
  await inspector.stop();
  disk.remove();
});

test("30 000 messages and a thousand more a second: few rows in the document, and keys are answered", async ({
  page,
}) => {
  const { ui, listen } = await startEcho();
  worker = connectRawWorker(listen);
  worker.call.resume();
  for (let n = 0; n < 15_000; n++) {
    if (!worker.call.write(log(`line ${n}`))) {
      await once(worker.call, "drain");
    }
  }
  await page.goto(ui);
  await openMessages(page);
  await expect.poll(() => rowCount(page), { timeout: 120_000 }).toBe(30_000);
  let isOver = false;
  const live = (async () => {
    for (let n = 0; !isOver; n++) {
      for (let more = 0; more < 25; more++) {
        worker?.call.write(log(`live ${n}`));
      }
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  })();
  const grid = messages(page);
  await grid.focus();
  let mostRows = 0;
  for (let round = 0; round < 3; round += 1) {
    for (const [key, line] of [
      ["Home", /line 0\b/u],
      ["PageDown", /line \d+/u],
      ["End", /live \d+/u],
    ] as const) {
      await page.keyboard.press(key);
      await expect(grid.getByRole("row", { name: line }).first()).toBeVisible();
      mostRows = Math.max(mostRows, await grid.getByRole("row").count());
    }
  }
  isOver = true;
  await live;
  expect(mostRows).toBeLessThanOrEqual(100);
  expect(await rowCount(page)).toBeGreaterThan(30_000);
});
