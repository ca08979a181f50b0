/** Measures the built page in a browser against what it has to reach, and leaves the figures in bench/results. */
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { cpus, loadavg, tmpdir, totalmem } from "node:os";
import { join } from "node:path";
import type { Browser } from "@playwright/test";
import { saveResults } from "../save-results.ts";
import { generateSession } from "../session/generate.ts";
import { launchBrowser } from "./browser.ts";
import { type Figure, formatFigures } from "./figures.ts";
import { measureIdle } from "./idle.ts";
import { measureLive } from "./live.ts";
import { measureOffline } from "./offline.ts";
import { measureFacetsAlone, measureOpened } from "./opened.ts";
import { HELP, type Options, type Part, parseOptions } from "./options.ts";
import { measurePayloads } from "./payloads.ts";

/** Messages in a second of the generated session's time. */
const SESSION_PER_SECOND = 500;
/** In the session that stands in a page. */
const OFFLINE_MESSAGES = 100_000;

type Results = {
  readonly environment: Readonly<Record<string, string>>;
  readonly parts: Record<string, readonly Figure[]>;
};

const say = (text: string): void => void process.stdout.write(text);

async function main(): Promise<void> {
  const options = parseOptions(process.argv.slice(2));
  if (options === undefined) {
    return say(HELP);
  }
  if (!existsSync(options.command)) {
    throw new Error(`${options.command} is not there`);
  }
  const folder = mkdtempSync(join(tmpdir(), "inspector-bench-"));
  process.on("exit", () => rmSync(folder, { recursive: true, force: true, maxRetries: 3 }));
  process.env["XDG_STATE_HOME"] = folder;
  const results: Results = { environment: environment(), parts: {} };
  say(`${Object.entries(results.environment).flat().join(" ")}\n`);
  const browser = await launchBrowser();
  try {
    for (const part of options.parts) {
      const title = TITLES[part];
      say(`\n${title}\n`);
      const figures = await measurePart[part](browser, options, folder);
      results.parts[part] = figures;
      say(`\n${formatFigures(`${title} (load average ${loadAverage()})`, figures)}`);
    }
    say(`\n${saveResults(results, "ui-")}\n`);
  } finally {
    await browser.close();
  }
}

const TITLES: Readonly<Record<Part, string>> = {
  opened: "a session that is opened",
  live: "a session that goes on",
  offline: "a page with a session in it",
  payloads: "large payloads",
  facets: "the facets of a session that is opened",
  idle: "a page that is left alone",
};

const measurePart = {
  async opened(browser: Browser, options: Options, folder: string): Promise<Figure[]> {
    return await measureOpened(browser, { ...options, file: sessionToOpen(options, folder), say });
  },
  async live(browser: Browser, options: Options, folder: string): Promise<Figure[]> {
    return await measureLive(browser, { ...options, folder, say });
  },
  async offline(browser: Browser, options: Options, folder: string): Promise<Figure[]> {
    const file = join(folder, "page.inspector");
    say(`  writing ${OFFLINE_MESSAGES} messages …\n`);
    generateSession(file, OFFLINE_MESSAGES, SESSION_PER_SECOND);
    return await measureOffline(browser, { ...options, file, folder });
  },
  async payloads(browser: Browser, { command }: Options, folder: string): Promise<Figure[]> {
    return await measurePayloads(browser, { command, file: join(folder, "payloads.inspector") });
  },
  async facets(browser: Browser, options: Options, folder: string): Promise<Figure[]> {
    return await measureFacetsAlone(browser, { ...options, file: sessionToOpen(options, folder), say });
  },
  async idle(browser: Browser, { command, minutes }: Options, folder: string): Promise<Figure[]> {
    return await measureIdle(browser, { command, minutes, folder, say });
  },
} as const;

function sessionToOpen({ session, messages }: Options, folder: string): string {
  const file = session ?? join(folder, "generated.db");
  if (session === undefined) {
    say(`  writing ${messages} messages …\n`);
    generateSession(file, messages, SESSION_PER_SECOND);
  }
  return file;
}

function loadAverage(): string {
  return loadavg()
    .map((value) => value.toFixed(1))
    .join(" ");
}

function environment(): Record<string, string> {
  const [processor] = cpus();
  return {
    date: new Date().toISOString(),
    node: process.version,
    platform: `${process.platform} ${process.arch}`,
    processor: `${cpus().length} x ${processor?.model.trim() ?? "?"}`,
    memory: `${Math.round(totalmem() / 2 ** 30)} GiB`,
    load: loadAverage(),
  };
}

try {
  await main();
} catch (error) {
  process.stderr.write(`bench: ${error instanceof Error ? error.stack : String(error)}\n`);
  process.exitCode = 1;
}
