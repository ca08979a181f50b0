import type { HoldRule } from "@inspector/session";
import { X } from "lucide-react";
import { Button } from "../controls/Button.tsx";
import type { SessionStore } from "../data/session-store.ts";
import { AnswerConcerns } from "./AnswerConcerns.tsx";
import { Failure } from "./Failure.tsx";
import { countAnswers, describeAnswer, describeRule, subjectOfRule } from "./hold-words.ts";
import styles from "./holds.module.css";
import { useAction } from "./useAction.ts";

type HoldRulesProps = { readonly live: SessionStore; readonly rules: readonly HoldRule[] };

/** The rules that are on. Taking one away lets go what it held. */
export function HoldRules({ live, rules }: HoldRulesProps) {
  const { run, error } = useAction();
  if (rules.length === 0) return <p className={styles["quiet"]}>Nothing is held: all messages pass as they come.</p>;
  return (
    <div>
      <h3>Rules that are on</h3>
      <ul className={styles["rules"]} aria-label="Hold rules">
        {rules.map((rule) => (
          <RuleRow
            key={rule.id}
            rule={rule}
            onStop={() => run(() => live.client.interventions.removeHoldRule(rule.id))}
          />
        ))}
      </ul>
      <Failure error={error} />
    </div>
  );
}

function RuleRow({ rule, onStop }: { readonly rule: HoldRule; readonly onStop: () => void }) {
  const { answer, held } = rule;
  const stop =
    answer === undefined
      ? { label: `Stop holding ${describeRule(rule)}`, title: "Stop holding: what waits goes on, in order" }
      : { label: `Stop answering ${subjectOfRule(rule)}`, title: "Stop answering: invocations reach the worker again" };
  return (
    <li>
      <div className={styles["rule"]}>
        <b>{describeRule(rule)}</b>
        {answer !== undefined && <span className={styles["said"]}>{describeAnswer(answer)}</span>}
        <span className={styles["count"]}>
          {answer === undefined ? held > 0 && `${held} held so far` : countAnswers(answer)}
        </span>
        <Button shape="icon" size="small" look="plain" aria-label={stop.label} title={stop.title} onClick={onStop}>
          <X size={13} aria-hidden />
        </Button>
      </div>
      {answer !== undefined && <AnswerConcerns rule={rule} />}
    </li>
  );
}
