// Pictures of every view for docs/screenshots: the built demo, a worker that dies and an empty session, in both themes and two widths.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { createInterface } from "node:readline";
import { chromium } from "@playwright/test";
import { findBrowser } from "./browser.mjs";
import { shrinkPng } from "./small-png.mjs";

const FOLDER = "docs/screenshots";
const THEMES = ["dark", "light"];
const SIZES = [
  { width: 1440, height: 900 },
  { width: 900, height: 720 },
];
/** So long the sample app's customers need until every function was called, and some once more. */
const TRAFFIC_MS = 22_000;
/** A picture of so many bytes is too large for a page of documentation. */
const LIMIT = 250_000;

const only = process.argv.slice(2);
const temporary = mkdtempSync(join(tmpdir(), "inspector-pictures-"));
const running = [];
/** What stands in a picture for a path of this machine. */
const PLACES = [
  [join(temporary, "apps"), "~"],
  [temporary, "~"],
  [resolve("."), "~/inspector"],
];
mkdirSync(FOLDER, { recursive: true });
async function takeAll() {
  const recordings = join(temporary, "recordings");
  const sessions = join(recordings, "inspector", "sessions");
  mkdirSync(sessions, { recursive: true });
  const earlier = await start(
    ["demo", "--http", "0", "--session", join(sessions, "before-the-update.inspector")],
    recordings,
  );
  const died = await start(["host", dyingApp(), "--http", "0", "--no-watch"], join(temporary, "died"));
  const empty = await start(["--listen", "50051", "--upstream", "127.0.0.1:50052"], join(temporary, "empty"));
  await new Promise((done) => setTimeout(done, TRAFFIC_MS / 2));
  await earlier.stop();
  const demo = await start(
    ["demo", "--http", "0", "--session", join(sessions, "after-the-update.inspector")],
    recordings,
  );
  await new Promise((done) => setTimeout(done, TRAFFIC_MS));
  const quiet = await start(["demo", "--quiet", "--http", "0"], join(temporary, "quiet"));
  const others = { died, empty, replay: quiet, "replay-answers": quiet, holds: quiet };
  const browser = await chromium.launch({ executablePath: findBrowser(), args: ["--no-sandbox", "--disable-gpu"] });
  for (const colorScheme of THEMES) {
    for (const viewport of SIZES) {
      const context = await browser.newContext({
        viewport,
        colorScheme,
        deviceScaleFactor: 1,
        reducedMotion: "reduce",
      });
      const page = await context.newPage();
      for (const [name, prepare] of Object.entries(PICTURES)) {
        if (only.length > 0 && !only.includes(name)) {
          continue;
        }
        const shown = others[name] ?? demo;
        await page.goto(shown.ui);
        const leave = await prepare(page, shown.http);
        await save(page, join(FOLDER, `${name}-${colorScheme}-${viewport.width}.png`));
        await leave?.();
      }
      await context.close();
    }
  }
  await browser.close();
}

/** What is to be seen in each picture, and how to get there; it may return how to undo that. */
const PICTURES = {
  async invocations(page) {
    await page.getByRole("row", { name: /hello/u }).first().waitFor();
    await page.keyboard.press("f");
    await page.getByRole("region", { name: "Invocation" }).getByRole("note").first().waitFor();
  },
  async "invocation-detail"(page) {
    await filterBy(page, "fn:slow");
    await openRow(page, "Invocations", /slow/u);
    await page.getByRole("tab", { name: "Timing" }).click();
    await page.getByText("Where the time went").waitFor();
  },
  async messages(page) {
    await openView(page, "Messages");
    await filterBy(page, "fn:order OR fn:resize");
    await openRow(page, "Messages", /invocation_request.*order/u);
    await page.getByRole("tab", { name: "Message" }).waitFor();
  },
  async functions(page) {
    await openView(page, "Functions");
    await openRow(page, "Functions", /resize/u);
    await page.getByRole("table", { name: /^Errors/u }).waitFor();
  },
  async workers(page) {
    await openView(page, "Workers");
    await openRow(page, "Workers", /node/u);
    await page.getByRole("heading", { name: "Capabilities" }).waitFor();
  },
  async problems(page) {
    await openView(page, "Problems");
    await page.getByRole("heading", { name: "What comes of it" }).waitFor();
  },
  async sessions(page) {
    await chooseBoth(page);
  },
  async compare(page) {
    await chooseBoth(page);
    await page.getByRole("button", { name: "Compare" }).click();
    await page.getByRole("table", { name: "Functions" }).waitFor();
  },
  async replay(page, http) {
    await fetch(`${http}/api/hello?name=Ada`);
    await editLast(page, /hello(?!.*replay).*Ada.*200/u);
    await page.getByRole("textbox", { name: "Value of query parameter name" }).fill("Grace");
    await page.keyboard.press("Control+Enter");
    await page.getByRole("table", { name: "Differences" }).waitFor();
    await page.getByRole("region", { name: "Replay", exact: true }).evaluate((pane) => pane.scrollTo(0, 0));
  },
  async "replay-answers"(page, http) {
    const input = '{"picture":"alps.jpg","width":9000,"height":6000}';
    await post(http, "/admin/functions/resize", { input });
    await editLast(page, /resize.*needs/u);
    const editor = page.getByRole("region", { name: /^Input /u }).getByRole("textbox");
    await editor.first().focus();
    await page.keyboard.press("Control+A");
    await page.keyboard.insertText(input.replaceAll("000", "00"));
    await page.keyboard.press("Control+Enter");
    await page.getByRole("table", { name: "Differences" }).waitFor();
  },
  async holds(page, http) {
    await openView(page, "Holds");
    await page.getByRole("combobox", { name: "Function" }).selectOption("hello");
    await page.getByRole("button", { name: "Hold", exact: true }).click();
    await page.getByRole("list", { name: "Hold rules" }).waitFor();
    const answers = ["Ada", "Grace"].map((name) => fetch(`${http}/api/hello?name=${name}`));
    await page.getByRole("list", { name: "Held messages" }).getByRole("listitem").nth(1).waitFor();
    await page.getByRole("region", { name: "Held message" }).getByRole("textbox", { name: "URL" }).waitFor();
    return async () => {
      await page.getByRole("button", { name: /^Stop holding/u }).click();
      await Promise.all(answers);
    };
  },
  async died(page) {
    await openView(page, "Workers");
    await page.getByRole("region", { name: "Verdict" }).first().waitFor();
  },
  async empty(page) {
    await page.getByRole("heading", { name: /Waiting for a worker/u }).waitFor();
  },
};

