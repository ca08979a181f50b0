import type { ReplayConcern } from "@inspector/contract/intervention";
import type { FunctionInfo, MessageDetail, Seq } from "@inspector/contract/page";
import { useQuery } from "@tanstack/react-query";
import { useSessionState, useSessionStore } from "../../shell/data/session-context.ts";
import { isBeingCopied } from "../../shell/data/shared-memory.ts";
import type { Draft } from "../editor/MessageEditor.tsx";
import { concernsOfAnswer, isLoading } from "./answer-start.ts";
import { answerLike, answerOf } from "./answer-template.ts";

/** While shared memory of the recorded answer is being copied, which takes a moment. */
const COPYING_MS = 300;

export type AnswerDraft = {
  readonly draft: Draft;
  /** Changes where the draft is another one than somebody's edit of it, so that its editor begins anew. */
  readonly source: string;
  /** What it is begun like is not here yet. */
  readonly isLoading: boolean;
  /** What is to be known of it before it is sent. */
  readonly concerns: readonly ReplayConcern[];
};

/** The answer that is being written: begun like a recorded one, or as `fn` could answer, until somebody edited it. */
export function useAnswerDraft(
  edited: Draft | undefined,
  like: Seq | undefined,
  fn: FunctionInfo | undefined,
): AnswerDraft {
  const { client } = useSessionStore();
  const { session } = useSessionState();
  const isCopying = (detail: MessageDetail | undefined) => detail !== undefined && isBeingCopied(detail, session);
  const { data: detail, error } = useQuery({
    // Shared memory that the recorded worker wrote is not there any more.
    queryKey: ["inlined message", session?.id, like],
    queryFn: ({ signal }): Promise<MessageDetail> => client.getInlined(like ?? 0, signal),
    enabled: like !== undefined,
    refetchInterval: ({ state }) => (isCopying(state.data) ? COPYING_MS : false),
  });
  const recorded = answerLike(detail?.message);
  const draft = edited ?? { message: recorded ?? answerOf(fn) };
  const start = { like, detail, error };
  const version = recorded === undefined ? "" : isCopying(detail) ? `${like} in part` : like;
  return {
    draft,
    source: `${fn?.stream} ${fn?.functionId} ${version}`,
    isLoading: isLoading(start),
    concerns: concernsOfAnswer(start, draft.message),
  };
}
