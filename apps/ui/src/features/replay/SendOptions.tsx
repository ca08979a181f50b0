import type { StreamInfo } from "@inspector/contract/page";
import { useId } from "react";
import styles from "./replay.module.css";
import { judgeOptions, MAX_RATE, MAX_TIMEOUT_S, MAX_TIMES, MIN_RATE, type SendOptionsText } from "./send-options.ts";
import { targetName } from "./targets.ts";

type SendOptionsProps = {
  readonly targets: readonly StreamInfo[];
  readonly target: StreamInfo | undefined;
  readonly onTarget: (stream: number) => void;
  readonly options: SendOptionsText;
  readonly onOptions: (options: SendOptionsText) => void;
};

/** Fields for the worker that answers, the number of replays, their rate and the time limit of each. */
export function SendOptions({ targets, target, onTarget, options, onOptions }: SendOptionsProps) {
  const id = useId();
  const { isTimes, isRate, isTimeout } = judgeOptions(options);
  const judged = { times: isTimes, perSecond: isRate, timeoutSeconds: isTimeout };
  const field = (name: keyof SendOptionsText, label: string, unit: string, max: number) => (
    <label className={styles["option"]}>
      <span>{label}</span>
      <span className={styles["withUnit"]}>
        <input
          type="number"
          min={name === "perSecond" ? MIN_RATE : 1}
          max={max}
          step={name === "perSecond" ? "any" : 1}
          aria-invalid={!judged[name]}
          placeholder={name === "perSecond" ? "in turn" : undefined}
          value={options[name]}
          onChange={(event) => onOptions({ ...options, [name]: event.target.value })}
        />
        {unit}
      </span>
    </label>
  );
  const isMany = Number(options.times) > 1;
  return (
    <div className={styles["options"]}>
      <label className={styles["option"]} htmlFor={id}>
        <span>Worker</span>
        <select id={id} value={target?.id ?? ""} onChange={(event) => onTarget(Number(event.target.value))}>
          {targets.map((stream) => (
            <option key={stream.id} value={stream.id}>
              {targetName(stream)}
            </option>
          ))}
        </select>
      </label>
      {field("times", "Times", "", MAX_TIMES)}
      {isMany && field("perSecond", "Rate", "/s", MAX_RATE)}
      {field("timeoutSeconds", "Time-out", "s", MAX_TIMEOUT_S)}
    </div>
  );
}
