import type { FunctionInfo, Seq } from "@inspector/contract/page";
import { ArrowRight, X } from "lucide-react";
import { Button } from "../../shell/controls/Button.tsx";
import { StatusMark } from "../../shell/controls/StatusMark.tsx";
import { useSessionState } from "../../shell/data/session-context.ts";
import { workerName } from "../../shell/format/message.ts";
import { formatMoment } from "../../shell/format/time.ts";
import { useShell } from "../../shell/page/shell-context.ts";
import { Count, Span } from "../../shell/panes/cells.tsx";
import { type Figure, Figures } from "../../shell/panes/Figures.tsx";
import detailStyles from "../detail/detail.module.css";
import { BindingsTable } from "./BindingsTable.tsx";
import { failureRate, formatRate, loadStatus } from "./function-rows.ts";
import styles from "./functions.module.css";
import { LatencyChart } from "./LatencyChart.tsx";
import { TriggerMark } from "./TriggerMark.tsx";
import { functionFilter } from "./useFunctionCalls.ts";

type FunctionDetailProps = { readonly fn: FunctionInfo; readonly onClose: () => void };

/** One function: its figures, its latency over time, what it is bound to and what went wrong last. */
export function FunctionDetail({ fn, onClose }: FunctionDetailProps) {
  const { go } = useShell();
  const show = (invocation: Seq) => go({ view: "invocations", filter: functionFilter(fn.name), invocation });
  return (
    <section className={detailStyles["pane"]} aria-label="Function">
      <Head fn={fn} onClose={onClose} />
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a scroller has to be reachable by keyboard */}
      <section className={detailStyles["scroll"]} tabIndex={0} aria-label="About the function">
        {fn.loadError !== undefined && <Quote title="The worker could not load it" text={fn.loadError} />}
        <div className={styles["figures"]}>
          <Figures figures={listFigures(fn)} />
        </div>
        {fn.calls > 0 && <LatencyChart fn={fn} onInvocation={show} />}
        {fn.lastError && <LastError fn={fn} error={fn.lastError} onInvocation={show} />}
        <BindingsTable bindings={fn.bindings} />
      </section>
    </section>
  );
}

function Head({ fn, onClose }: FunctionDetailProps) {
  const { go } = useShell();
  const { session } = useSessionState();
  const stream = session?.streams.find(({ id }) => id === fn.stream);
  const status = loadStatus(fn) ?? { tone: "good", label: "loaded" };
  const showAll = () => go({ view: "invocations", filter: functionFilter(fn.name), invocation: undefined });
  return (
    <header className={detailStyles["head"]}>
      <div className={detailStyles["title"]}>
        <h2>{fn.name}</h2>
        <StatusMark {...status} />
        <div className={detailStyles["actions"]}>
          <Button onClick={showAll} disabled={fn.calls === 0}>
            Show its invocations <ArrowRight size={13} aria-hidden />
          </Button>
          <Button shape="icon" look="plain" aria-label="Close the function" title="Close (Esc)" onClick={onClose}>
            <X size={15} aria-hidden />
          </Button>
        </div>
      </div>
      <p className={detailStyles["sub"]}>
        <TriggerMark trigger={fn.trigger} />
        {stream && <span>{[workerName(stream), stream.runtimeVersion].filter(Boolean).join(" ")}</span>}
        <span className={styles["mono"]}>{fn.functionId}</span>
      </p>
    </header>
  );
}

function listFigures(fn: FunctionInfo): readonly Figure[] {
  const rate = failureRate(fn);
  return [
    { name: "Calls", value: <Count count={fn.calls} /> },
    {
      name: "Failed",
      value: <Count count={fn.failures} />,
      note: rate !== undefined && fn.failures > 0 ? formatRate(rate) : undefined,
      isBad: fn.failures > 0,
    },
    { name: "In flight", value: <Count count={fn.inFlight} /> },
    ...(fn.lost > 0 ? [{ name: "Lost", value: <Count count={fn.lost} />, isBad: true }] : []),
    ...(["p50", "p95", "max"] as const).map((name) => ({ name, value: <Span span={fn[name]} /> })),
  ];
}

type LastErrorProps = {
  readonly fn: FunctionInfo;
  readonly error: NonNullable<FunctionInfo["lastError"]>;
  readonly onInvocation: (id: Seq) => void;
};

function LastError({ error, onInvocation }: LastErrorProps) {
  const { session } = useSessionState();
  return (
    <div className={detailStyles["block"]}>
      <h3>
        Last error
        {session && <span className={styles["when"]}>{formatMoment(session.startedAt, error.at)}</span>}
        <Button size="small" look="plain" onClick={() => onInvocation(error.invocation)}>
          Open the invocation <ArrowRight size={12} aria-hidden />
        </Button>
      </h3>
      <div className={detailStyles["exception"]}>
        <p>{error.text === "" ? "It failed without a message." : error.text}</p>
      </div>
    </div>
  );
}

function Quote({ title, text }: { readonly title: string; readonly text: string }) {
  return (
    <div className={detailStyles["block"]}>
      <h3>{title}</h3>
      <div className={detailStyles["exception"]}>
        <p>{text}</p>
      </div>
    </div>
  );
}