try {
  await takeAll();
} finally {
  for (const inspector of running) {
    await inspector.stop();
  }
  rmSync(temporary, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 });
}

async function openView(page, title) {
  await page.getByRole("navigation", { name: "Views" }).getByRole("link", { name: title }).click();
}

async function chooseBoth(page) {
  await openView(page, "Sessions");
  for (const name of ["before-the-update", "after-the-update"]) {
    await page.getByRole("checkbox", { name: `Compare ${name}` }).check();
  }
}

async function openRow(page, grid, name) {
  await page.getByRole("grid", { name: grid, exact: true }).getByRole("row", { name }).first().click();
}

async function editLast(page, name) {
  await page.getByRole("grid", { name: "Invocations", exact: true }).getByRole("row", { name }).last().click();
  await page.keyboard.press("e");
}

function post(http, path, body) {
  const headers = { "content-type": "application/json" };
  return fetch(`${http}${path}`, { method: "POST", headers, body: JSON.stringify(body) });
}

async function filterBy(page, text) {
  const field = page.getByRole("combobox", { name: "Filter" });
  await field.fill(text);
  // Once for the completions, once to leave.
  await field.press("Escape");
  await page.keyboard.press("Escape");
}

/** The paths of this machine are nobody's business. */
async function save(page, path) {
  await page.mouse.move(0, 0);
  await page.evaluate(() => document.fonts.ready);
  await page.waitForTimeout(400);
  await page.evaluate((places) => {
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    while (walker.nextNode()) {
      const node = walker.currentNode;
      for (const [from, to] of places) {
        node.nodeValue = node.nodeValue.replaceAll(from, to);
      }
    }
  }, PLACES);
  const picture = shrinkPng(await page.screenshot({ animations: "disabled" }));
  writeFileSync(path, picture);
  console.log(`${path} ${Math.round(picture.length / 1000)} kB`);
  if (picture.length > LIMIT) {
    throw new Error(`${path} has ${picture.length} bytes, which is more than ${LIMIT}`);
  }
}

/** An app whose entry point ends the process, as one does that misses a setting. */
function dyingApp() {
  const app = join(temporary, "apps", "orders");
  mkdirSync(app, { recursive: true });
  writeFileSync(join(app, "host.json"), '{"version":"2.0"}');
  writeFileSync(join(app, "package.json"), '{"name":"orders","main":"index.js"}');
  const code = `if (process.env.ORDERS_DB === undefined) {
  console.error("Cannot start: the setting ORDERS_DB is missing");
  process.exit(1);
}`;
  writeFileSync(join(app, "index.js"), code);
  return app;
}

/** Starts the built command and waits until it is ready. */
async function start(args, state) {
  const child = spawn(process.execPath, ["apps/proxy/bin/inspector.js", ...args, "--json"], {
    stdio: ["ignore", "pipe", "ignore"],
    env: { ...process.env, XDG_STATE_HOME: state },
  });
  const exited = once(child, "exit");
  const stop = async () => {
    child.kill("SIGINT");
    await exited;
  };
  running.push({ stop });
  const [line] = await Promise.race([once(createInterface({ input: child.stdout }), "line"), exited.then(() => [])]);
  if (line === undefined) {
    throw new Error(`inspector ${args.join(" ")} did not start`);
  }
  return { ...JSON.parse(line), stop };
}
