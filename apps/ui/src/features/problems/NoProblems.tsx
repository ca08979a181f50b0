import { Check, Dot } from "lucide-react";
import { useSessionState } from "../../shell/data/session-context.ts";
import { formatPlural } from "../../shell/format/size.ts";
import { PaneState } from "../../shell/panes/PaneState.tsx";
import styles from "./problems.module.css";

/** What the rules of the session look for, in the order of a worker's life. */
const CHECKS = [
  "the first message is StartStream, from a worker that the host knows",
  "every step of the start-up is answered, within the host's limits",
  "no answer says Failure, and none brings an exception",
  "every invocation is answered once, before its stream ends",
  "no log comes too late for the host to keep it",
  "the worker gets only what it declared, and the host only what it accepts",
  "messages fit into the usual limit of 4 MiB, and have no unknown fields",
  "status pings are answered in time",
  "streams and processes end when the host asks them to",
] as const;

/** An empty list says what it is empty of. `through` is the newest message that was looked at. */
export function NoProblems({ through }: { readonly through: number }) {
  const { session } = useSessionState();
  if (through === 0 && session?.source === "file") {
    return (
      <PaneState title="Nothing to check">
        <p>There is no message in this session.</p>
      </PaneState>
    );
  }
  const Glyph = through === 0 ? Dot : Check;
  return (
    <PaneState title={through === 0 ? "Nothing to check yet" : "No problems found"}>
      <p>
        {through === 0
          ? "In every message that passes it will be looked whether"
          : `${formatPlural(through, "message was", "messages were")} looked at, and in all of them`}
      </p>
      <ul className={styles["checks"]}>
        {CHECKS.map((check) => (
          <li key={check} data-done={through > 0}>
            <Glyph size={13} strokeWidth={2.5} aria-hidden />
            {check}
          </li>
        ))}
      </ul>
    </PaneState>
  );
}
