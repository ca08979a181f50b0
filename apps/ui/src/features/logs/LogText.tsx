import type { Tone } from "../../shell/format/message.ts";
import { LoggedText } from "../../shell/json/LoggedText.tsx";
import { MarkedText } from "../../shell/json/MarkedText.tsx";
import styles from "./LogText.module.css";

type LogTextProps = {
  readonly text: string;
  /** How severe it is. */
  readonly tone?: Tone | undefined;
  /** The worker's own word, not the app's. */
  readonly isSystem?: boolean | undefined;
  /** With a terminal's escape sequences as signs, not as colours. */
  readonly isRaw?: boolean;
};

/** What a line of a log says, wherever one is listed. */
export function LogText({ text, tone, isSystem = false, isRaw = false }: LogTextProps) {
  return (
    <span className={styles["text"]} data-tone={tone} data-system={isSystem}>
      {isSystem && (
        <i className={styles["tag"]} title="The worker's own line, not the app's: category System">
          worker<span className={styles["rest"]}>'s own</span>
        </i>
      )}
      {isRaw ? <MarkedText text={text} /> : <LoggedText text={text} />}
    </span>
  );
}
