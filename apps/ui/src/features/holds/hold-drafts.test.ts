import type { HeldMessage } from "@inspector/contract/intervention";
import { expect, test } from "vitest";
import { HoldDrafts } from "./hold-drafts.ts";

const held = (id: number, heldAt: number): HeldMessage => ({
  id,
  rule: 1,
  stream: 1,
  from: "host",
  kind: "invocation_request",
  size: 10,
  heldAt,
  goesOnAt: heldAt + 1,
  queued: 0,
});

const draft = { mode: "message", message: { message: { edited: true } }, answer: { message: undefined } } as const;

test("a held message's draft is kept until the message is not held any more", () => {
  const drafts = new HoldDrafts();
  drafts.keepHeld(held(1, 5), draft);
  drafts.dropGone([held(2, 6), held(1, 5)]);
  expect(drafts.ofHeld(held(1, 5))).toBe(draft);
  drafts.dropGone([held(2, 6)]);
  expect(drafts.ofHeld(held(1, 5))).toBeUndefined();
});

test("a held message of a restarted hub is not taken for the one that had its number", () => {
  const drafts = new HoldDrafts();
  drafts.keepHeld(held(1, 5), draft);
  expect(drafts.ofHeld(held(1, 9))).toBeUndefined();
});
