import { describe, expect, test } from "vitest";
import { parseSchedule } from "./schedule.ts";

function next(schedule: string, from: string, zone?: string): string | undefined {
  return parseSchedule(schedule, zone).next(new Date(from))?.toISOString();
}

describe("a timer's schedule", () => {
  test.each([
    ["0 */5 * * * *", "2031-01-02T10:01:00Z", "2031-01-02T10:05:00.000Z"],
    ["0 */5 * * * *", "2031-01-02T10:05:00Z", "2031-01-02T10:10:00.000Z"],
    ["*/2 * * * * *", "2031-01-02T10:00:01.500Z", "2031-01-02T10:00:02.000Z"],
    ["0 30 9 * JAN Mon", "2031-01-02T10:00:00Z", "2031-01-06T09:30:00.000Z"],
    ["*/15 * * * *", "2031-01-02T10:01:00Z", "2031-01-02T10:15:00.000Z"],
    ["00:00:30", "2031-01-02T10:00:05Z", "2031-01-02T10:00:35.000Z"],
  ])("%s is due after %s at %s", (schedule, from, due) => {
    expect(next(schedule, from)).toBe(due);
  });

  test("needs day of month and day of week to match both", () => {
    expect(next("0 0 0 1 * MON", "2031-01-02T00:00:00Z")).toBe("2031-09-01T00:00:00.000Z");
  });

  test("is in UTC unless another zone is given", () => {
    expect(next("0 0 8 * * *", "2031-01-02T00:00:00Z", "Europe/Berlin")).toBe("2031-01-02T07:00:00.000Z");
  });

  test.each(["", "* * *", "0 61 * * * *", "every minute or so, please"])("'%s' is refused", (text) => {
    expect(() => parseSchedule(text)).toThrow(/is not a schedule/);
  });
});
