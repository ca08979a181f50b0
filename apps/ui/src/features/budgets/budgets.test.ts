import type { SessionInfo } from "@inspector/contract/page";
import { describe, expect, test } from "vitest";
import { isFull, listBudgets } from "./budgets.ts";

const MIB = 1024 * 1024;

const session: SessionInfo = {
  contract: 1,
  id: "s",
  file: "/s.inspector",
  source: "live",
  startedAt: 0,
  version: "0",
  last: 0,
  bytes: 0,
  size: { file: 50 * MIB, max: 100 * MIB, bodiesDropped: 0, rowsDropped: 0 },
  gaps: { count: 0, bytes: 0 },
  behind: 3 * MIB,
  streams: [],
  connections: [],
  streamCount: 0,
  workerCount: 0,
  connectionCount: 0,
};

const pages = { pages: 1, maxPages: 64, views: 512, maxViews: 512 };
const room = { bytes: 10 * MIB, maxBytes: 256 * MIB, messages: 1, maxMessages: 5000, isPaused: false };

const replays = { queuedBytes: 64 * MIB, maxQueuedBytes: 128 * MIB, unanswered: 12, maxUnanswered: 10_000 };

const budgetsOf = (facts: Partial<Parameters<typeof listBudgets>[0]>) =>
  new Map(listBudgets({ session, pages, room, replays, ...facts }).map((budget) => [budget.id, budget]));

describe("budgets", () => {
  test("say what is used, the limit and the part of it", () => {
    expect(budgetsOf({}).get("session")).toMatchObject({ used: "50 MB", limit: "100 MB", part: 0.5 });
    expect(budgetsOf({}).get("held")).toMatchObject({ used: "10 MB in 1 message", limit: "256 MB" });
    expect(budgetsOf({}).get("journal")).toMatchObject({ used: "3 MB", limit: "4 GB" });
    expect(budgetsOf({}).get("replays")).toMatchObject({ used: "64 MB", limit: "128 MB", part: 0.5 });
    expect(budgetsOf({}).get("unanswered")).toMatchObject({ used: "12", limit: "10\u202f000" });
  });

  test("are full at the limit, and while holds are paused", () => {
    const full = (facts: Parameters<typeof budgetsOf>[0]) =>
      [...budgetsOf(facts).values()].filter(isFull).map(({ id }) => id);
    expect(full({})).toEqual(["views"]);
    expect(full({ room: { ...room, isPaused: true } })).toEqual(["held", "views"]);
  });

  test("without a limit say that there is none", () => {
    const unlimited = { ...session, size: { file: 1, bodiesDropped: 0, rowsDropped: 0 } };
    expect(budgetsOf({ session: unlimited }).get("session")).toMatchObject({ limit: undefined, part: undefined });
  });

  test("that nobody reported are left out, and those of a recording in an opened file", () => {
    const left = budgetsOf({
      session: { ...session, source: "file" },
      pages: undefined,
      room: undefined,
      replays: undefined,
    });
    expect([...left.keys()]).toEqual(["session"]);
  });
});
