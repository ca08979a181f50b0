import { describe, expect, test } from "vitest";
import { CAUSE_SCENES } from "../../../testing/cause-scenes.ts";
import { CAUSES, findCause } from "./causes.ts";

test("every cause has its scenes and a name of its own", () => {
  expect(Object.keys(CAUSE_SCENES).sort()).toEqual([...CAUSES].sort());
});

describe.each(Object.entries(CAUSE_SCENES))("the cause %s", (name, { isTrue, other, unclear }) => {
  const found = ([scene]: typeof isTrue) => findCause(typeof scene === "string" ? { text: scene } : scene);

  test("is told of what names it, with what to try", () => {
    expect(found(isTrue)).toMatchObject({ name, says: isTrue[1], advice: expect.stringMatching(/^[A-Z@].*\.$/su) });
  });

  test("is not told of what looks alike", () => {
    expect(found(other)?.says).toBe(other[1]);
    expect(found(other)?.name).not.toBe(name);
  });

  test("is not told, or with less, of what does not say enough", () => {
    expect(found(unclear)?.says).toBe(unclear[1]);
    expect(unclear[1]).not.toBe(isTrue[1]);
  });
});
