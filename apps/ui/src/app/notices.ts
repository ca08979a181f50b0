import { MAX_STREAMS, type SessionEvent, type SessionInfo } from "@inspector/contract/page";
import type { ConnectionState } from "../shell/data/session-client.ts";
import { formatPlural, formatSize } from "../shell/format/size.ts";
import { formatClock, formatMoment } from "../shell/format/time.ts";

/** A strip across the page: something that is wrong now, or went wrong and left a mark. */
export type Notice = {
  readonly id: string;
  readonly tone: "bad" | "warn" | "info";
  readonly title: string;
  readonly text: string;
  readonly canRetry?: true;
  /** Where one can go on from here. */
  readonly link?: { readonly text: string; readonly href: string };
};

/** Notices about the hub's own session: the session named in the address cannot be shown. */
const SESSIONS = { text: "Sessions", href: "/?view=sessions" };

/** What has to be said above the list, the most urgent first. `now` is milliseconds since the Unix epoch. */
export function listNotices(
  connection: ConnectionState,
  session: SessionInfo | undefined,
  events: readonly SessionEvent[],
  now: number,
): Notice[] {
  const notices = [connectionNotice(connection, now)];
  if (session) {
    notices.push(faultNotice(session), gapNotice(session), upstreamNotice(session, events));
    notices.push(bodiesNotice(session), streamsNotice(session), redactionNotice(session));
  }
  return notices.filter((notice) => notice !== undefined);
}

function connectionNotice(connection: ConnectionState, now: number): Notice | undefined {
  if (connection.phase === "refused") {
    const { message, hint, isSessionGone } = connection;
    const title = message.replace(/\.$/, "");
    return { id: "refused", tone: "bad", title, text: hint, ...(isSessionGone && { link: SESSIONS }) };
  }
  if (connection.phase !== "lost") {
    return undefined;
  }
  const { lastSeenAt, retryAt } = connection;
  const seconds = Math.max(0, Math.ceil((retryAt - now) / 1000));
  const next = seconds === 0 ? "Trying again now." : `Trying again in ${seconds} s.`;
  if (lastSeenAt === undefined) {
    return { id: "lost", tone: "warn", title: "The inspector does not answer", text: next, canRetry: true };
  }
  return {
    id: "lost",
    tone: "warn",
    title: `The inspector was last seen at ${formatClock(lastSeenAt).slice(0, 8)}`,
    text: `What is here stays; what is missed is fetched when it is back. ${next}`,
    canRetry: true,
  };
}

function faultNotice({ recordingFault }: SessionInfo): Notice | undefined {
  if (recordingFault === undefined) {
    return undefined;
  }
  const text = `${recordingFault}. Traffic passes all the same, unrecorded.`;
  return { id: "fault", tone: "bad", title: "Recording does not work right now", text };
}

function gapNotice({ gaps, startedAt }: SessionInfo): Notice | undefined {
  if (gaps.count === 0) {
    return undefined;
  }
  const when = gaps.lastAt === undefined ? "" : `, last at ${formatMoment(startedAt, gaps.lastAt).slice(0, 8)}`;
  const why = gaps.reason === undefined ? "" : ` (${gaps.reason})`;
  const title = formatPlural(gaps.count, "recording gap", "recording gaps");
  return { id: "gap", tone: "bad", title, text: `${formatSize(gaps.bytes)} passed unrecorded${when}${why}.` };
}

/** The notice stays until a stream opens after the failure, which proves that the host answers again. */
function upstreamNotice(session: SessionInfo, events: readonly SessionEvent[]): Notice | undefined {
  const last = events.findLast((event) => event.type === "upstream-failed");
  if (!last || session.streams.some((stream) => stream.openedAt > last.at)) {
    return undefined;
  }
  const count = events.filter((event) => event.type === "upstream-failed").length;
  const times = count > 1 ? `, ${count} times by now` : "";
  const when = formatMoment(session.startedAt, last.at).slice(0, 8);
  const reason = firstText(last.detail, ["message", "code"])?.replace(/^inspector: upstream \S+ /, "It ");
  return {
    id: "upstream",
    tone: "bad",
    title: `The host at ${firstText(last.detail, ["address"]) ?? session.upstream ?? "?"} cannot be reached`,
    text: `${reason === undefined ? "" : `${reason}. `}Last tried at ${when}${times}.`,
  };
}

function streamsNotice({ streams, streamCount }: SessionInfo): Notice | undefined {
  if (streamCount <= streams.length) {
    return undefined;
  }
  const text = `Workers are listed and named here for the newest ${MAX_STREAMS} only, and for those that are open; messages of all streams are there.`;
  return {
    id: "streams",
    tone: "info",
    title: `${formatPlural(streamCount, "stream was", "streams were")} opened`,
    text,
  };
}

/** Whoever sends such a file on is to know what is in it. */
function redactionNotice({ redaction }: SessionInfo): Notice | undefined {
  if (redaction?.policy !== "none") {
    return undefined;
  }
  const text = "Every secret that crossed is in it. Do not attach it to a bug report.";
  return { id: "redaction", tone: "warn", title: "This file was exported without redaction", text };
}

function bodiesNotice({ size }: SessionInfo): Notice | undefined {
  const { bodiesDropped, rowsDropped } = size;
  const parts = [
    rowsDropped > 0 && `${formatPlural(rowsDropped, "message was", "messages were")} given up, the oldest first.`,
    bodiesDropped > 0 && `${formatPlural(bodiesDropped, "message has", "messages have")} only a row left.`,
  ].filter((part) => part !== false);
  return parts.length === 0
    ? undefined
    : { id: "bodies", tone: "info", title: "The session reached its size limit", text: parts.join(" ") };
}

function firstText(detail: Readonly<Record<string, unknown>>, names: readonly string[]): string | undefined {
  const values = names.map((name) => detail[name]);
  return values.find((value): value is string => typeof value === "string" && value !== "");
}
