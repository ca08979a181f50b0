// Installs what is missing, builds, and runs every check and test. The last line counts them.
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { findBrowser } from "./browser.mjs";
import { install, run } from "./install.mjs";
import { installPrograms } from "./programs.mjs";

const SOAK_SECONDS = "120";

install();
installPrograms();
const browser = findBrowser();
if (browser === undefined) {
  console.error("No Chromium was found. Install one, or name it in INSPECTOR_BROWSER.");
  process.exit(1);
}
const reports = mkdtempSync(join(tmpdir(), "inspector-test-"));
const total = { passed: 0, failed: 0, skipped: 0 };

console.log("Building …");
run(process.execPath, ["scripts/build.mjs"]);

console.log("\nChecking …");
count({
  [spawnSync(process.execPath, ["scripts/check.mjs"], { stdio: "inherit" }).status === 0 ? "passed" : "failed"]: 1,
});

console.log("\nTesting …");
const unit = join(reports, "vitest.json");
spawnSync("npx", ["--no", "--", "vitest", "run", "--reporter=default", "--reporter=json", `--outputFile=${unit}`], {
  stdio: ["ignore", "inherit", "inherit"],
});
const { numPassedTests = 0, numFailedTests = 0, numPendingTests = 0, success = false } = read(unit);
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
const { stats = { expected: 0, flaky: 0, unexpected: 1, skipped: 0 } } = read(pages);
count({ passed: stats.expected, failed: stats.unexpected + stats.flaky, skipped: stats.skipped });

if (process.platform === "linux") {
  console.log("\nSoaking …");
  const soak = spawnSync(process.execPath, ["scripts/soak.mjs", "--seconds", SOAK_SECONDS], { stdio: "inherit" });
  count({ [soak.status === 0 ? "passed" : "failed"]: 1 });
}

rmSync(reports, { recursive: true, force: true });
console.log(`\n${total.passed} passed, ${total.failed} failed${total.skipped > 0 ? `, ${total.skipped} skipped` : ""}`);
process.exit(total.failed === 0 && total.passed > 0 ? 0 : 1);

function count(more) {
  for (const [key, number] of Object.entries(more)) {
    total[key] += number;
  }
}

/** A report, or nothing of one where its run did not get that far. */
function read(file) {
  return existsSync(file) ? JSON.parse(readFileSync(file, "utf8")) : {};
}
