import { expect, test } from "vitest";
import { Boundary } from "./Boundary.tsx";

test("forgets the failure of one item before another is drawn, and keeps that of the same one", () => {
  const failed = { error: new Error("cannot be drawn"), of: 1 };
  const props = { what: "the message", children: undefined };
  expect(Boundary.getDerivedStateFromProps({ ...props, of: 2 }, failed)).toEqual({ error: undefined, of: 2 });
  // An item that fails when it is first drawn is not drawn once more for being another one than before.
  expect(Boundary.getDerivedStateFromProps({ ...props, of: 1 }, failed)).toBeNull();
  expect("componentDidUpdate" in Boundary.prototype).toBe(false);
});
