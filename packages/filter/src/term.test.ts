import { kindName } from "@inspector/proto";
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { LEVELS } from "./keys.ts";
import { parseFilter } from "./parse.ts";
import { STEP_KINDS } from "./step-kinds.ts";
import {
  durationTerm,
  functionTerm,
  idTerm,
  kindTerm,
  levelTerm,
  STEP_TERMS,
  sinceTerm,
  sizeTerm,
  triggerTerm,
  workerTerm,
} from "./term.ts";

function read(text: string) {
  const parsed = parseFilter(text);
  if (!parsed.ok) {
    throw new Error(`${text}: ${parsed.message}`);
  }
  return parsed.filter;
}

/** What people and programs name things, and what a filter might take for something of its own. */
const value = fc
  .oneof(
    fc.string({ unit: "grapheme", maxLength: 20 }),
    fc.string({ unit: "binary", maxLength: 20 }),
    fc
      .array(fc.constantFrom('"', "\\", "*", "%", "_", "(", ")", ",", ":", "-", " ", "\n", "OR", "a", "/", ">", "NOT"))
      .map((parts) => parts.join("")),
  )
  .filter((text) => !text.includes("\0"));

describe("a term that is written for a value", () => {
  test("is read as that value and nothing else, negated too, beside others and in brackets", () => {
    fc.assert(
      fc.property(value, value, (name, other) => {
        const fn = { type: "match", key: "fn", patterns: [[name]] };
        expect(read(functionTerm(name))).toEqual(fn);
        expect(read(`-${functionTerm(name)}`)).toEqual({ type: "not", item: fn });
        const trigger = { type: "match", key: "trigger", patterns: [[other]] };
        const both = `(${functionTerm(name)} OR x) ${triggerTerm(other)}`;
        expect(read(both)).toMatchObject({ type: "and", items: [{ type: "or" }, trigger] });
        expect(read(idTerm(name))).toEqual({ type: "match", key: "id", patterns: [[name]] });
        const worker = name === "" ? { key: "stream" } : { key: "worker", patterns: [[name]] };
        expect(read(workerTerm({ workerId: name, stream: 3 }))).toMatchObject(worker);
      }),
      { numRuns: 200 },
    );
  });

  test("of a kind is one that the filter knows, of whatever service", () => {
    for (const kind of ["", "undecodable", "rpc_log", "#4711", 'Settlement.V1/Complete "a b"']) {
      expect(read(kindTerm(kind))).toBeDefined();
    }
  });

  test("of a level is that level alone", () => {
    expect(LEVELS.map((_, level) => read(levelTerm(level) ?? ""))).toEqual(
      LEVELS.map((_, level) => ({ type: "compare", key: "level", tests: [{ operator: "=", value: level }] })),
    );
    expect(levelTerm(7)).toBeUndefined();
  });

  test("of a step names the kinds of all its messages", () => {
    for (const { step, requests, answers } of STEP_KINDS.filter(({ step }) => step !== "status")) {
      const kinds = [...requests, ...answers].map((kind) => [kindName(kind)]);
      expect(read(STEP_TERMS[step] ?? "")).toEqual({ type: "match", key: "kind", patterns: kinds });
    }
  });

  test("of a time or a size holds for the value itself, and is at most a hundredth less", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER }), (number) => {
        for (const term of [durationTerm(number), sizeTerm(number)]) {
          const filter = read(term);
          const [only] = filter.type === "compare" ? filter.tests : [];
          expect(only?.operator).toBe(">=");
          expect(only?.value).toBeLessThanOrEqual(number);
          expect(only?.value).toBeGreaterThanOrEqual(Math.floor(number * 0.99));
        }
        const since = read(sinceTerm(number));
        expect(since).toMatchObject({ key: "at", tests: [{ operator: ">=", value: number - (number % 1e6) }] });
      }),
    );
    expect([durationTerm(12_345_678), sizeTerm(2048), sizeTerm(0)]).toEqual(["dur:>=12.3ms", "size:>=2kb", "size:>=0"]);
  });
});
