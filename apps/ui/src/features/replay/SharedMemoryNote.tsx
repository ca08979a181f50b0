import { reasonOf } from "@inspector/contract/inspector-error";
import type { MessageDetail } from "@inspector/contract/page";
import { useState } from "react";
import { Button } from "../../shell/controls/Button.tsx";
import { useSessionStore } from "../../shell/data/session-context.ts";
import { hasSharedMemory, listShared, withValuesOf } from "../editor/message-parts.ts";
import styles from "./replay.module.css";
import { describeLeftIn, describeShared } from "./shared-memory-words.ts";

type SharedMemoryNoteProps = {
  readonly request: MessageDetail;
  /** The message as it is edited by now. */
  readonly draft: unknown;
  /** Gets what puts the recorded values into the message, as it is edited by then. */
  readonly onLoaded: (withValues: (message: unknown) => unknown) => void;
};

/** What becomes of values that were in shared memory, and how they are edited. */
export function SharedMemoryNote({ request, draft, onLoaded }: SharedMemoryNoteProps) {
  const { client } = useSessionStore();
  const [isLoading, setLoading] = useState(false);
  const [problem, setProblem] = useState<string | undefined>();
  if (!hasSharedMemory(draft) || request.memory === undefined) {
    return null;
  }
  const load = () => {
    setLoading(true);
    client
      .getInlined(request.row.seq)
      .then(
        ({ message }) => {
          onLoaded((edited) => withValuesOf(message, edited));
          setProblem(describeLeftIn(message));
        },
        (error: unknown) => setProblem(reasonOf(error)),
      )
      .finally(() => setLoading(false));
  };
  return (
    <p className={styles["memory"]}>
      <span>{describeShared(listShared(draft), request.memory)}</span>
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
