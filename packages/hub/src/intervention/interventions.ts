/** What people change in the conversation that is recorded just now: replays and holds of the hub's own session. */
import type { InterventionMessage } from "@inspector/contract/intervention";
import type { OpenSession } from "../reader/open-session.ts";
import { createFreeMaps } from "./freed-maps.ts";
import { HoldKeeper } from "./holds.ts";
import { createLiveStreams } from "./live-streams.ts";
import { createRelayLines } from "./relay-lines.ts";
import { ReplayRuns } from "./replay-runs.ts";

/** Pages hear of changes at most this often; of runs with many results, and of many held messages, less. */
const TELL_MS = 100;
const TELL_MS_PER_RESULT = 0.2;
const TELL_MS_PER_HELD = 0.2;
/** Looking at what was recorded takes at most one part in so many of all time: thousands of replays may be in flight. */
const ADVANCE_SHARE = 5;

export type Interventions = {
  readonly replays: ReplayRuns;
  readonly holds: HoldKeeper;
  /** Something was recorded. */
  advance(): void;
  close(): void;
};

export type InterventionsOptions = {
  readonly live: OpenSession;
  /** @throws {InspectorError} "no-such-session" */
  readonly named: (name: string) => OpenSession;
  /** Folder of the journals of all running relays. */
  readonly journals: string;
  /** Says something to every page that listens to the live session. */
  readonly tell: (message: InterventionMessage) => void;
  /** A relay asks whether the hub is awake. @param pong says so */
  readonly onPing: (pong: () => void) => void;
  /** A relay takes orders from now on. */
  readonly onUp: () => void;
};

export function createInterventions({
  live,
  named,
  journals,
  tell,
  onPing,
  onUp,
}: InterventionsOptions): Interventions {
  const streams = createLiveStreams(live.database);
  let holdsTimer: NodeJS.Timeout | undefined;
  let replaysTimer: NodeJS.Timeout | undefined;
  let pause = TELL_MS;
  let holdsPause = TELL_MS;

  const lines = createRelayLines(journals, live.file, {
    onReport(journal, report) {
      replays.onReport(report);
      holds.onReport(journal, report);
    },
    onUp() {
      holds.onUp();
      replays.advance();
      onUp();
    },
    onDown(journal) {
      holds.onDown(journal);
      replays.onDown(journal);
    },
    onPing,
  });
  const freeMaps = createFreeMaps(
    lines,
    (stream) => live.workers().find((worker) => worker.stream.id === stream)?.hostCapabilities ?? [],
  );
  const replays = new ReplayRuns({
    live,
    named,
    streams,
    lines,
    freeMaps,
    onChange() {
      replaysTimer ??= setTimeout(() => {
        replaysTimer = undefined;
        const runs = replays.takeChanged();
        const results = runs.reduce((sum, run) => sum + run.results.length, 0);
        pause = TELL_MS + results * TELL_MS_PER_RESULT;
        tell({ type: "replays", runs });
      }, pause);
    },
  });
  const holds = new HoldKeeper({
    database: live.database,
    streams,
    lines,
    freeMaps,
    onChange() {
      holdsTimer ??= setTimeout(() => {
        holdsTimer = undefined;
        const told = holds.holds;
        holdsPause = TELL_MS + told.held.length * TELL_MS_PER_HELD;
        tell({ type: "holds", holds: told });
      }, holdsPause);
    },
  });

  let advanceTimer: NodeJS.Timeout | undefined;
  let isBehind = false;

  function advance(): void {
    isBehind = advanceTimer !== undefined;
    if (isBehind) {
      return;
    }
    const began = performance.now();
    replays.advance();
    holds.advance();
    const pause = (performance.now() - began) * (ADVANCE_SHARE - 1);
    advanceTimer = setTimeout(() => {
      advanceTimer = undefined;
      if (isBehind) {
        advance();
      }
    }, pause);
  }

  return {
    replays,
    holds,
    advance,
    close() {
      clearTimeout(advanceTimer);
      clearTimeout(holdsTimer);
      clearTimeout(replaysTimer);
      replays.close();
      lines.close();
      holds.close();
    },
  };
}
