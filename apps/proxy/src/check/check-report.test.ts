import type { Problem, Verdict } from "@inspector/contract/page";
import { describe, expect, test } from "vitest";
import {
  type CheckReport,
  formatCheckJson,
  formatCheckJunit,
  formatCheckText,
  formatCheckTotals,
  hasFailed,
} from "./check-report.ts";

function problem(severity: Problem["severity"], more: Partial<Problem> = {}): Problem {
  return {
    id: `late-log:${severity}`,
    rule: "late-log",
    severity,
    title: "A log came after its answer",
    at: 1_204_000_000,
    consequence: "The host drops it.",
    advice: "Await what is logged.",
    evidence: [],
    count: 1,
    ...more,
  };
}

const died: Verdict = {
  stream: 1,
  kind: "exit-code",
  sentence: "The worker died.",
  quote: "Cannot find module 'left-pad'",
  step: "load",
  advice: "Install it.",
  evidence: [],
};

function report(problems: readonly Problem[], more: Partial<CheckReport> = {}): CheckReport {
  return { session: "/s.inspector", failOn: "error", verdicts: [], problems, ...more };
}

describe("a check", () => {
  test("fails on errors and verdicts, and on warnings where that is asked for", () => {
    const all = { error: [problem("error")], warning: [problem("warning")], info: [problem("info")] };
    expect([all.error, all.warning, all.info].map((one) => hasFailed(report(one)))).toEqual([true, false, false]);
    const strict = [all.error, all.warning, all.info].map((one) => hasFailed(report(one, { failOn: "warning" })));
    expect(strict).toEqual([true, true, false]);
    expect(hasFailed(report([], { verdicts: [died] }))).toBe(true);
    expect(hasFailed(report([], { failOn: "warning" }))).toBe(false);
  });

  test("counts what it found", () => {
    expect(formatCheckTotals(report([problem("error"), problem("info"), problem("info")]))).toBe(
      "1 error, 0 warnings, 2 notes",
    );
    expect(formatCheckTotals(report([], { verdicts: [died] }))).toMatch(
      /^1 worker died or never became ready, 0 errors/u,
    );
  });
});

describe("a report of a check", () => {
  test("for people has a block for each finding, verdicts first", () => {
    const text = formatCheckText(report([problem("warning", { count: 3 })], { verdicts: [died] }));
    expect(text).toBe(
      "error  verdict  The worker died.\n  Install it.\n  | Cannot find module 'left-pad'\n\n" +
        "warning  late-log  A log came after its answer  (3 times, first at 1.204 s)\n" +
        "  The host drops it.\n  Await what is logged.\n\n" +
        "1 worker died or never became ready, 0 errors, 1 warning, 0 notes\n",
    );
  });

  test("has no line that begins as a build server's command, whatever is quoted", () => {
    const hostile = "::error::made up\n\u001b]0;x\n::set-output name=a::b";
    const text = formatCheckText(report([problem("error", { quote: hostile, title: "a\n::b::c", advice: "x\n::y" })]));
    expect(text.split("\n").filter((line) => line.trimStart().startsWith("::"))).toEqual([]);
    expect(text).not.toContain("\u001b");
  });

  test("cuts long quotes where people read them", () => {
    const quote = Array.from({ length: 40 }, (_, n) => `line ${n}`).join("\n");
    const text = formatCheckText(report([problem("error", { quote })]));
    expect(text).toContain("| line 11\n  | … and 28 lines more\n");
    expect(text).not.toContain("line 12");
    expect(JSON.parse(formatCheckJson(report([problem("error", { quote })]))).problems[0].quote).toBe(quote);
  });

  test("for programs has verdicts and problems as they are, and whether it failed", () => {
    const json = JSON.parse(formatCheckJson(report([problem("warning")], { verdicts: [died] })));
    expect(json).toMatchObject({ session: "/s.inspector", failOn: "error", isFailed: true, verdicts: [died] });
    expect(json.problems).toEqual([problem("warning")]);
  });

  test("for build servers has a case for each finding, of which only those that fail the check fail", () => {
    const xml = formatCheckJunit(
      report([problem("error", { title: "<a> & \u0001" }), problem("warning")], { verdicts: [died] }),
    );
    expect(xml).toContain('<testsuite name="/s.inspector" tests="3" failures="2" errors="0" skipped="0"');
    expect(xml).toContain(
      'classname="inspector.verdict" name="The worker died." time="0"><failure message="The worker died."',
    );
    expect(xml).toContain('name="&lt;a&gt; &amp; ␁"');
    expect(xml).toMatch(/<system-out>warning: A log came after its answer The host drops it\.\nThe host/u);
  });

  test("for build servers is one case that passes where nothing was found", () => {
    expect(formatCheckJunit(report([]))).toMatch(/tests="1" failures="0"[\s\S]*name="no problems" time="0"\/>/u);
  });
});
