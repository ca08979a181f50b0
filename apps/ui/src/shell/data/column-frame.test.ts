import { expect, test } from "vitest";
import { parseColumnFrame } from "./column-frame.ts";

test("reads view, cursor, rows and those that are gone", () => {
  const frame = parseColumnFrame(Uint32Array.of(3, 12, 2, 10, 12, 7).buffer);
  expect(frame).toMatchObject({ view: 3, cursor: 12 });
  expect([...(frame?.ids ?? [])]).toEqual([10, 12]);
  expect([...(frame?.gone ?? [])]).toEqual([7]);
});

test("reads a frame in which nothing matched", () => {
  const frame = parseColumnFrame(Uint32Array.of(1, 900, 0).buffer);
  expect(frame?.cursor).toBe(900);
  expect(frame?.ids).toHaveLength(0);
});

test("takes no bytes for a frame that are none", () => {
  expect(parseColumnFrame(new ArrayBuffer(0))).toBeUndefined();
  expect(parseColumnFrame(new ArrayBuffer(8))).toBeUndefined();
  expect(parseColumnFrame(new ArrayBuffer(13))).toBeUndefined();
  expect(parseColumnFrame(Uint32Array.of(1, 9, 3, 8, 9).buffer)).toBeUndefined();
});
