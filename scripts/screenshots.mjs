// Pictures of every view: the built demo, a worker that dies and an empty session.
//   npm run screenshots [NAME…]                  those of docs/screenshots, in both themes and two widths
//   npm run screenshots -- --all FOLDER [NAME…]  those and every other state, to be looked through: also narrow, low and at zoom 200 %
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { createInterface } from "node:readline";
import { parseArgs } from "node:util";
import { chromium } from "@playwright/test";
import { findBrowser } from "./browser.mjs";
import { PICTURES, STATES } from "./pictures.mjs";
import { shrinkPng } from "./small-png.mjs";

const DOCS = "docs/screenshots";
const THEMES = ["dark", "light"];
/** Of the documentation. A picture's name has the size's. */
const SIZES = [
  { name: "1440", width: 1440, height: 900 },
  { name: "900", width: 900, height: 720 },
];
/** Zoom 200 % is half as many pixels of CSS, each two wide. */
const ALL_SIZES = [
  { name: "1440", width: 1440, height: 900 },
  { name: "900", width: 900, height: 700 },
  { name: "390", width: 390, height: 844 },
  { name: "zoom", width: 720, height: 450, zoom: 2 },
];
/** So long the sample app's customers need until every function was called, and some once more. */
const TRAFFIC_MS = 22_000;
/** A picture of so many bytes is too large for a page of documentation. */
const LIMIT = 250_000;
/** So long a state may take to be reached. */
const STATE_MS = 15_000;

const { values, positionals } = parseArgs({ options: { all: { type: "string" } }, allowPositionals: true });
const isAll = values.all !== undefined;
const folder = values.all ?? DOCS;
const pictures = Object.entries(isAll ? { ...PICTURES, ...STATES } : PICTURES).filter(
  ([name]) => positionals.length === 0 || positionals.includes(name),
);
const missed = [];
const temporary = mkdtempSync(join(tmpdir(), "inspector-pictures-"));
const running = [];
/** What stands in a picture for a path of this machine. */
const PLACES = [
  [join(temporary, "apps"), "~"],
  [temporary, "~"],
  [resolve("."), "~/inspector"],
];
mkdirSync(folder, { recursive: true });

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
  const others = { died, empty, replay: quiet, "replay-answers": quiet, holds: quiet, "hold-answer": quiet };
  const browser = await chromium.launch({ executablePath: findBrowser(), args: ["--no-sandbox", "--disable-gpu"] });
  const context = await browser.newContext({ viewport: SIZES[0], reducedMotion: "reduce" });
  const page = await context.newPage();
  if (isAll) {
    page.setDefaultTimeout(STATE_MS);
  }
  for (const [name, prepare] of pictures) {
    await takeOne(page, name, prepare, others[name] ?? demo);
  }
  await browser.close();
}

/** In the documentation no picture may be missing; of all states the others are of use too. */
async function takeOne(page, name, prepare, shown) {
  try {
    await look(page, "dark", SIZES[0]);
    await page.goto("about:blank");
    await page.goto(shown.ui);
    const leave = await prepare(page, shown.http, shown.ui);
    for (const colorScheme of THEMES) {
      for (const size of isAll ? ALL_SIZES : SIZES) {
        await look(page, colorScheme, size);
        await save(page, join(folder, `${name}-${colorScheme}-${size.name}.png`));
      }
    }
    await look(page, "dark", SIZES[0]);
    await leave?.();
  } catch (error) {
    if (!isAll) {
      throw error;
    }
    missed.push(name);
    console.error(`${name}: ${error.message}`);
    await page.screenshot({ path: join(folder, `${name}-missed.png`) });
  }
}

/** A state is reached once, and looked at in all themes and sizes. */
async function look(page, colorScheme, { width, height, zoom = 1 }) {
  await page.emulateMedia({ colorScheme });
  await page.setViewportSize({ width, height });
  const devtools = await page.context().newCDPSession(page);
  const metrics = { width, height, deviceScaleFactor: zoom, mobile: false };
  await devtools.send("Emulation.setDeviceMetricsOverride", metrics);
  await devtools.detach();
}

try {
  await takeAll();
} finally {
  for (const inspector of running) {
    await inspector.stop();
  }
  rmSync(temporary, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 });
}
if (missed.length > 0) {
  console.error(`${missed.length} states were not reached: ${missed.join(", ")}`);
  process.exitCode = 1;
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
  const taken = await page.screenshot({ animations: "disabled" });
  const picture = isAll ? taken : shrinkPng(taken);
  writeFileSync(path, picture);
  console.log(`${path} ${Math.round(picture.length / 1000)} kB`);
  if (!isAll && picture.length > LIMIT) {
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
