import type { Problem } from "@inspector/contract/page";
import { describe, expect, test } from "vitest";
import type { CheckReport } from "./check-report.ts";
import { formatGithub } from "./github.ts";

function problems(severity: Problem["severity"], count: number, more: Partial<Problem> = {}): Problem[] {
  return Array.from({ length: count }, (_, n) => ({
    id: `${severity}:${n}`,
    rule: "late-log",
    severity,
    title: `${severity} number ${n}`,
    at: n,
    consequence: "The host drops it.",
    advice: "Await it.",
    evidence: [],
    count: 1,
    ...more,
  }));
}

function report(...found: readonly Problem[][]): CheckReport {
  return { session: "/s.inspector", failOn: "error", verdicts: [], problems: found.flat() };
}

const commandsIn = (text: string): string[] => text.split("\n").filter((line) => line.trimStart().startsWith("::"));

describe("annotations", () => {
  test("are ten of a kind at most, and the summary has all", () => {
    const { annotations, summary } = formatGithub(
      report(problems("error", 13), problems("warning", 2), problems("info", 11)),
    );
    const kinds = commandsIn(annotations).map((line) => /^::(\w+) /u.exec(line)?.[1]);
    expect(kinds.filter((kind) => kind === "error")).toHaveLength(10);
    expect(kinds.filter((kind) => kind === "warning")).toHaveLength(2);
    expect(kinds.filter((kind) => kind === "notice")).toHaveLength(10);
    expect(annotations).toContain("4 more in the step's summary\n13 errors, 2 warnings, 11 notes\n");
    expect(summary.match(/^### /gmu)).toHaveLength(26);
    expect(summary).toContain("error number 12");
  });

  test("are one command each, and nothing that was recorded is another", () => {
    const hostile = "50% done\r\n::error::made up, really: yes";
    const { annotations } = formatGithub(
      report(problems("error", 1, { title: hostile, quote: hostile, rule: "a:b,c" })),
    );
    expect(commandsIn(annotations)).toHaveLength(1);
    expect(annotations).toMatch(/^::error title=inspector%3A a%3Ab%2Cc::50%25 done/u);
    expect(annotations).not.toContain("\r");
  });
});

describe("the step's summary", () => {
  test("shows what was recorded as text: no heading, link, mention or markup is made of it", () => {
    const hostile = "# big\n<img src=x> [a](javascript:b) @octocat https://example.com `x` ![y](z)";
    const { summary } = formatGithub(report(problems("error", 1, { title: hostile, quote: "```\n# out\n````" })));
    expect(summary).toContain(
      "### \\# big␊&lt;img src=x\\> \\[a\\]\\(javascript\\:b\\) \\@octocat https\\:\\/\\/example\\.com",
    );
    expect(summary).toContain("`````text\n```\n# out\n````\n`````\n");
    expect(summary).not.toContain("<img");
  });

  test("stays below what GitHub takes, and says how much is left out", () => {
    const { summary } = formatGithub(report(problems("error", 2000, { quote: "é".repeat(4000) })));
    expect(Buffer.byteLength(summary)).toBeLessThan(1024 * 1024);
    expect(summary).toMatch(/\n\d+ more do not fit here; `--format text` has all of them\.\n$/u);
  });

  test("says at once whether the check failed", () => {
    expect(formatGithub(report(problems("error", 1))).summary).toMatch(/^## ❌ inspector check/u);
    expect(formatGithub(report(problems("warning", 1))).summary).toMatch(/^## ✅ inspector check/u);
  });
});
