import type { SessionEvent } from "@inspector/contract/page";
import { describe, expect, test } from "vitest";
import { sessionInfo } from "../../testing/session-info.ts";
import { listNotices } from "./notices.ts";

const session = sessionInfo({ id: "a", file: "a.session", listen: "127.0.0.1:50051", upstream: "127.0.0.1:7071" });
const refused: SessionEvent = {
  id: 1,
  at: 5e9,
  from: "host",
  type: "upstream-failed",
  detail: { address: "127.0.0.1:7071", code: "ECONNREFUSED", message: "inspector: upstream 127.0.0.1:7071 refused" },
};
const open = { phase: "open" } as const;

describe("notices", () => {
  test("are none while all is well", () => {
    expect(listNotices(open, session, [], 0)).toEqual([]);
  });

  test("say what was given up to stay below the size limit", () => {
    const size = { file: 0, bodiesDropped: 12, rowsDropped: 1 };
    expect(listNotices(open, { ...session, size }, [], 0)).toMatchObject([
      { id: "bodies", text: "1 message was given up, the oldest first. 12 messages have only a row left." },
    ]);
    const rowsOnly = { ...size, bodiesDropped: 0 };
    expect(listNotices(open, { ...session, size: rowsOnly }, [], 0)[0]?.text).toBe(
      "1 message was given up, the oldest first.",
    );
  });

  test("say that a file holds every secret, where it was exported so", () => {
    const exported = (policy: "none" | "safe") =>
      listNotices(open, { ...session, redaction: { policy, by: "1" } }, [], 0);
    expect(exported("none")).toMatchObject([{ id: "redaction", tone: "warn" }]);
    expect(exported("safe")).toEqual([]);
  });

  test("count down to the next attempt while the hub is gone", () => {
    const [notice] = listNotices({ phase: "lost", lastSeenAt: 1000, retryAt: 9000 }, session, [], 6500);
    expect(notice).toMatchObject({ id: "lost", tone: "warn", canRetry: true });
    expect(notice?.text).toContain("in 3 s");
  });

  test("say that a session is not kept, and where the others are", () => {
    const gone = {
      message: 'No session called "a" is kept',
      hint: "It may have been deleted.",
      isSessionGone: true,
    } as const;
    expect(listNotices({ phase: "refused", ...gone }, undefined, [], 0)).toEqual([
      {
        id: "refused",
        tone: "bad",
        title: gone.message,
        text: gone.hint,
        link: { text: "Sessions", href: "/?view=sessions" },
      },
    ]);
    const other = { phase: "refused", message: "This link is not valid.", hint: "Open another." } as const;
    expect(listNotices(other, undefined, [], 0)[0]).not.toHaveProperty("link");
  });

  test("say how much passed unrecorded, and why", () => {
    const gaps = { count: 2, bytes: 3_250_000, lastAt: 1e9, reason: "no space left on device" };
    const [notice] = listNotices(open, { ...session, gaps }, [], 0);
    expect(notice).toMatchObject({ tone: "bad", title: "2 recording gaps" });
    expect(notice?.text).toMatch(/^3\.1 MB passed unrecorded.*no space left on device/);
  });

  test("name the host that cannot be reached, until a worker got through", () => {
    expect(listNotices(open, session, [refused, { ...refused, id: 2 }], 0)[0]).toMatchObject({
      id: "upstream",
      title: "The host at 127.0.0.1:7071 cannot be reached",
      text: expect.stringContaining("2 times"),
    });
    const stream = {
      id: 1,
      connection: 2,
      path: "/x",
      openedAt: 6e9,
      phase: "started",
      messages: 0,
      bytes: 0,
    } as const;
    expect(listNotices(open, { ...session, streams: [stream] }, [refused], 0)).toEqual([]);
  });

  test("put what is urgent first", () => {
    const broken = { ...session, recordingFault: "no space left on device", gaps: { count: 1, bytes: 1 } };
    const ids = listNotices({ phase: "lost", retryAt: 0 }, broken, [refused], 0).map(({ id }) => id);
    expect(ids).toEqual(["lost", "fault", "gap", "upstream"]);
  });
});

test("more streams than the session's state names are said to be there", () => {
  const notices = listNotices({ phase: "open" }, { ...session, streamCount: 80_000 }, [], 0);
  expect(notices).toMatchObject([{ id: "streams", tone: "info", title: "80\u202f000 streams were opened" }]);
});
