import type { ProcessInfo, WorkerInfo } from "@inspector/contract/page";
import { useLayoutEffect, useRef } from "react";
import { CopyButton } from "../../shell/controls/CopyButton.tsx";
import { StatusMark } from "../../shell/controls/StatusMark.tsx";
import { formatMoment, formatOffset } from "../../shell/format/time.ts";
import { LoggedText } from "../../shell/json/LoggedText.tsx";
import { formatCommand, readCommand } from "./command-line.ts";
import { explainExit } from "./exit-meaning.ts";
import { describeEnd } from "./worker-words.ts";
import styles from "./workers.module.css";

type ProcessViewProps = {
  readonly worker: WorkerInfo;
  /** When the session began, in milliseconds since the Unix epoch. */
  readonly startedAt: number;
};

/** The worker's process: how it was started, how it ended, and its last lines of output. */
export function ProcessView({ worker: { process, stream, steps }, startedAt }: ProcessViewProps) {
  const exit = process && explainExit(process, steps);
  return (
    <section className={styles["section"]}>
      <h3>Process</h3>
      {process === undefined && (
        <p className={styles["quiet"]}>
          Not started by the inspector, so its arguments, output and exit code are not known. <code>inspector run</code>{" "}
          and <code>inspector host</code> record them.
        </p>
      )}
      <dl className={styles["facts"]}>
        {process?.spawnedAt !== undefined && (
          <>
            <dt>Started</dt>
            <dd>{formatMoment(startedAt, process.spawnedAt)}</dd>
          </>
        )}
        {exit && (
          <>
            <dt>Exit</dt>
            <dd>
              <StatusMark tone={exit.tone} label={exit.label} />
              <span className={styles["second"]}>{exit.meaning}</span>
            </dd>
          </>
        )}
        {process?.exitedAt !== undefined && (
          <>
            <dt>Ended</dt>
            <dd>{formatMoment(startedAt, process.exitedAt)}</dd>
          </>
        )}
        {stream.end && (
          <>
            <dt>Stream</dt>
            <dd>{describeEnd(stream.end)}</dd>
          </>
        )}
      </dl>
      {process?.argv !== undefined && process.argv.length > 0 && <Command argv={process.argv} />}
      {process !== undefined && process.output.length > 0 && <Output output={process.output} />}
    </section>
  );
}

function Command({ argv }: { readonly argv: readonly string[] }) {
  return (
    <>
      <h4>
        Command
        <CopyButton label="Copy the command" text={() => formatCommand(argv)} isIcon />
      </h4>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a scroller has to be reachable by keyboard */}
      <pre className={styles["command"]} tabIndex={0}>
        {readCommand(argv).map(({ name, value }, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: a command's words have their places
          <div key={index} data-option={index > 0}>
            {name}
            {value !== undefined && <b> {value}</b>}
          </div>
        ))}
      </pre>
    </>
  );
}

/** The newest line is in sight, as in a terminal. */
function Output({ output }: { readonly output: ProcessInfo["output"] }) {
  const scroller = useRef<HTMLPreElement>(null);
  const last = output.at(-1)?.at;
  useLayoutEffect(() => {
    if (last !== undefined && scroller.current) {
      scroller.current.scrollTop = scroller.current.scrollHeight;
    }
  }, [last]);
  return (
    <>
      <h4>
        Last output
        <CopyButton label="Copy the output" text={() => output.map(({ text }) => text).join("\n")} isIcon />
      </h4>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a scroller has to be reachable by keyboard */}
      <pre ref={scroller} className={styles["output"]} tabIndex={0}>
        {output.map(({ at, stream, text }, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: lines have no identity of their own and never change places
          <div key={index}>
            <span className={styles["at"]}>{formatOffset(at)}</span>
            <span className={styles["from"]} data-stream={stream}>
              {stream}
            </span>
            <span>
              <LoggedText text={text} />
            </span>
          </div>
        ))}
      </pre>
    </>
  );
}
