import { expect, test } from "vitest";
import type { Asked } from "./lines.ts";
import { WaitingQuestions } from "./waiting-questions.ts";

const page = (path: string): Asked => ({ name: "page", given: [{ method: "GET", path, query: "" }] });

function takeAll(questions: WaitingQuestions): number[] {
  const taken: number[] = [];
  for (let next = questions.take(); next !== undefined; next = questions.take()) {
    taken.push(next[0]);
  }
  return taken;
}

test("what somebody waits for goes before what pages only bring up to date", () => {
  const questions = new WaitingQuestions();
  questions.add(1, page("workers"));
  questions.add(2, page("problems"));
  questions.add(3, page("facets"));
  questions.add(4, page("messages/7"));
  questions.add(5, page("messages/8"));
  questions.drop(4);
  expect(questions.size).toBe(4);
  expect(takeAll(questions)).toEqual([3, 5, 1, 2]);
  expect(questions.size).toBe(0);
});

test("what pages bring up to date has its turn however much is asked", () => {
  const questions = new WaitingQuestions();
  questions.add(1, page("workers"));
  for (let id = 2; id < 50; id += 1) {
    questions.add(id, page("facets"));
  }
  const taken = takeAll(questions);
  expect(taken.indexOf(1)).toBe(20);
  expect(taken).toHaveLength(49);
});
