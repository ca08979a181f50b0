import type { SessionInfo, StreamInfo } from "@inspector/contract/page";
import type { ConnectionState } from "../data/session-client.ts";
import { formatClock } from "../format/time.ts";

/** How recording stands, for the header: a state for the dot's colour and shape, and a word. */
export type RecordingWord = {
  readonly state: "recording" | "gap" | "lost" | "file" | "waiting";
  readonly word: string;
};

export function describeRecording(connection: ConnectionState, session: SessionInfo | undefined): RecordingWord {
  if (connection.phase === "refused") {
    return { state: "lost", word: connection.isSessionGone ? "No such session" : "Not connected" };
  }
  if (connection.phase === "lost") {
    return { state: "lost", word: `Inspector ${awayWords(connection)}` };
  }
  if (session === undefined) {
    return { state: "waiting", word: "Connecting" };
  }
  if (session.source === "file") {
    return { state: "file", word: "Opened file" };
  }
  if (session.recordingFault !== undefined) {
    return { state: "gap", word: "Not recording" };
  }
  return { state: "recording", word: "Recording" };
}

/** "away since 12:44:28": since when nobody knows what goes on; undefined while the inspector is there. */
export function awayWords(connection: ConnectionState): string | undefined {
  if (connection.phase !== "lost") {
    return connection.phase === "refused" ? "not connected" : undefined;
  }
  const { lastSeenAt } = connection;
  return lastSeenAt === undefined ? "away" : `away since ${formatClock(lastSeenAt).slice(0, 8)}`;
}

/** The browser tab's title, different for each session and view; errors in front, as other tabs count what is new in them. */
export function pageTitle(view: string, session: SessionInfo | undefined): string {
  const name = session?.source === "file" ? session.file.split(/[/\\]/).at(-1) : session?.listen;
  const errors = session?.problems?.errors ?? 0;
  const title = [view, name, "inspector"].filter((part) => part !== undefined).join(" · ");
  return errors === 0 ? title : `(${errors}) ${title}`;
}

const PHASES: Readonly<Record<StreamInfo["phase"], string>> = {
  connected: "connected",
  started: "starting",
  initialized: "initialized",
  loaded: "ready",
  ended: "ended",
  failed: "failed",
};

/** A worker's phase in the words of its start-up. */
export function phaseWord(phase: StreamInfo["phase"]): string {
  return PHASES[phase];
}

/** The streams that are workers' conversations; other services on the port have streams of their own. */
export function eventStreams<Stream extends Pick<StreamInfo, "path">>(streams: readonly Stream[]): readonly Stream[] {
  return streams.filter(({ path }) => path.endsWith("/EventStream"));
}
