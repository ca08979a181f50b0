import type { InterventionOrder } from "@inspector/contract/intervention-lines";
import { expect, test } from "vitest";
import { inLines } from "./message-lines.ts";

type Release = Extract<InterventionOrder, { order: "release" }>;

const head = { order: "release", held: 1, action: "replace" } as const;

test.each([0, 1, 44_999, 45_000, 45_001, 90_000, 200_000])(
  "a message of %d bytes is that of its lines together",
  (size) => {
    const bytes = Buffer.alloc(size, "abcdefg");
    const lines = inLines<Release>(head, bytes);
    const parts = lines.map(({ message = "" }) => message);
    expect(Buffer.from(parts.join(""), "base64").equals(bytes)).toBe(true);
    expect(Buffer.concat(parts.map((part) => Buffer.from(part, "base64"))).equals(bytes)).toBe(true);
    expect(lines.map(({ more }) => more === true)).toEqual(lines.map((_, at) => at < lines.length - 1));
  },
);
