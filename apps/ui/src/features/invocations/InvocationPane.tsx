import type { InvocationDetail, InvocationRow, Seq, StepRow } from "@inspector/contract/page";
import { X } from "lucide-react";
import { Button } from "../../shell/controls/Button.tsx";
import { CopyButton } from "../../shell/controls/CopyButton.tsx";
import { StatusMark } from "../../shell/controls/StatusMark.tsx";
import { type TabInfo, Tabs } from "../../shell/controls/Tabs.tsx";
import { RequestError } from "../../shell/data/session-client.ts";
import { useInvocation, useRowVersion, useSessionState, useSessionStore } from "../../shell/data/session-context.ts";
import { nameOfExchange, statusOfExchange } from "../../shell/format/exchange.ts";
import { workerName } from "../../shell/format/message.ts";
import { formatPlural } from "../../shell/format/size.ts";
import { formatMoment, formatOffset, formatSpan } from "../../shell/format/time.ts";
import { useSessionNow } from "../../shell/page/useSessionNow.ts";
import { Loading } from "../../shell/panes/PaneState.tsx";
import { lazyPart } from "../../shell/panes/Part.tsx";
import styles from "../detail/detail.module.css";
import type { ReplayIntent, ReplayKeys } from "../replay/ReplayTab.tsx";
import { InvocationActions } from "./InvocationActions.tsx";
import type { InvocationTab } from "./invocation-tabs.ts";
import { LoadedMessage } from "./LoadedMessage.tsx";
import { LogsTab } from "./LogsTab.tsx";
import { ProblemsHere } from "./ProblemsHere.tsx";
import own from "./pane.module.css";
import { TimingTab } from "./TimingTab.tsx";

type InvocationPaneProps = {
  readonly id: Seq;
  readonly tab: InvocationTab;
  readonly onTab: (tab: InvocationTab) => void;
  /** For the Replay tab. */
  readonly keys: ReplayKeys;
  readonly onReplay: (what: ReplayIntent["what"]) => void;
  readonly onSelect: (id: Seq) => void;
  readonly onClose: () => void;
};

/** Everything about the selected invocation or start-up step. */
export function InvocationPane(props: InvocationPaneProps) {
  const { id, tab, onTab, keys, onReplay, onSelect, onClose } = props;
  const { exchanges, client } = useSessionStore();
  useRowVersion("exchanges");
  const { data, error, refetch } = useInvocation(id);
  const row = exchanges.get(id) ?? data?.row;
  // The tab stays when another invocation is chosen, and not every one has all of them.
  const tabs = listTabs(data, client.offline === undefined);
  const shown = data && !tabs.some(({ id }) => id === tab) ? (tabs[0]?.id ?? tab) : tab;
  return (
    <section className={styles["pane"]} aria-label="Invocation">
      <header className={styles["head"]}>
        <div className={styles["title"]}>
          <h2 className={own["name"]} data-step={row?.type === "step"}>
            {row ? nameOfExchange(row) : `row ${id}`}
          </h2>
          {row && <Status row={row} />}
          <div className={styles["actions"]}>
            {data && row?.type === "invocation" && <InvocationActions detail={data} row={row} onReplay={onReplay} />}
          </div>
          <Button shape="icon" look="plain" aria-label="Close the invocation" title="Close (Esc)" onClick={onClose}>
            <X size={15} aria-hidden />
          </Button>
        </div>
        {row && <Origin row={row} others={data?.others ?? []} onSelect={onSelect} />}
      </header>
      {error && data === undefined ? (
        <NotLoaded error={error} onRetry={() => void refetch()} />
      ) : (
        <Tabs label="Views of the invocation" tabs={tabs} value={shown} onChange={onTab}>
          <ProblemsHere id={id} row={row} onCompare={tab === "compare" ? undefined : () => onTab("compare")} />
          {data ? <TabContent key={id} detail={data} tab={shown} keys={keys} /> : <Loading what="the invocation" />}
        </Tabs>
      )}
    </section>
  );
}

/** A link may lead to what this session does not have. */
function NotLoaded({ error, onRetry }: { readonly error: Error; readonly onRetry: () => void }) {
  const isUnknown = error instanceof RequestError && error.status === 404;
  return (
    <div className={styles["empty"]} role="alert">
      <b>{error.message}</b>
      {isUnknown && "The link may be of another session, or the oldest ones were given up to save space."}
      {!isUnknown && error instanceof RequestError && error.hint}
      {!isUnknown && (
        <p>
          <Button size="small" onClick={onRetry}>
            Try again
          </Button>
        </p>
      )}
    </div>
  );
}

function listTabs(detail: InvocationDetail | undefined, canReplay: boolean): readonly TabInfo<InvocationTab>[] {
  const count = (list: readonly Seq[] | undefined) => (list && list.length > 0 ? { count: list.length } : {});
  // Nobody asks for StartStream: it is the worker's first word.
  const isStart = detail?.row.type === "step" && detail.row.step === "start";
  return [
    ...(isStart ? [] : [{ id: "request", title: "Request" } as const]),
    { id: "response", title: isStart ? "StartStream" : "Response" },
    ...(detail?.http ? [{ id: "http", title: "HTTP" } as const] : []),
    { id: "logs", title: "Logs", ...count(detail?.logs) },
    { id: "timing", title: "Timing" },
    ...(detail?.row.type === "invocation" ? [{ id: "compare", title: "Compare" } as const] : []),
    { id: "messages", title: "Messages", ...count(detail?.messages) },
    { id: "raw", title: "Raw" },
    ...(canReplay && detail?.row.type === "invocation" ? [{ id: "replay", title: "Replay" } as const] : []),
  ];
}

