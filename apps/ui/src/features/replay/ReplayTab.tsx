import type { ReplayRun } from "@inspector/contract/intervention";
import type { InvocationDetail, MessageDetail, Seq } from "@inspector/contract/page";
import { useEffect, useEffectEvent, useRef, useState } from "react";
import { useLiveStore } from "../../shell/data/live-store.ts";
import { useMessageDetail, useSessionState, useSessionStore } from "../../shell/data/session-context.ts";
import type { SessionStore } from "../../shell/data/session-store.ts";
import { useStoreState } from "../../shell/data/useStoreState.ts";
import { formatOffset } from "../../shell/format/time.ts";
import { useShell } from "../../shell/page/shell-context.ts";
import { useWidth } from "../../shell/page/useWidth.ts";
import compared from "../compare/compare.module.css";
import { useAnswer, usePlace } from "../compare/useAnswer.ts";
import { isSameMessage } from "../editor/message-text.ts";
import { NoWorker } from "./NoWorker.tsx";
import { RunView } from "./RunView.tsx";
import styles from "./replay.module.css";
import type { ReplayDrafts } from "./replay-drafts.ts";
import { describeRun } from "./replay-words.ts";
import { SendForm } from "./SendForm.tsx";
import { isHandler, listTargets } from "./targets.ts";

/** What a key asked for: another object asks again. */
export type ReplayIntent = { readonly what: "send" | "edit" | "compare" };

/** What the keys of the list have to do with this tab. */
export type ReplayKeys = {
  readonly drafts: ReplayDrafts;
  readonly intent: ReplayIntent | undefined;
  /** The focus is where the key wanted it: it is not moved again. */
  readonly onDone: () => void;
};

type ReplayTabProps = { readonly detail: InvocationDetail; readonly keys: ReplayKeys };

/** Width of the pane, in pixels of its content, from which request and answer stand side by side. */
const WIDE = 1040;

/** An invocation sent to a live worker once more, and its answers beside the recorded one. */
export function ReplayTab({ detail, keys }: ReplayTabProps) {
  if (detail.request === undefined) {
    return <p className={styles["empty"]}>Its request was not seen, so there is nothing to send again.</p>;
  }
  return <LoadedTab request={detail.heard ?? detail.request} detail={detail} keys={keys} />;
}

function LoadedTab({ request, ...props }: ReplayTabProps & { readonly request: Seq }) {
  const { data, error } = useMessageDetail(request);
  if (!data) {
    return <p className={styles["empty"]}>{error ? error.message : "Loading …"}</p>;
  }
  return <ReplayPane {...props} request={data} />;
}

function ReplayPane({ detail, request, keys }: ReplayTabProps & { readonly request: MessageDetail }) {
  const store = useSessionStore();
  const { session } = useSessionState();
  const live = useLiveStore();
  const { session: recorded, interventions } = useStoreState(live);
  const pane = useRef<HTMLElement>(null);
  const isWide = useWidth(pane) >= WIDE;
  const outcome = useRef<HTMLElement>(null);
  const [shown, setShown] = useState<number | undefined>();
  const [sent, setSent] = useState<number | undefined>();
  const place = usePlace(store);
  const { data: answer } = useAnswer(place, detail.row.id, detail.row.state !== "in-flight");
  const source = sourceOf(request.row.seq, live === store);
  const runs = interventions.runs.filter((run) => isOf(run, source));
  const run = runs.find(({ id }) => id === shown) ?? runs[0];
  // The answer stands below what was sent, which may be long; or beside it, where another one was read until now.
  useEffect(() => {
    if (sent === undefined) {
      return;
    }
    outcome.current?.scrollTo({ top: 0 });
    outcome.current?.scrollIntoView({ block: "start" });
  }, [sent]);
  useDropUndone(keys.drafts, request);
  const before = session?.streams.find(({ id }) => id === detail.row.stream);
  const targets = recorded?.source === "live" ? listTargets(recorded.streams, before) : [];
  return (
    // biome-ignore-start lint/a11y/noNoninteractiveTabindex: a scroller has to be reachable by keyboard
    <section
      ref={pane}
      className={`${compared["tab"]} ${styles["pane"]}`}
      data-wide={isWide}
      tabIndex={isWide ? undefined : 0}
      aria-label="Replay"
    >
      <section className={styles["sent"]} tabIndex={isWide ? 0 : undefined} aria-label="What is sent">
        {targets.length === 0 ? (
          <NoWorker session={recorded} isHandler={isHandler(before)} />
        ) : (
          <SendForm
            isInstead={detail.heard !== undefined && detail.heard !== detail.request}
            request={request}
            duration={detail.row.duration}
            leg={detail.http}
            isOverHttp={isHandler(before)}
            source={source}
            targets={targets}
            live={live}
            keys={keys}
            onSent={({ id }) => {
              setShown(id);
              setSent(id);
            }}
          />
        )}
      </section>
      {run ? (
        <section
          ref={outcome}
          className={styles["outcomes"]}
          tabIndex={isWide ? 0 : undefined}
          aria-label="What came back"
        >
          <RunChoice runs={runs} run={run} onRun={setShown} />
          <RunOf run={run} live={live} store={store} recorded={answer && { place, answer }} keys={keys} />
        </section>
      ) : (
        isWide &&
        targets.length > 0 && <p className={styles["nothing"]}>The answer will stand here, beside the recorded one.</p>
      )}
    </section>
    // biome-ignore-end lint/a11y/noNoninteractiveTabindex: end of the scrollers
  );
}

/** An edit that was undone is none to come back to. */
function useDropUndone(drafts: ReplayDrafts, { row, message }: MessageDetail): void {
  const drop = useEffectEvent(() => {
    const kept = drafts.get(row.seq);
    if (kept === undefined || kept.problem !== undefined || kept.http !== undefined || kept.httpTyped !== undefined) {
      return;
    }
    if (isSameMessage(kept.message, message)) {
      drafts.delete(row.seq);
    }
  });
  useEffect(() => () => drop(), []);
}

type RunOfProps = Omit<Parameters<typeof RunView>[0], "onOpen"> & { readonly store: SessionStore };

function RunOf({ store, ...props }: RunOfProps) {
  const { go } = useShell();
  const open = (invocation: Seq) => go({ invocation });
  return (
    <RunView
      key={`${props.run.id} ${props.run.startedAt}`}
      {...props}
      onOpen={props.live === store ? open : undefined}
    />
  );
}

type RunChoiceProps = {
  readonly runs: readonly ReplayRun[];
  readonly run: ReplayRun;
  readonly onRun: (id: number) => void;
};

function RunChoice({ runs, run, onRun }: RunChoiceProps) {
  const label = (other: ReplayRun) => `${formatOffset(other.startedAt)} s, ${describeRun(other)}`;
  return (
    <p className={styles["runs"]}>
      {runs.length === 1 ? (
        <span>Sent at {label(run)}</span>
      ) : (
        <label>
          Sent at{" "}
          <select value={run.id} onChange={(event) => onRun(Number(event.target.value))}>
            {runs.map((other) => (
              <option key={other.id} value={other.id}>
                {label(other)}
              </option>
            ))}
          </select>
        </label>
      )}
    </p>
  );
}

/** The live session needs no name. */
function sourceOf(seq: Seq, isLive: boolean): ReplayRun["source"] {
  const session = new URL(location.href).searchParams.get("session");
  return isLive || session === null ? { seq } : { session, seq };
}

function isOf({ source }: ReplayRun, wanted: ReplayRun["source"]): boolean {
  return source.seq === wanted.seq && source.session === wanted.session;
}
