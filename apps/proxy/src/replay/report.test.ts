import { describe, expect, test } from "vitest";
import { invocationRow, recordedCall } from "../../testing/recorded-call.ts";
import type { CallOutcome } from "./replay-calls.ts";
import { formatJson, formatJunit, formatText, isAllSame, type ReplayReport } from "./report.ts";

function outcome(n: number, of: Partial<CallOutcome> & Pick<CallOutcome, "outcome">): CallOutcome {
  const row = invocationRow({ id: n, invocationId: `id-${n}`, text: `GET /api/${n}?a=<b>&c="d"`, duration: 5_000_000 });
  const call = recordedCall({ row });
  return { call, differences: [], ...of };
}

const different = outcome(2, {
  outcome: "different",
  duration: 1_500_000,
  differences: [
    { kind: "changed", path: "returnValue.json.a", recorded: '"<\u0001>"', replayed: `"${"x".repeat(400)}"` },
    { kind: "added", path: "logs[0]", replayed: "{}" },
  ],
});

const report: ReplayReport = {
  session: "/s",
  worker: "/w",
  outcomes: [
    outcome(1, { outcome: "same", duration: 1_500_000 }),
    different,
    outcome(3, { outcome: "unanswered", reason: "the worker is gone" }),
    outcome(4, { outcome: "skipped", reason: "its answer was not recorded" }),
  ],
};

describe("a report", () => {
  test("for people has a block for each that is not the same, and long values cut", () => {
    const text = formatText(report);
    expect(text).toContain('hello  GET /api/2?a=<b>&c="d"  id-2\n  returnValue.json.a\n    - "<');
    expect(text).toContain("… (402 characters)\n  logs[0]\n    + {}\n");
    expect(text).toContain("id-3\n  no answer: the worker is gone\n");
    expect(text).toContain(
      "4 invocations: 1 the same, 1 different, 1 without an answer, 1 skipped\n  1 skipped: its answer was not recorded\n",
    );
    expect(text).not.toContain("id-1");
  });

  test("for people shows two long values from where they begin to differ", () => {
    const begin = `"${"😀".repeat(5000)}`;
    const values = (end: string): string => `${begin}${end}${"y".repeat(2000)}"`;
    const differences = [
      { kind: "changed", path: "returnValue", recorded: values("one"), replayed: values("another") },
      { kind: "changed", path: "logs[0]", recorded: `"${"z".repeat(1000)}"`, replayed: `"${"z".repeat(1001)}"` },
    ] as const;
    const text = formatText({ ...report, outcomes: [{ ...different, differences }] });
    expect(text).toMatch(/^ {4}- …(?:😀)+oney+… \(12005 characters, from \d+ on\)$/mu);
    expect(text).toMatch(/^ {4}\+ …(?:😀)+anothery+… \(12009 characters, from \d+ on\)$/mu);
    expect(text).toMatch(
      /^ {4}- …z+" \(1002 characters, from 942 on\)\n {4}\+ …z+" \(1003 characters, from 942 on\)$/mu,
    );
    expect(text).not.toContain("�");
  });

  test("for people and build servers is cut where an answer differs in very many places", () => {
    const differences = Array.from({ length: 30_000 }, (_, n) => ({ ...different.differences[1], path: `logs[${n}]` }));
    const many = { ...report, outcomes: [{ ...different, differences }] } as ReplayReport;
    for (const text of [formatText(many), formatJunit(many)]) {
      expect(text).toContain("logs[49]\n");
      expect(text).not.toContain("logs[50]\n");
      expect(text).toContain("and 29950 more; --format json has all of them");
    }
    expect(JSON.parse(formatJson(many)).invocations[0].differences).toHaveLength(30_000);
  });

  test("for programs has them all, with whole values and both durations", () => {
    const json = JSON.parse(formatJson(report));
    expect(json).toMatchObject({
      session: "/s",
      worker: "/w",
      total: 4,
      same: 1,
      different: 1,
      unanswered: 1,
      skipped: 1,
    });
    expect(json.invocations[1]).toMatchObject({
      id: 2,
      function: "hello",
      outcome: "different",
      differences: different.differences,
      duration: { recorded: 5_000_000, replayed: 1_500_000 },
    });
  });

  test("for build servers says failure, error and skipped, and holds nothing that XML cannot", () => {
    const xml = formatJunit(report);
    expect(xml).toContain('<testsuites tests="4" failures="1" errors="1" skipped="1" time="0.003">');
    expect(xml).toContain('name="GET /api/1?a=&lt;b&gt;&amp;c=&quot;d&quot; id-1" time="0.001500"/>');
    expect(xml).toContain('<failure message="returnValue.json.a, logs[0]">');
    expect(xml).toContain('<error message="the worker is gone"/>');
    expect(xml).toContain('<skipped message="its answer was not recorded"/>');
    expect(xml).toContain("&lt;␁&gt;");
  });

  test("is good when nothing spoke against it", () => {
    const of = (...outcomes: CallOutcome["outcome"][]): ReplayReport => ({
      ...report,
      outcomes: outcomes.map((one, n) => outcome(n, { outcome: one })),
    });
    expect(isAllSame(of("same", "skipped"))).toBe(true);
    expect(isAllSame(of("same", "different"))).toBe(false);
    expect(isAllSame(of("unanswered"))).toBe(false);
  });
});
