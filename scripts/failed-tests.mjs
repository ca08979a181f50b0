// Which tests failed, and how, of the JSON reports of vitest and Playwright.
import { relative } from "node:path";
import { stripVTControlCharacters } from "node:util";

const LINES_OF_A_MESSAGE = 12;

/**
 * @param {object} report - of `vitest --reporter=json`; `{}` where there is none
 * @returns {string[]} a text each: file, title, beginning of the message
 */
export function failedOfVitest({ testResults = [], success = false }) {
  const failed = testResults.flatMap(({ name, status, message = "", assertionResults = [] }) => {
    const wrong = assertionResults.filter((test) => test.status === "failed");
    if (wrong.length === 0 && status === "failed") {
      return [described(name, "", message)];
    }
    return wrong.map((test) => described(name, test.fullName, test.failureMessages?.[0] ?? ""));
  });
  return success || failed.length > 0 ? failed : ["vitest: no test failed, but the run did; what it found is above"];
}

/**
 * @param {object} report - of Playwright's JSON reporter; `{}` where there is none
 * @returns {string[]} a text each: file, title, beginning of the message
 */
export function failedOfPlaywright({ suites = [], errors = [], config }) {
  const failed = suites.flatMap(function ofSuite(suite) {
    const own = (suite.specs ?? [])
      .filter((spec) => !spec.ok || spec.tests.some((test) => test.status === "flaky"))
      .map((spec) => {
        const error = spec.tests.flatMap((test) => test.results).find((result) => result.error !== undefined)?.error;
        return described(`${config?.rootDir ?? "."}/${spec.file}:${spec.line}`, spec.title, error?.message ?? "");
      });
    return [...own, ...(suite.suites ?? []).flatMap(ofSuite)];
  });
  return [...failed, ...errors.map((error) => described("Playwright", "", error.message ?? ""))];
}

function described(file, title, message) {
  const lines = stripVTControlCharacters(message)
    .split("\n")
    .filter((line) => !line.includes("/node_modules/"))
    .slice(0, LINES_OF_A_MESSAGE);
  return [`${file.startsWith("/") ? relative(process.cwd(), file) : file}${title && ` > ${title}`}`, ...lines].join(
    "\n  ",
  );
}
