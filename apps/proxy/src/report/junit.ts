/** Reports as build servers read them. */
import { visibleText } from "@inspector/contract/visible-text";

export type JunitCase = {
  readonly className: string;
  readonly name: string;
  /** Seconds, with their decimals as they shall stand. */
  readonly time: string;
  readonly result: JunitResult;
};

export type JunitResult =
  | { readonly kind: "passed"; readonly output?: string }
  | { readonly kind: "skipped" | "error"; readonly message: string }
  /** `text` is shown below the message, line by line. */
  | { readonly kind: "failure"; readonly message: string; readonly text: string };

/** One suite in the form that Ant began and all build servers read. */
export function formatJunitSuite(name: string, time: string, cases: readonly JunitCase[]): string {
  const count = (kind: JunitResult["kind"]): number => cases.filter(({ result }) => result.kind === kind).length;
  const counts = `tests="${cases.length}" failures="${count("failure")}" errors="${count("error")}" skipped="${count("skipped")}"`;
  return (
    `<?xml version="1.0" encoding="UTF-8"?>\n<testsuites ${counts} time="${time}">\n` +
    `  <testsuite name="${escapeXml(name)}" ${counts} time="${time}">\n${cases.map(formatCase).join("")}  </testsuite>\n</testsuites>\n`
  );
}

function formatCase({ className, name, time, result }: JunitCase): string {
  const head = `    <testcase classname="${escapeXml(className)}" name="${escapeXml(name)}" time="${time}"`;
  switch (result.kind) {
    case "passed":
      return result.output === undefined
        ? `${head}/>\n`
        : `${head}><system-out>${escapeXml(result.output)}</system-out></testcase>\n`;
    case "skipped":
    case "error":
      return `${head}><${result.kind} message="${escapeXml(result.message)}"/></testcase>\n`;
    case "failure":
      return `${head}><failure message="${escapeXml(result.message)}">\n${escapeXml(result.text)}</failure></testcase>\n`;
  }
}

const ENTITIES: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };

/** Characters that XML 1.0 cannot hold, and those that a terminal obeys, are shown as signs. */
function escapeXml(text: string): string {
  return visibleText(text)
    .replaceAll(/[&<>"]/gu, (character) => ENTITIES[character] ?? character)
    .replaceAll(/[^\t\n\r\u{20}-\u{d7ff}\u{e000}-\u{fffd}\u{10000}-\u{10ffff}]/gu, "\u{fffd}");
}
