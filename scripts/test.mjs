// Installs what is missing, builds, and runs every check and test. The last line counts them.
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { findBrowser } from "./browser.mjs";
import { failedOfPlaywright, failedOfVitest } from "./failed-tests.mjs";
import { install, run } from "./install.mjs";
import { installPrograms } from "./programs.mjs";

const SOAK_SECONDS = "60";

install();
installPrograms();
const browser = findBrowser();
if (browser === undefined) {
  console.error("No Chromium was found. Install one, or name it in INSPECTOR_BROWSER.");
  process.exit(1);
}
const reports = mkdtempSync(join(tmpdir(), "inspector-test-"));
const total = { passed: 0, failed: 0, skipped: 0 };
// Said again at the end: a log of CI is often kept by its last lines alone.
const failures = [];

console.log("Building …");
run(process.execPath, ["scripts/build.mjs"]);

console.log("\nChecking …");
countRun("npm run check", spawnSync(process.execPath, ["scripts/check.mjs"], { stdio: "inherit" }));

console.log("\nTesting …");
const unit = join(reports, "vitest.json");
spawnSync("npx", ["--no", "--", "vitest", "run", "--reporter=default", "--reporter=json", `--outputFile=${unit}`], {
  stdio: ["ignore", "inherit", "inherit"],
});
const unitReport = read(unit);
const { numPassedTests = 0, numFailedTests = 0, numPendingTests = 0, success = false } = unitReport;
failures.push(...failedOfVitest(unitReport));
// A file that could not even be loaded has no failed test to show for it.
count({ passed: numPassedTests, failed: Math.max(numFailedTests, success ? 0 : 1), skipped: numPendingTests });

console.log("\nTesting in a browser …");
const pages = join(reports, "playwright.json");
spawnSync("npx", ["--no", "--", "playwright", "test", "--config", "e2e/playwright.config.ts"], {
  stdio: ["ignore", "inherit", "inherit"],
  env: {
    ...process.env,
    INSPECTOR_BROWSER: browser,
    PLAYWRIGHT_JSON_OUTPUT_FILE: pages,
    PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD: "1",
  },
});
const pageReport = read(pages);
const { stats = { expected: 0, flaky: 0, unexpected: 1, skipped: 0 } } = pageReport;
failures.push(...failedOfPlaywright(pageReport));
count({ passed: stats.expected, failed: stats.unexpected + stats.flaky, skipped: stats.skipped });

if (process.platform === "linux") {
  console.log("\nSoaking …");
  countRun(
    "npm run soak",
    spawnSync(process.execPath, ["scripts/soak.mjs", "--seconds", SOAK_SECONDS], { stdio: "inherit" }),
  );
}

rmSync(reports, { recursive: true, force: true });
for (const failure of failures) {
  console.log(`\nFAILED ${failure}`);
}
console.log(`\n${total.passed} passed, ${total.failed} failed${total.skipped > 0 ? `, ${total.skipped} skipped` : ""}`);
process.exit(total.failed === 0 && total.passed > 0 ? 0 : 1);

function count(more) {
  for (const [key, number] of Object.entries(more)) {
    total[key] += number;
  }
}

/** A command that is one test. */
function countRun(name, { status }) {
  count({ [status === 0 ? "passed" : "failed"]: 1 });
  if (status !== 0) {
    failures.push(`${name}: what it found is above`);
  }
}

/** A report, or nothing of one where its run did not get that far. */
function read(file) {
  return existsSync(file) ? JSON.parse(readFileSync(file, "utf8")) : {};
}
