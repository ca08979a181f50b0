import { expect, test } from "vitest";
import { Drafts } from "../../shell/page/drafts.ts";
import { SessionReplayDrafts } from "./replay-drafts.ts";

test("edited requests are kept for their session, and are gone with it", () => {
  const drafts = new Drafts();
  drafts.of(SessionReplayDrafts).of("a").set(7, { message: {} });
  expect(drafts.of(SessionReplayDrafts).of("a").get(7)).toEqual({ message: {} });
  expect(drafts.of(SessionReplayDrafts).of("b").get(7)).toBeUndefined();
  expect(drafts.of(SessionReplayDrafts).of("a").get(7)).toBeUndefined();
});
