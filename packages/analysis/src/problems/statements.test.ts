import { describe, expect, test } from "vitest";
import { openScene } from "../../testing/problems-in.ts";
import { type Scene, STATEMENTS } from "../../testing/statements.ts";
import { createProblems } from "./problems.ts";
import { RULES } from "./rules.ts";

type Said = { readonly rule: string; readonly severity: string; readonly words: string };

/** Everything that is said of a scene. */
function saidOf({ table, sql }: Scene): readonly Said[] {
  const database = openScene(table);
  if (sql !== undefined) {
    database.exec(sql);
  }
  const { problems, verdicts } = createProblems(database).update();
  database.close();
  return [
    ...problems.map(({ rule, severity, title, consequence }) => ({
      rule,
      severity,
      words: `${severity} ${title} ${consequence}`,
    })),
    ...verdicts.map(({ sentence }) => ({ rule: "verdict", severity: "verdict", words: sentence })),
  ];
}

function wordsOf(said: readonly Said[]): string {
  return said.map(({ words }) => words).join("\n");
}

test("every rule has its scenes", () => {
  expect(Object.keys(STATEMENTS).sort()).toEqual(RULES.map(({ id }) => id).sort());
});

describe.each(RULES.map(({ id }) => id))("what %s says", (rule) => {
  const { holds, otherCause, noEvidence } = STATEMENTS[rule] ?? { holds: undefined };

  test("depends on its cause and on its evidence", () => {
    if (holds === undefined || otherCause === undefined || noEvidence === undefined) {
      throw new Error(`${rule} has no scenes`);
    }
    const [certain, other, blind] = [holds, otherCause, noEvidence].map(saidOf);
    const ofRule = (said: readonly Said[] = []) => wordsOf(said.filter((one) => one.rule === rule));
    expect(ofRule(certain)).not.toBe("");
    expect(ofRule(other)).not.toBe(ofRule(certain));
    expect(ofRule(blind)).not.toBe(ofRule(certain));
    const severities = (blind ?? []).filter((one) => one.rule === rule).map(({ severity }) => severity);
    const isAccusing = (certain ?? []).some((one) => one.rule === rule && one.severity === "error");
    expect(isAccusing && severities.includes("error") && wordsOf(blind ?? []) === wordsOf(certain ?? [])).toBe(false);
    // Where nothing is to be said, nothing is said twice.
    const different = new Set([certain, other, blind].map((said) => wordsOf(said ?? [])));
    const silent = [other, blind].filter((said) => said?.length === 0).length;
    expect(different.size).toBe(silent === 2 ? 2 : 3);
  });
});