// What shows payloads is as large as the list, and needed when something of it is opened.
const HttpLegTab = lazyPart(
  "HTTP",
  async () => (await import("../detail/HttpLegTab.tsx")).HttpLegTab,
  ({ leg }) => leg.id,
);
const CompareTab = lazyPart("the comparison", async () => (await import("../compare/CompareTab.tsx")).CompareTab, idOf);
const MessagesTab = lazyPart("messages", async () => (await import("./MessagesTab.tsx")).MessagesTab, idOf);
const RawTab = lazyPart("bytes", async () => (await import("./MessagesTab.tsx")).RawTab, idOf);
const ReplayTab = lazyPart("the replay", async () => (await import("../replay/ReplayTab.tsx")).ReplayTab, idOf);

function idOf({ detail }: { readonly detail: InvocationDetail }): Seq {
  return detail.row.id;
}

type TabContentProps = Pick<InvocationPaneProps, "tab" | "keys"> & { readonly detail: InvocationDetail };

function TabContent({ detail, tab, keys }: TabContentProps) {
  switch (tab) {
    case "request":
      return <OneMessage seq={detail.request} missing={missingRequest(detail.row)} />;
    case "response":
      return <OneMessage seq={detail.response} missing={missingAnswer(detail.row)} />;
    case "http":
      return detail.http && <HttpLegTab leg={detail.http} />;
    case "logs":
      return <LogsTab detail={detail} />;
    case "timing":
      return <TimingTab detail={detail} />;
    case "compare":
      return <CompareTab detail={detail} />;
    case "messages":
      return <MessagesTab detail={detail} />;
    case "raw":
      return <RawTab detail={detail} />;
    case "replay":
      return <ReplayTab detail={detail} keys={keys} />;
  }
}

function missingRequest(row: InvocationDetail["row"]): string {
  return severalExchanges(row) ?? "Its request was not seen: it was sent before this recording, or got lost.";
}

function severalExchanges(row: InvocationDetail["row"]): string | undefined {
  return row.type === "step" && row.count > 1
    ? `This step is ${formatPlural(row.count, "request", "requests")} with their answers: each is among its messages.`
    : undefined;
}

function missingAnswer(row: InvocationDetail["row"]): string {
  const { state } = row;
  const several = severalExchanges(row);
  if (several !== undefined) {
    return several;
  }
  if (row.type === "step" && row.step === "terminate") {
    return "A worker does not answer it: it ends its stream.";
  }
  if (state === "dropped") {
    return "No answer comes: its request was held and dropped, so the worker knows nothing of it.";
  }
  if (state === "in-flight") {
    return "No answer yet: it appears here when it crosses.";
  }
  if (state === "lost") {
    return "No answer came: the stream ended before.";
  }
  return "No answer was seen.";
}

function OneMessage({ seq, missing }: { readonly seq: Seq | undefined; readonly missing: string }) {
  if (seq === undefined) {
    return <p className={styles["empty"]}>{missing}</p>;
  }
  return <LoadedMessage key={seq} seq={seq} />;
}

function Status({ row }: { readonly row: InvocationRow | StepRow }) {
  const now = useSessionNow(row.state === "in-flight");
  const { tone, label } = statusOfExchange(row, now);
  // The whole of a failure's message stands below.
  return <StatusMark tone={tone} label={row.type === "invocation" && row.state === "failed" ? "failed" : label} />;
}

type OriginProps = {
  readonly row: InvocationRow | StepRow;
  readonly others: readonly Seq[];
  readonly onSelect: (id: Seq) => void;
};

function Origin({ row, others, onSelect }: OriginProps) {
  const { session } = useSessionState();
  const stream = session?.streams.find(({ id }) => id === row.stream);
  const at = row.startedAt ?? row.answeredAt;
  return (
    <p className={styles["sub"]}>
      {row.type === "invocation" ? <b>{row.trigger ?? "trigger not known"}</b> : <b>start-up</b>}
      {stream && <span>{stream.runtime === undefined ? workerName(stream) : `${stream.runtime} worker`}</span>}
      {row.duration !== undefined && row.duration > 0 && <span>{formatSpan(row.duration)}</span>}
      {at !== undefined && <span title="Seconds since the session began">{formatOffset(at)} s</span>}
      {at !== undefined && session && <span>{formatMoment(session.startedAt, at)}</span>}
      {row.type === "invocation" && (
        <span className={own["id"]} title={row.invocationId}>
          {row.invocationId.slice(0, 8)}…
          <CopyButton label="Copy the invocation id" text={row.invocationId} isIcon />
        </span>
      )}
      {row.type === "invocation" && row.replay && <ReplayOrigin run={row.replay.run} onSelect={onSelect} />}
      {others.map((other) => (
        <button key={other} type="button" className={styles["link"]} onClick={() => onSelect(other)}>
          {other < row.id ? "earlier try" : "later try"} #{other}
        </button>
      ))}
    </p>
  );
}

/** Shown above a replay: the host knows nothing of it, and a link leads to the invocation it repeats. */
function ReplayOrigin({ run, onSelect }: { readonly run: number; readonly onSelect: (id: Seq) => void }) {
  const { interventions } = useSessionState();
  const source = interventions.runs.find(({ id }) => id === run)?.source;
  return (
    <>
      <span>a replay, unseen by the host</span>
      {source && source.session === undefined && (
        <button type="button" className={styles["link"]} onClick={() => onSelect(source.seq)}>
          the recorded one #{source.seq}
        </button>
      )}
    </>
  );
}
