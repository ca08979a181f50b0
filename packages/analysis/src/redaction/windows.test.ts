import { beforeEach, describe, expect, test } from "vitest";
import { Windows } from "./windows.ts";

describe("texts that hold no secret", () => {
  let windows: Windows;
  beforeEach(() => {
    windows = new Windows();
    windows.addText("Executed 'Functions.placeOrder' for customer-12");
  });

  test.each(["Executed 'Functions.placeOrder' for customer-12", "customer", "tomer-12", "'Functions.placeOrder'"])(
    "may hold %j, which occurs in one",
    (secret) => {
      expect(windows.mayHold(secret)).toBe(true);
    },
  );

  test.each(["customer-47094", "the customer", "Executed twice"])(
    "do not hold %j, which begins or ends like a part of one",
    (secret) => {
      expect(windows.mayHold(secret)).toBe(false);
    },
  );

  test("hold nothing once they are forgotten", () => {
    windows.clear();
    expect(windows.mayHold("customer")).toBe(false);
  });
});
