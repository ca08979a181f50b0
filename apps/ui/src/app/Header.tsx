import type { ExportPolicy } from "@inspector/contract/export";
import type { WorkerInfo } from "@inspector/contract/page";
import { CircleHelp, Monitor, Moon, Share, Sun } from "lucide-react";
import { useState } from "react";
import { Button, Key } from "../shell/controls/Button.tsx";
import type { StreamLife } from "../shell/data/growth.ts";
import { useSessionPart, useSessionStore } from "../shell/data/session-context.ts";
import { useWorkers } from "../shell/data/workbench-queries.ts";
import { workerName } from "../shell/format/message.ts";
import { formatCount } from "../shell/format/time.ts";
import { describeRecording, eventStreams } from "../shell/page/session-words.ts";
import { useShell } from "../shell/page/shell-context.ts";
import { useAway } from "../shell/page/useAway.ts";
import { useNow } from "../shell/page/useNow.ts";
import { pastState, phaseState, workerState } from "../shell/page/worker-state.ts";
import { lazyPart } from "../shell/panes/Part.tsx";
import { applyTheme, loadTheme, nextTheme, type Theme } from "../shell/theme/theme.ts";
import styles from "./Header.module.css";
import { Mark } from "./Mark.tsx";
import { findView, useViews } from "./views.tsx";

// Nothing is held at first.
const HoldIndicator = lazyPart(
  undefined,
  async () => (await import("../features/holds/HoldIndicator.tsx")).HoldIndicator,
);

/** Workers that are named in the header; the navigation lists all. */
const NAMED_WORKERS = 3;

export function Header({ onHelp }: { readonly onHelp: () => void }) {
  const { address, isFollowing, setFollow, openExport } = useShell();
  const hasList = findView(useViews(), address.view).list !== undefined;
  const isFile = useSessionPart(({ session }) => session?.source === "file");
  return (
    <header className={styles["header"]}>
      <h1 className={styles["brand"]}>
        <Mark />
        <span>inspector</span>
      </h1>
      <Recording />
      <Workers />
      <span className={styles["grow"]} />
      <HoldIndicator />
      <Totals />
      {!isFile && (
        <Button
          aria-pressed={isFollowing && hasList}
          aria-disabled={!hasList}
          onClick={() => hasList && setFollow(!isFollowing)}
          title="Keep the newest message in sight"
        >
          Follow <Key>Space</Key>
        </Button>
      )}
      {openExport && (
        <Button aria-label="Export…" title="Export: see what leaves before it does" onClick={() => openExport()}>
          <Share size={14} aria-hidden /> <span className={styles["word"]}>Export…</span>
        </Button>
      )}
      <ThemeButton />
      <Button shape="icon" aria-label="Keyboard shortcuts" title="Keyboard shortcuts (?)" onClick={onHelp}>
        <CircleHelp size={15} aria-hidden />
      </Button>
    </header>
  );
}

function Recording() {
  const state = useSessionPart(({ connection, session }) => describeRecording(connection, session).state);
  const word = useSessionPart(({ connection, session }) => describeRecording(connection, session).word);
  const listen = useSessionPart(({ session }) => session?.listen);
  const upstream = useSessionPart(({ session }) => session?.upstream);
  const source = useSessionPart(({ session }) => session?.source);
  const file = useSessionPart(({ session }) => session?.file);
  const redaction = useSessionPart(({ session }) => session?.redaction);
  return (
    <div className={styles["chip"]}>
      <span className={styles["dot"]} data-state={state} aria-hidden />
      <b role="status">{word}</b>
      {source === "file" ? (
        <>
          <span className={styles["address"]} title={file}>
            {file?.split(/[/\\]/).at(-1)}
          </span>
          {redaction && <RedactionMark policy={redaction.policy} />}
        </>
      ) : (
        listen !== undefined && (
          <span className={styles["address"]} title="Workers connect here → what they say goes on to the host there">
            {listen} → {upstream ?? "?"}
          </span>
        )
      )}
    </div>
  );
}

/** How an exported file was redacted, as it says itself. */
function RedactionMark({ policy }: { readonly policy: ExportPolicy }) {
  const word = policy === "none" ? "not redacted" : `redacted (${policy})`;
  return (
    <span className={styles["redaction"]} data-policy={policy} title={`Exported: ${word}`}>
      {word}
    </span>
  );
}

function Workers() {
  const streams = eventStreams(useSessionPart((state) => state.streams));
  const alive = streams.filter(({ phase }) => phase !== "ended");
  const named = alive.length > 0 ? alive.slice(-NAMED_WORKERS) : streams.slice(-1);
  const others = streams.length - named.length;
  const workers = useWorkers();
  const isAway = useAway() !== undefined;
  return (
    <ul className={styles["workers"]} aria-label="Workers">
      {named.map((stream) => (
        <li key={stream.id} className={styles["chip"]}>
          <span className={styles["dot"]} data-state={isAway ? "ended" : stream.phase} aria-hidden />
          {workerName(stream)} <b data-past={isAway}>{stateWord(stream, workers.data, isAway)}</b>
        </li>
      ))}
      {others > 0 && <li className={styles["chip"]}>and {others} more</li>}
    </ul>
  );
}

/** A worker's state as the view of workers says it; until that is known, its phase. */
function stateWord(stream: StreamLife, workers: readonly WorkerInfo[] | undefined, isPast: boolean): string {
  const worker = workers?.find((one) => one.stream.id === stream.id && one.stream.phase === stream.phase);
  const state = worker === undefined ? phaseState(stream.phase) : workerState(worker);
  return (isPast ? pastState(state) : state).label;
}

function Totals() {
  const store = useSessionStore();
  const total = useSessionPart(() => store.total);
  const isLive = useSessionPart(({ session }) => session?.source === "live");
  useNow(1000);
  const rate = store.rate.rate(performance.now());
  return (
    <p className={styles["totals"]}>
      <span>{formatCount(total)}</span> messages
      {isLive && <span className={styles["rate"]}> · {formatCount(Math.round(rate))}/s</span>}
    </p>
  );
}

const THEME_GLYPHS = { system: Monitor, light: Sun, dark: Moon };

function ThemeButton() {
  const [theme, setTheme] = useState<Theme>(loadTheme);
  const Glyph = THEME_GLYPHS[theme];
  const next = nextTheme(theme);
  const change = () => {
    applyTheme(next);
    setTheme(next);
  };
  const title = `Theme: ${theme}. Change to ${next}`;
  return (
    <Button shape="icon" aria-label={title} title={title} onClick={change}>
      <Glyph size={15} aria-hidden />
    </Button>
  );
}
