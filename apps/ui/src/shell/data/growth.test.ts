import type { StreamInfo } from "@inspector/contract/page";
import { expect, test } from "vitest";
import { sessionInfo } from "../../../testing/session-info.ts";
import { isGrowth, isOtherContent, livesOf } from "./growth.ts";

const stream: StreamInfo = { id: 1, connection: 1, path: "/p", openedAt: 5, phase: "loaded", messages: 3, bytes: 90 };
const other: StreamInfo = {
  ...stream,
  id: 2,
  end: { by: "host", how: "reset" } as unknown as NonNullable<StreamInfo["end"]>,
};

const session = sessionInfo({ last: 3, bytes: 90, streams: [stream], streamCount: 1, workerCount: 1 });

test("the lives of streams are the same list while only messages came in, and one is another when its phase changes", () => {
  const lives = livesOf([], [stream, other]);
  expect(livesOf(lives, [{ ...stream, messages: 9, bytes: 900 }, { ...other }])).toBe(lives);
  const ended = livesOf(lives, [stream, { ...other, phase: "ended" }]);
  expect(ended).not.toBe(lives);
  expect(ended[0]).toBe(lives[0]);
  expect(livesOf(lives, [stream])).toEqual([lives[0]]);
});

test("a session only grew where numbers of its messages changed, and not where anything else did", () => {
  const grown = { ...session, last: 9, bytes: 900, now: 1e9, streams: [{ ...stream, messages: 9 }] };
  expect(isGrowth({ ...session, now: 0 }, grown)).toBe(true);
  expect(isGrowth(grown, { ...grown, gaps: { count: 1, bytes: 5 } })).toBe(false);
  expect(isGrowth(grown, { ...grown, recordingFault: "no space left on device" })).toBe(false);
  expect(isGrowth(grown, { ...grown, problems: { errors: 1, warnings: 0 } })).toBe(false);
});

test("a text index that grows changes nothing that was worked out from a file, and messages and sizes of a live one do", () => {
  const indexed = {
    ...session,
    source: "file",
    indexed: 5,
    indexedFrom: 1,
    size: { ...session.size, file: 8192 },
  } as const;
  expect(isOtherContent({ ...session, source: "file" }, indexed)).toBe(false);
  expect(isOtherContent(indexed, { ...indexed, problems: { errors: 1, warnings: 0 } })).toBe(true);
  expect(isOtherContent(session, { ...session, indexed: 5, now: 9 })).toBe(false);
  expect(isOtherContent(session, { ...session, last: 4 })).toBe(true);
  expect(isOtherContent(session, { ...session, size: { ...session.size, file: 8192 } })).toBe(true);
});
