import type { HoldRoom, ReplayRoomUse } from "@inspector/contract/intervention";
import { MAX_JOURNAL_BYTES, type PageCounts, type SessionInfo } from "@inspector/contract/page";
import { formatPlural, formatSize } from "../../shell/format/size.ts";
import { formatCount } from "../../shell/format/time.ts";

/** One thing that the inspector keeps within a limit, over all connections, rules and pages together. */
export type Budget = {
  readonly id: "session" | "journal" | "held" | "replays" | "unanswered" | "pages" | "views";
  readonly name: string;
  /** What is used now: "3.9 MB". */
  readonly used: string;
  /** "256 MB"; undefined where there is none. */
  readonly limit: string | undefined;
  /** The used part of the limit, from 0 to 1; undefined without a limit. */
  readonly part: number | undefined;
  /** What happens at the limit. */
  readonly consequence: string;
};

/** What the page knows of the budgets of the hub and its relay; what was not reported is left out. */
export type BudgetFacts = {
  readonly session: SessionInfo;
  readonly pages: PageCounts | undefined;
  readonly room: HoldRoom | undefined;
  readonly replays: ReplayRoomUse | undefined;
};

export function listBudgets({ session, pages, room, replays }: BudgetFacts): readonly Budget[] {
  return [
    sessionBudget(session),
    ...(session.source === "live" ? [journalBudget(session)] : []),
    ...(room === undefined ? [] : [heldBudget(room)]),
    ...(replays === undefined ? [] : replayBudgets(replays)),
    ...(pages === undefined ? [] : pageBudgets(pages)),
  ];
}

/** Whether nothing more fits. */
export function isFull({ part = 0 }: Budget): boolean {
  return part >= 1;
}

function sessionBudget({ size }: SessionInfo): Budget {
  return {
    id: "session",
    name: "Session on the disk",
    used: formatSize(size.file),
    limit: size.max === undefined ? undefined : formatSize(size.max),
    part: partOf(size.file, size.max),
    consequence:
      size.max === undefined
        ? "No limit was set (--max-size), so it grows with the recording."
        : "The oldest messages lose their bodies, then their rows.",
  };
}

function journalBudget({ behind }: SessionInfo): Budget {
  return {
    id: "journal",
    name: "Journal not read yet",
    used: formatSize(behind),
    limit: formatSize(MAX_JOURNAL_BYTES),
    part: partOf(behind, MAX_JOURNAL_BYTES),
    consequence: "The oldest part is given up, and recorded as a gap. Traffic goes on.",
  };
}

function heldBudget({ bytes, maxBytes, messages, isPaused }: HoldRoom): Budget {
  return {
    id: "held",
    name: "Held messages",
    used: `${formatSize(bytes)} in ${formatPlural(messages, "message", "messages")}`,
    limit: formatSize(maxBytes),
    part: isPaused ? 1 : partOf(bytes, maxBytes),
    consequence: isPaused
      ? "Full: messages that rules match pass until half of it is free again."
      : "Messages that rules match pass until half of it is free again.",
  };
}

function replayBudgets({ queuedBytes, maxQueuedBytes, unanswered, maxUnanswered }: ReplayRoomUse): readonly Budget[] {
  const consequence = "A run waits, and falls behind its rate.";
  return [
    {
      id: "replays",
      name: "Replays not sent yet",
      used: formatSize(queuedBytes),
      limit: formatSize(maxQueuedBytes),
      part: partOf(queuedBytes, maxQueuedBytes),
      consequence,
    },
    {
      id: "unanswered",
      name: "Replays without an answer",
      used: formatCount(unanswered),
      limit: formatCount(maxUnanswered),
      part: partOf(unanswered, maxUnanswered),
      consequence,
    },
  ];
}

function pageBudgets({ pages, maxPages, views, maxViews }: PageCounts): readonly Budget[] {
  return [
    {
      id: "pages",
      name: "Open pages",
      used: formatCount(pages),
      limit: formatCount(maxPages),
      part: partOf(pages, maxPages),
      consequence: "The hub refuses another page and says why.",
    },
    {
      id: "views",
      name: "Lists open in them",
      used: formatCount(views),
      limit: formatCount(maxViews),
      part: partOf(views, maxViews),
      consequence: "The hub refuses another list and says why.",
    },
  ];
}

function partOf(used: number, limit: number | undefined): number | undefined {
  return limit === undefined || limit <= 0 ? undefined : Math.min(1, used / limit);
}
