import type { InvocationFailure, InvocationRow } from "@inspector/contract/page";
import { CopyButton } from "../../shell/controls/CopyButton.tsx";
import { useSessionState } from "../../shell/data/session-context.ts";
import { useFailure } from "../../shell/data/workbench-queries.ts";
import { withoutColours } from "../../shell/format/ansi.ts";
import { formatPlural } from "../../shell/format/size.ts";
import { formatMoment } from "../../shell/format/time.ts";
import { useShell } from "../../shell/page/shell-context.ts";
import styles from "../detail/detail.module.css";
import own from "./pane.module.css";

/** What helps with a failure: where it came from, what came before, how often it was, and what was given the same. */
export function FailureFacts({ row }: { readonly row: InvocationRow }) {
  const { data } = useFailure(row.id);
  if (data === undefined) {
    return null;
  }
  return (
    <div className={own["facts"]}>
      {data.type !== undefined && <code>{data.type}</code>}
      {data.frame !== undefined && (
        <span title="The first frame in a file of the app's own">
          at <code>{data.frame}</code>
        </span>
      )}
      {data.lastLog && <LastLog log={data.lastLog} />}
      {data.again && <Times again={data.again} id={row.id} />}
      {data.sameInput && <SameInput same={data.sameInput} />}
    </div>
  );
}

function LastLog({ log }: { readonly log: NonNullable<InvocationFailure["lastLog"]> }) {
  const { go } = useShell();
  return (
    <span className={own["lastLog"]}>
      <span>after</span>{" "}
      <button
        type="button"
        className={styles["link"]}
        title="Show it in the log, among what came before and after"
        onClick={() => go({ view: "logs", filter: "", item: `log ${log.seq}` })}
      >
        “{withoutColours(log.text)}”
      </button>
    </span>
  );
}

function Times({ again, id }: { readonly again: NonNullable<InvocationFailure["again"]>; readonly id: number }) {
  const { go } = useShell();
  const { session } = useSessionState();
  const { count, first } = again;
  if (count === 1) {
    return <span>the only time</span>;
  }
  const since = session && formatMoment(session.startedAt, first.at);
  return (
    <span>
      {formatPlural(count, "time", "times")} since{" "}
      {first.invocation === id ? (
        "this one"
      ) : (
        <button
          type="button"
          className={styles["link"]}
          title="Open the first of them"
          onClick={() => go({ invocation: first.invocation })}
        >
          {since ?? `#${first.invocation}`}
        </button>
      )}
    </span>
  );
}

function SameInput({ same }: { readonly same: NonNullable<InvocationFailure["sameInput"]> }) {
  const { go } = useShell();
  const { count, invocation, hasFailed } = same;
  return (
    <span>
      same input as{" "}
      <button type="button" className={styles["link"]} onClick={() => go({ invocation })}>
        #{invocation}
      </button>
      {hasFailed ? ", which failed too" : ", which succeeded"}
      {count > 1 && `; ${formatPlural(count - 1, "other call was", "other calls were")} given it`}
    </span>
  );
}

/** The invocation as a test: fails until the app answers as recorded, or as it should. */
export function ReplayLine({ invocationId }: { readonly invocationId: string }) {
  const { session } = useSessionState();
  const command = async () => {
    const { quoteArgument } = await import("@inspector/analysis/copy-as/shell");
    const words = ["inspector", "replay", session?.file ?? "FILE", "--app", ".", "--invocation", invocationId];
    return words.map(quoteArgument).join(" ");
  };
  return <CopyButton label="Copy as inspector replay" text={command} />;
}
