import type { SessionInfo } from "@inspector/contract/page";
import type { Hint } from "@inspector/filter/hints";
import { useEffect, useState } from "react";
import { Button } from "../controls/Button.tsx";
import { CopyButton } from "../controls/CopyButton.tsx";
import { formatCount } from "../format/time.ts";
import styles from "./EmptyState.module.css";

/** What is seen before the first message: where a worker has to connect, and how to make one do so. */
export function WaitingState({ session }: { readonly session: SessionInfo }) {
  const unreadable = session.connections.findLast(({ protocol }) => protocol === "unreadable");
  if (session.last > 0) {
    return (
      <div className={styles["state"]}>
        <h2>No invocations {session.source === "file" ? "in this session" : "yet"}</h2>
        <p>
          {session.last === 1 ? "One message has" : `${formatCount(session.last)} messages have`} crossed that belong to
          none and to no step of a start-up: see Messages.
        </p>
      </div>
    );
  }
  if (session.source !== "file" && session.listen === undefined) {
    return (
      <div className={styles["state"]}>
        <h2>Waiting for a worker</h2>
        <p>
          It appears here, from its first byte, as soon as a host that was started with the inspector's settings starts
          one.
        </p>
      </div>
    );
  }
  if (session.source === "file" || session.listen === undefined) {
    return (
      <div className={styles["state"]}>
        <h2>No messages in this session</h2>
        <p>Nothing crossed while it was recorded.</p>
      </div>
    );
  }
  return (
    <div className={styles["state"]}>
      <h2>Waiting for a worker on {session.listen}</h2>
      <p>
        Start a language worker with this address instead of its host's. What it says goes on to{" "}
        {session.upstream ?? "the host"} and appears here as it passes.
      </p>
      <Command title="End the worker's command line with" text={workerArguments(session.listen)} />
      <Command title="Or look around with a sample app" text="inspector demo" />
      {unreadable && (
        <p className={styles["warning"]}>
          Something connected that could not be read{unreadable.reason === undefined ? "" : `: ${unreadable.reason}`}.
        </p>
      )}
    </div>
  );
}

/** A list that was first opened while the inspector did not answer. @param away "away since 12:44:28" */
export function AwayState({ away }: { readonly away: string }) {
  return (
    <div className={styles["state"]} role="status">
      <h2>The inspector is {away}</h2>
      <p>This list was not loaded before: it comes as soon as the inspector answers.</p>
    </div>
  );
}

type NothingMatchesProps = {
  /** "12 481 messages are" */
  readonly hidden: string;
  readonly never: string | undefined;
  readonly filter: string;
  readonly onFilter: (filter: string) => void;
};

/** A filter that nothing passes. */
export function NothingMatches({ hidden, never, filter, onFilter }: NothingMatchesProps) {
  const hints = useHints(filter);
  return (
    <div className={styles["state"]}>
      <h2>Nothing passes the filter</h2>
      <p>
        {hidden} hidden. {never ?? "New ones that pass appear here."}
      </p>
      {hints.length > 0 && (
        <ul aria-label="What may have been meant">
          {hints.map(({ message, piece, filter: other }) => (
            <li key={other}>
              {message}{" "}
              <Button size="small" onClick={() => onFilter(other)}>
                Use {piece}
              </Button>
            </li>
          ))}
        </ul>
      )}
      <p>
        <Button onClick={() => onFilter("")}>Clear the filter</Button>
      </p>
    </div>
  );
}

/** The grammar is loaded when somebody is in need of a hint; while the inspector is away there is none. */
function useHints(filter: string): readonly Hint[] {
  const [hints, setHints] = useState<readonly Hint[]>([]);
  useEffect(() => {
    let isWanted = true;
    import("@inspector/filter/hints").then(
      ({ hintsFor }) => isWanted && setHints(hintsFor(filter)),
      () => {},
    );
    return () => {
      isWanted = false;
    };
  }, [filter]);
  return hints;
}

function Command({ title, text }: { readonly title: string; readonly text: string }) {
  return (
    <div className={styles["command"]}>
      <span>{title}</span>
      <CopyButton label="Copy" text={text} />
      <pre>{text}</pre>
    </div>
  );
}

/** The arguments every worker of today understands; the ids must match what the host expects of this worker. */
function workerArguments(listen: string): string {
  const [, host = listen, port = "50051"] = /^(.*):(\d+)$/.exec(listen) ?? [];
  return [
    `--functions-uri http://${listen}/ \\`,
    "--functions-worker-id ID --functions-request-id ID \\",
    "--functions-grpc-max-message-length 2147483647 \\",
    `--host ${host} --port ${port} --workerId ID --requestId ID`,
  ].join("\n");
}
