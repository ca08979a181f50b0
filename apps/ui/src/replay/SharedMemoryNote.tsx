import type { MessageDetail } from "@inspector/session";
import { useState } from "react";
import { Button } from "../controls/Button.tsx";
import { useSessionStore } from "../data/session-context.ts";
import { hasSharedMemory, withValuesOf } from "../editor/message-parts.ts";
import styles from "./replay.module.css";

type SharedMemoryNoteProps = {
  readonly request: MessageDetail;
  /** The message as it is edited by now. */
  readonly draft: unknown;
  /** Gets the edited message with the recorded values in it. */
  readonly onLoaded: (message: unknown) => void;
};

/** What becomes of values that were in shared memory, and how they are edited. */
export function SharedMemoryNote({ request, draft, onLoaded }: SharedMemoryNoteProps) {
  const { client } = useSessionStore();
  const [isLoading, setLoading] = useState(false);
  const [problem, setProblem] = useState<string | undefined>();
  if (!hasSharedMemory(draft) || request.memory === undefined) return null;
  const load = () => {
    setLoading(true);
    client
      .getInlined(request.row.seq)
      .then(
        ({ message }) => {
          const inlined = withValuesOf(message, draft);
          if (hasSharedMemory(inlined))
            setProblem("It is too large to be edited here, or there is no whole copy of it.");
          else onLoaded(inlined);
        },
        (error: unknown) => setProblem(error instanceof Error ? error.message : String(error)),
      )
      .finally(() => setLoading(false));
  };
  return (
    <p className={styles["memory"]}>
      <span>What was in shared memory is sent as it was recorded.</span>
      {problem === undefined ? (
        <Button size="small" disabled={isLoading} onClick={load}>
          {isLoading ? "Loading …" : "Edit it too"}
        </Button>
      ) : (
        <span role="alert">{problem}</span>
      )}
    </p>
  );
}
