import type { FunctionInfo, MessageDetail, Seq } from "@inspector/session";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useSessionState, useSessionStore } from "../data/session-context.ts";
import type { Draft } from "../editor/MessageEditor.tsx";
import { answerLike, answerOf } from "./answer-template.ts";

export type AnswerDraft = {
  readonly draft: Draft;
  readonly setDraft: (draft: Draft) => void;
  /** Changes where the draft is another one than somebody's edit of it, so that its editor begins anew. */
  readonly source: string;
  /** What is to be known of where it comes from; undefined while there is nothing to know. */
  readonly note: string | undefined;
};

/** The answer that is being written: begun like a recorded one, or as `fn` could answer, until somebody edits it. */
export function useAnswerDraft(like: Seq | undefined, fn: FunctionInfo | undefined): AnswerDraft {
  const [edited, setEdited] = useState<Draft | undefined>();
  const { client } = useSessionStore();
  const { session } = useSessionState();
  const { data } = useQuery({
    // Shared memory that the recorded worker wrote is not there any more.
    queryKey: ["inlined message", session?.id, like],
    queryFn: ({ signal }): Promise<MessageDetail> => client.getInlined(like ?? 0, signal),
    enabled: like !== undefined,
  });
  const recorded = answerLike(data?.message);
  const isMissing = data !== undefined && recorded === undefined;
  return {
    draft: edited ?? { message: recorded ?? answerOf(fn) },
    setDraft: setEdited,
    source: `${fn?.stream} ${fn?.functionId} ${recorded === undefined ? "" : like}`,
    note: isMissing ? "The recorded answer is not decoded here, so this one begins empty." : undefined,
  };
}
