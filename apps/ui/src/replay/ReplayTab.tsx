import type { InvocationDetail, MessageDetail, ReplayRun, Seq, SessionInfo } from "@inspector/session";
import { useEffect, useRef, useState } from "react";
import { useShell } from "../app/shell-context.ts";
import { useLiveStore } from "../data/live-store.ts";
import { useMessageDetail, useSessionState, useSessionStore } from "../data/session-context.ts";
import type { SessionStore } from "../data/session-store.ts";
import { useStoreState } from "../data/useStoreState.ts";
import { formatOffset } from "../format/time.ts";
import { NoWorker } from "./NoWorker.tsx";
import { RunView } from "./RunView.tsx";
import styles from "./replay.module.css";
import { describeRun } from "./replay-words.ts";
import { type ReplayDrafts, SendForm } from "./SendForm.tsx";
import { listTargets } from "./targets.ts";
import { useAnswer } from "./useAnswer.ts";

/** What a key asked for; another `count` asks again. */
export type ReplayIntent = { readonly what: "send" | "edit" | "compare"; readonly count: number };

type ReplayTabProps = {
  readonly detail: InvocationDetail;
  readonly drafts: ReplayDrafts;
  readonly intent: ReplayIntent | undefined;
};

/** An invocation sent to a live worker once more, and its answers beside the recorded one. */
export function ReplayTab({ detail, drafts, intent }: ReplayTabProps) {
  if (detail.request === undefined) {
    return <p className={styles["empty"]}>Its request was not seen, so there is nothing to send again.</p>;
  }
  return <LoadedTab request={detail.request} detail={detail} drafts={drafts} intent={intent} />;
}

function LoadedTab({ request, ...props }: ReplayTabProps & { readonly request: Seq }) {
  const { data, error } = useMessageDetail(request);
  if (!data) return <p className={styles["empty"]}>{error ? error.message : "Loading …"}</p>;
  return <ReplayPane {...props} request={data} />;
}

function ReplayPane({ detail, request, drafts, intent }: ReplayTabProps & { readonly request: MessageDetail }) {
  const store = useSessionStore();
  const { session } = useSessionState();
  const live = useLiveStore();
  const { session: recorded, interventions } = useStoreState(live);
  const heading = useRef<HTMLHeadingElement>(null);
  const outcome = useRef<HTMLDivElement>(null);
  const [shown, setShown] = useState<number | undefined>();
  const [sent, setSent] = useState<number | undefined>();
  const { data: answer } = useAnswer(store, detail.row.id, detail.row.state !== "in-flight");
  const source = sourceOf(request.row.seq, live === store);
  const runs = interventions.runs.filter((run) => isOf(run, source));
  const run = runs.find(({ id }) => id === shown) ?? runs[0];
  const hasAnswer = run?.results[0]?.invocation !== undefined;
  useEffect(() => {
    if (intent?.what === "compare" && hasAnswer) heading.current?.focus();
  }, [intent, hasAnswer]);
  // The answer stands below what was sent, which may be long.
  useEffect(() => {
    if (sent !== undefined) outcome.current?.scrollIntoView({ block: "start" });
  }, [sent]);
  const targets = recorded?.source === "live" ? listTargets(recorded.streams, runtimeOf(session, detail)) : [];
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a scroller has to be reachable by keyboard
    <section className={styles["pane"]} tabIndex={0} aria-label="Replay">
      {targets.length === 0 ? (
        <NoWorker session={recorded} />
      ) : (
        <SendForm
          request={request}
          leg={detail.http}
          source={source}
          targets={targets}
          live={live}
          drafts={drafts}
          intent={intent}
          onSent={({ id }) => {
            setShown(id);
            setSent(id);
          }}
        />
      )}
      {run && (
        <div ref={outcome} className={styles["outcomes"]}>
          <RunChoice runs={runs} run={run} onRun={setShown} />
          <RunOf run={run} live={live} store={store} recorded={answer} headingRef={heading} />
        </div>
      )}
    </section>
  );
}

type RunOfProps = Omit<Parameters<typeof RunView>[0], "onOpen"> & { readonly store: SessionStore };

function RunOf({ store, ...props }: RunOfProps) {
  const { go } = useShell();
  const open = (invocation: Seq) => go({ invocation });
  return <RunView key={props.run.id} {...props} onOpen={props.live === store ? open : undefined} />;
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

function runtimeOf(session: SessionInfo | undefined, { row }: InvocationDetail): string | undefined {
  return session?.streams.find(({ id }) => id === row.stream)?.runtime;
}
