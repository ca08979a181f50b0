import type { StreamInfo } from "@inspector/session";
import { useId } from "react";
import styles from "./replay.module.css";
import { targetName } from "./targets.ts";

/** How a message is sent, as it is typed. */
export type SendOptionsText = {
  readonly times: string;
  readonly perSecond: string;
  readonly timeoutSeconds: string;
};

/** What the hub takes. */
const MAX_TIMES = 10_000;
const MIN_RATE = 0.001;
const MAX_RATE = 1000;

export const ONCE: SendOptionsText = { times: "1", perSecond: "", timeoutSeconds: "60" };

type SendOptionsProps = {
  readonly targets: readonly StreamInfo[];
  readonly target: StreamInfo | undefined;
  readonly onTarget: (stream: number) => void;
  readonly options: SendOptionsText;
  readonly onOptions: (options: SendOptionsText) => void;
};

/** Which worker answers, how often, how fast, and how long is waited for it. */
export function SendOptions({ targets, target, onTarget, options, onOptions }: SendOptionsProps) {
  const id = useId();
  const field = (name: keyof SendOptionsText, label: string, unit: string, max: number) => (
    <label className={styles["option"]}>
      <span>{label}</span>
      <span className={styles["withUnit"]}>
        <input
          type="number"
          min={name === "perSecond" ? MIN_RATE : 1}
          max={max}
          step={name === "perSecond" ? "any" : 1}
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
      {field("timeoutSeconds", "Time-out", "s", 3600)}
    </div>
  );
}

/** What the fields mean; undefined while one of them means nothing. */
export function readOptions(text: SendOptionsText) {
  const [times, perSecond, seconds] = [Number(text.times), Number(text.perSecond), Number(text.timeoutSeconds)];
  const isTimes = Number.isSafeInteger(times) && times >= 1 && times <= MAX_TIMES;
  const isRate = text.perSecond === "" || (perSecond >= MIN_RATE && perSecond <= MAX_RATE);
  const isTimeout = Number.isFinite(seconds) && seconds > 0 && text.timeoutSeconds !== "";
  if (!isTimes || !isRate || !isTimeout) return undefined;
  return {
    ...(times > 1 && { times }),
    ...(times > 1 && text.perSecond !== "" && { perSecond }),
    timeoutMs: Math.round(seconds * 1000),
  };
}
