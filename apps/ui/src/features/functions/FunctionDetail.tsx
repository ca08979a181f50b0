import type { Seq } from "@inspector/contract/page";
import { functionTerm } from "@inspector/filter/term";
import { ArrowRight, X } from "lucide-react";
import { Button } from "../../shell/controls/Button.tsx";
import { StatusMark } from "../../shell/controls/StatusMark.tsx";
import { useSessionState } from "../../shell/data/session-context.ts";
import { workerName } from "../../shell/format/message.ts";
import { useShell } from "../../shell/page/shell-context.ts";
import { Count, Span } from "../../shell/panes/cells.tsx";
import { type Figure, Figures } from "../../shell/panes/Figures.tsx";
import detailStyles from "../detail/detail.module.css";
import { BindingsTable } from "./BindingsTable.tsx";
import { ErrorsTable } from "./ErrorsTable.tsx";
import {
  describeTrigger,
  type FunctionRow,
  failureRate,
  formatRate,
  loadErrorOf,
  rowState,
  triggerConditions,
} from "./function-rows.ts";
import styles from "./functions.module.css";
import { LatencyChart } from "./LatencyChart.tsx";
import { TriggerMark } from "./TriggerMark.tsx";
import { callsFilter } from "./useFunctionCalls.ts";
import { WorkersTable } from "./WorkersTable.tsx";

type FunctionDetailProps = {
  readonly row: FunctionRow;
  /** Selects another line of the functions by its key. */
  readonly onSelect: (key: string) => void;
  readonly onClose: () => void;
};

/** One function, over all its workers or in one of them: figures, latency over time, what went wrong, what it is bound to. */
export function FunctionDetail({ row, onSelect, onClose }: FunctionDetailProps) {
  const { go } = useShell();
  const { total, worker, figures } = row;
  const show = (invocation: Seq) => go({ view: "invocations", filter: functionTerm(total.name), invocation });
  const loadError = loadErrorOf(row);
  return (
    <section className={detailStyles["pane"]} aria-label="Function">
      <Head row={row} onSelect={onSelect} onClose={onClose} />
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a scroller has to be reachable by keyboard */}
      <section className={detailStyles["scroll"]} tabIndex={0} aria-label="About the function">
        {loadError !== undefined && <Quote title="The worker could not load it" text={loadError} />}
        <div className={styles["figures"]}>
          <Figures figures={listFigures(figures)} />
        </div>
        {figures.calls > 0 && <LatencyChart row={row} onInvocation={show} />}
        {!worker && total.failures > 0 && (
          <ErrorsTable name={total.name} failures={total.failures} onInvocation={show} />
        )}
        {!worker && total.workers.length > 1 && <WorkersTable total={total} onSelect={onSelect} />}
        <BindingsTable bindings={worker?.bindings ?? total.bindings} />
      </section>
    </section>
  );
}

function Head({ row, onSelect, onClose }: FunctionDetailProps) {
  const { go } = useShell();
  const { session } = useSessionState();
  const { total, worker, figures } = row;
  const one = worker ?? (total.workers.length === 1 ? total.workers[0] : undefined);
  const stream = session?.streams.find(({ id }) => id === one?.stream);
  const filter = callsFilter(total.name, worker?.stream);
  const facts = [describeTrigger(total.bindings, total.name), ...triggerConditions(total.bindings)];
  return (
    <header className={detailStyles["head"]}>
      <div className={detailStyles["title"]}>
        <h2 title={total.name}>{total.name}</h2>
        <StatusMark {...rowState(row)} />
        <div className={detailStyles["actions"]}>
          <Button
            onClick={() => go({ view: "invocations", filter, invocation: undefined })}
            disabled={figures.calls === 0}
          >
            Show its invocations <ArrowRight size={13} aria-hidden />
          </Button>
        </div>
        <Button shape="icon" look="plain" aria-label="Close the function" title="Close (Esc)" onClick={onClose}>
          <X size={15} aria-hidden />
        </Button>
      </div>
      <p className={detailStyles["sub"]}>
        <TriggerMark trigger={total.trigger} />
        {facts.map((fact) => fact !== undefined && <span key={fact}>{fact}</span>)}
        {stream && <span>{[workerName(stream), stream.runtimeVersion].filter(Boolean).join(" ")}</span>}
        {one && <span className={styles["mono"]}>{one.functionId}</span>}
        {worker && (
          <button type="button" className={detailStyles["link"]} onClick={() => onSelect(total.name)}>
            over all {total.workers.length} workers
          </button>
        )}
      </p>
    </header>
  );
}

function listFigures(fn: FunctionRow["figures"]): readonly Figure[] {
  const rate = failureRate(fn);
  return [
    { name: "Calls", value: <Count count={fn.calls} /> },
    {
      name: "Failed",
      value: <Count count={fn.failures} />,
      note: rate !== undefined && fn.failures > 0 ? formatRate(rate) : undefined,
      isBad: fn.failures > 0,
    },
    ...(fn.serverErrors > 0 ? [{ name: "HTTP 5xx", value: <Count count={fn.serverErrors} />, isBad: true }] : []),
    { name: "In flight", value: <Count count={fn.inFlight} /> },
    ...(fn.lost > 0 ? [{ name: "Lost", value: <Count count={fn.lost} />, isBad: true }] : []),
    ...(["p50", "p95", "max"] as const).map((name) => ({ name, value: <Span span={fn[name]} /> })),
  ];
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
