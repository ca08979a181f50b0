import { type Nanos, STEP_WORDS } from "@inspector/contract/page";
import { Silent } from "../../shell/controls/Silent.tsx";
import { StatusMark } from "../../shell/controls/StatusMark.tsx";
import { formatTick } from "../../shell/format/tick.ts";
import { formatSpan } from "../../shell/format/time.ts";
import { useShell } from "../../shell/page/shell-context.ts";
import own from "./lifecycle.module.css";
import { type LifeBar, type Lifecycle, type LifeStep, layoutLifecycle } from "./lifecycle.ts";
import { stepStatus } from "./worker-words.ts";
import styles from "./workers.module.css";

/** From that share of the host's limit on, a step is said to have come close. */
const CLOSE = 0.5;

type LifecycleViewProps = {
  readonly steps: readonly LifeStep[];
  readonly endedAt: Nanos | undefined;
  readonly now: Nanos;
};

/** The steps of a worker's life as a waterfall, each against the host's own time-out. */
export function LifecycleView({ steps, endedAt, now }: LifecycleViewProps) {
  const { go } = useShell();
  const life = layoutLifecycle({ steps, endedAt, now });
  return (
    <section className={styles["section"]}>
      <h3 id="lifecycle">Lifecycle, with the host's limits</h3>
      {life === undefined ? (
        <p className={styles["quiet"]}>The recording has no start-up step of this worker.</p>
      ) : (
        <table className={own["life"]} aria-labelledby="lifecycle">
          <thead className={own["headings"]}>
            <tr>
              <th scope="col">Step</th>
              <th scope="col">Result</th>
              <th scope="col">
                <Silent>When</Silent>
                <Scale life={life} />
              </th>
              <th scope="col">Took</th>
              <th
                scope="col"
                title="After that time without an answer the host gives up; its defaults, where its configuration was not recorded"
              >
                Limit
              </th>
            </tr>
          </thead>
          <tbody>
            {life.bars.map((bar) => (
              <tr key={bar.step.id}>
                <th scope="row">
                  <button
                    type="button"
                    title="Open it among the invocations"
                    onClick={() => go({ view: "invocations", filter: "", invocation: bar.step.id })}
                  >
                    {STEP_WORDS[bar.step.step]}
                  </button>
                </th>
                <td title={bar.step.text}>
                  <StatusMark {...stepStatus(bar.step)} />
                </td>
                <td>
                  <Track bar={bar} life={life} />
                </td>
                <td>{hasDuration(bar) ? formatSpan(bar.duration) : "—"}</td>
                <td>
                  <Limit bar={bar} />
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </section>
  );
}

/** A step of which only one end was seen took nobody knows how long. */
function hasDuration({ duration, step }: LifeBar): boolean {
  return duration > 0 && (step.answeredAt !== undefined || step.state === "in-flight");
}

function Scale({ life }: { readonly life: Lifecycle }) {
  return (
    <span className={own["scale"]} aria-hidden>
      {life.ticks.map(({ left, at }) => (
        <span key={left} style={{ left: `${left}%` }} data-edge={left < 2}>
          {at === 0 ? "0" : formatTick(at)}
        </span>
      ))}
    </span>
  );
}

function Track({ bar, life }: { readonly bar: LifeBar; readonly life: Lifecycle }) {
  const { step, left, width, limitAt } = bar;
  return (
    <span className={own["track"]}>
      {life.ticks.map((tick) => (
        <i key={tick.left} className={own["rule"]} style={{ left: `${tick.left}%` }} />
      ))}
      {life.breaks.map((gap) => (
        <i
          key={gap.left}
          className={own["break"]}
          style={{ left: `${gap.left}%`, width: `${gap.width}%` }}
          title={`${formatSpan(gap.span)} left out`}
        />
      ))}
      <i className={own["bar"]} data-state={step.state} style={{ left: `${left}%`, width: `max(3px, ${width}%)` }} />
      {limitAt !== undefined && (
        <i
          className={own["limit"]}
          style={{ left: `${limitAt}%` }}
          title={`${step.isLimitDefault === true ? "By its defaults the host" : "The host"} waits ${formatSpan(step.limit ?? 0)}`}
        />
      )}
      {life.endAt !== undefined && <i className={own["end"]} style={{ left: `${life.endAt}%` }} title="The end" />}
    </span>
  );
}

function Limit({ bar: { step, used } }: { readonly bar: LifeBar }) {
  if (step.limit === undefined || used === undefined) {
    return <span className={styles["quiet"]}>none</span>;
  }
  const tone = used >= 1 ? "bad" : used >= CLOSE ? "warn" : undefined;
  return (
    <span data-tone={tone} className={own["used"]}>
      {used >= 1 ? "over " : "of "}
      {formatTick(step.limit)}
      {used < 1 && used >= 0.01 && <small> {Math.round(used * 100)}&#8239;%</small>}
    </span>
  );
}
