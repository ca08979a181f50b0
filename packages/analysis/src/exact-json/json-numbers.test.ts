import { describe, expect, test } from "vitest";
import { listJsonNumbers } from "./json-numbers.ts";

describe("the numbers of a JSON text", () => {
  test("are those outside of strings, as they are written", () => {
    const text = '{"1":[-2.50,"3\\"4",5e+6],"x\\\\":9007199254740993}';
    expect([...listJsonNumbers(text)]).toEqual(["-2.50", "5e+6", "9007199254740993"]);
  });

  test("end where a string is not closed", () => {
    expect([...listJsonNumbers('[1,"2,3')]).toEqual(["1"]);
  });

  test("are found behind a string of tens of megabytes", () => {
    expect([...listJsonNumbers(`["${"x".repeat(40_000_000)}",7]`)]).toEqual(["7"]);
  });
});
