import { expect, it } from "vitest";
import { parseColumnFrame } from "./column-frame.ts";

it("reads view, cursor and numbers", () => {
  const frame = parseColumnFrame(Uint32Array.of(3, 12, 10, 12).buffer);
  expect(frame).toMatchObject({ view: 3, cursor: 12 });
  expect([...(frame?.seqs ?? [])]).toEqual([10, 12]);
});

it("reads a frame in which nothing matched", () => {
  const frame = parseColumnFrame(Uint32Array.of(1, 900).buffer);
  expect(frame?.cursor).toBe(900);
  expect(frame?.seqs).toHaveLength(0);
});

it("takes no bytes for a frame that are none", () => {
  expect(parseColumnFrame(new ArrayBuffer(0))).toBeUndefined();
  expect(parseColumnFrame(new ArrayBuffer(4))).toBeUndefined();
  expect(parseColumnFrame(new ArrayBuffer(11))).toBeUndefined();
});
