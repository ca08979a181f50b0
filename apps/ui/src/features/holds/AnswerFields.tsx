import styles from "./holds.module.css";

/** The text of the two fields: "" for no delay, or for no limit. */
export type AnswerLimits = { readonly delay: string; readonly times: string };

type AnswerFieldsProps = { readonly limits: AnswerLimits; readonly onLimits: (limits: AnswerLimits) => void };

/** When an answer is sent, and how many are. */
export function AnswerFields({ limits, onLimits }: AnswerFieldsProps) {
  return (
    <>
      <label className={styles["number"]}>
        <span>After, in ms</span>
        <input
          type="number"
          min={0}
          step={1}
          value={limits.delay}
          placeholder="0"
          onChange={(event) => onLimits({ ...limits, delay: event.target.value })}
        />
      </label>
      <label className={styles["number"]}>
        <span>Only the next</span>
        <input
          type="number"
          min={1}
          step={1}
          value={limits.times}
          placeholder="all"
          onChange={(event) => onLimits({ ...limits, times: event.target.value })}
        />
      </label>
    </>
  );
}

export function limitsOf({ delay, times }: AnswerLimits): { delayMs?: number; times?: number } {
  return { ...(delay !== "" && { delayMs: Number(delay) }), ...(times !== "" && { times: Number(times) }) };
}
