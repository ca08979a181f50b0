import type { HoldRule } from "@inspector/contract/intervention";
import { X } from "lucide-react";
import { Button } from "../../shell/controls/Button.tsx";
import { Failure } from "../../shell/controls/Failure.tsx";
import type { EndedRule } from "../../shell/data/interventions.ts";
import type { SessionStore } from "../../shell/data/session-store.ts";
import { useAction } from "../../shell/page/useAction.ts";
import { useAway } from "../../shell/page/useAway.ts";
import { AnswerConcerns } from "./AnswerConcerns.tsx";
import { countHeld, describeAnswer, describeEnd, describeRule, subjectOfRule } from "./hold-words.ts";
import styles from "./holds.module.css";

type HoldRulesProps = {
  readonly live: SessionStore;
  readonly rules: readonly HoldRule[];
  readonly ended: readonly EndedRule[];
};

/** The rules that are on, and those that have answered their last one. */
export function HoldRules({ live, rules, ended }: HoldRulesProps) {
  return (
    <>
      <RulesOn live={live} rules={rules} />
      {ended.length > 0 && (
        <div>
          <h3>Rules that ended</h3>
          <ul className={styles["rules"]} aria-label="Rules that ended">
            {ended.map(({ n, rule }) => (
              <EndedRow key={n} rule={rule} onDismiss={() => live.dismissRule(n)} />
            ))}
          </ul>
        </div>
      )}
    </>
  );
}

/** Taking one away lets go what it held. */
function RulesOn({ live, rules }: Omit<HoldRulesProps, "ended">) {
  const { run, error } = useAction();
  const away = useAway();
  if (rules.length === 0) {
    return (
      away === undefined && <p className={styles["quiet"]}>No rule holds messages: all of them pass as they come.</p>
    );
  }
  return (
    <div>
      <h3>Rules that are on</h3>
      <ul className={styles["rules"]} aria-label="Hold rules">
        {rules.map((rule) => (
          <RuleRow key={rule.id} rule={rule} onStop={() => run(() => live.stopRule(rule.id))} />
        ))}
      </ul>
      <Failure error={error} />
    </div>
  );
}

function RuleRow({ rule, onStop }: { readonly rule: HoldRule; readonly onStop: () => void }) {
  const { answer } = rule;
  const stop =
    answer === undefined
      ? { label: `Stop holding ${describeRule(rule)}`, title: "Stop holding: what waits goes on, in order" }
      : { label: `Stop answering ${subjectOfRule(rule)}`, title: "Stop answering: invocations reach the worker again" };
  return (
    <li>
      <div className={styles["rule"]}>
        <b>{describeRule(rule)}</b>
        {answer !== undefined && <span className={styles["said"]}>{describeAnswer(answer)}</span>}
        <span className={styles["count"]}>{countHeld(rule)}</span>
        <Button shape="icon" size="small" look="plain" aria-label={stop.label} title={stop.title} onClick={onStop}>
          <X size={13} aria-hidden />
        </Button>
      </div>
      {answer !== undefined && <AnswerConcerns rule={rule} />}
    </li>
  );
}

function EndedRow({ rule, onDismiss }: { readonly rule: HoldRule; readonly onDismiss: () => void }) {
  const { answer } = rule;
  return (
    <li>
      <div className={styles["rule"]}>
        <b>{describeRule(rule)}</b>
        {answer !== undefined && <span className={styles["said"]}>{describeAnswer(answer)}</span>}
        <span className={styles["count"]}>{answer !== undefined && describeEnd(answer)}</span>
        <Button
          shape="icon"
          size="small"
          look="plain"
          aria-label={`Dismiss: ${describeRule(rule)}, ended`}
          title="Dismiss"
          onClick={onDismiss}
        >
          <X size={13} aria-hidden />
        </Button>
      </div>
    </li>
  );
}
