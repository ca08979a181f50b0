import type { HoldRule } from "@inspector/session";
import { X } from "lucide-react";
import { Button } from "../controls/Button.tsx";
import type { SessionStore } from "../data/session-store.ts";
import { Failure } from "./Failure.tsx";
import { describeRule } from "./hold-words.ts";
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
        {rules.map((rule) => {
          const words = describeRule(rule);
          return (
            <li key={rule.id}>
              <span>{words}</span>
              <span className={styles["quiet"]}>{rule.held > 0 && `${rule.held} held so far`}</span>
              <Button
                shape="icon"
                size="small"
                look="plain"
                aria-label={`Stop holding ${words}`}
                title="Stop holding: what waits goes on, in order"
                onClick={() => run(() => live.client.interventions.removeHoldRule(rule.id))}
              >
                <X size={13} aria-hidden />
              </Button>
            </li>
          );
        })}
      </ul>
      <Failure error={error} />
    </div>
  );
}
