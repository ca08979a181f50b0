import { defineConfig } from "@playwright/test";

/** Chromium as Debian installs it; scripts/test.mjs says where. */
const executablePath = process.env["INSPECTOR_BROWSER"] ?? "/usr/bin/chromium-headless-shell";

export default defineConfig({
  testDir: ".",
  testMatch: "**/*.spec.ts",
  outputDir: "../test-results",
  workers: 3,
  timeout: 180_000,
  expect: { timeout: 45_000 },
  reporter: process.env["PLAYWRIGHT_JSON_OUTPUT_FILE"] === undefined ? [["list"]] : [["list"], ["json"]],
  use: {
    viewport: { width: 1440, height: 900 },
    screenshot: "only-on-failure",
    video: "off",
    launchOptions: {
      executablePath,
      args: [
        "--no-sandbox",
        "--disable-gpu",
        "--disable-dev-shm-usage",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
        "--no-first-run",
      ],
    },
  },
});
