import { expect, test } from "vitest";
import { newMessages } from "./tail.ts";

test("what is recorded between two questions is told of, once", () => {
  let recorded = 3;
  // A message comes behind each answer.
  const lastSeq = (): number => recorded++;
  const column = (_: unknown, after: number): number[] => {
    const seqs = Array.from({ length: recorded - after }, (__, n) => after + n + 1);
    recorded += 1;
    return seqs;
  };
  const next = newMessages({ lastSeq, column }, undefined);
  const told = [next(), next(), next()].flat();
  expect(told).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
});

test("what does not match is not looked at again", () => {
  const looked: number[] = [];
  const column = (_: unknown, after: number): number[] => {
    looked.push(after);
    return [];
  };
  const next = newMessages({ lastSeq: () => 7, column }, undefined);
  next();
  next();
  expect(looked).toEqual([0, 7]);
});
