import { useQuery } from "@tanstack/react-query";
import type { CopyText } from "../features/copy-as/copy-texts.ts";
import { messagesToCopy } from "../features/copy-as/messages-to-copy.ts";
import { useSessionState, useSessionStore } from "../shell/data/session-context.ts";
import { useFunctionTotals, useSessions } from "../shell/data/workbench-queries.ts";
import { openSession } from "../shell/page/open-session.ts";
import { useShell } from "../shell/page/shell-context.ts";
import type { Command } from "./commands.ts";
import { copyCommands, functionCommands, sessionCommands } from "./found-commands.ts";

export type FoundActions = {
  readonly copy: (text: CopyText) => void;
  /** A session that was found was not to be opened. */
  readonly onFailed: (error: Error) => void;
};

/** Functions, sessions and copies, as far as they are known yet. Asked for as long as the palette is open. */
export function useFoundCommands({ copy, onFailed }: FoundActions): readonly Command[] {
  const { go } = useShell();
  const { client } = useSessionStore();
  const { session } = useSessionState();
  const { data: functions = [] } = useFunctionTotals();
  const { data: sessions = [] } = useSessions();
  const shown = session?.file
    .split(/[/\\]/)
    .at(-1)
    ?.replace(/\.inspector$/, "");
  return [
    ...copyCommands(useCopyTexts(), copy),
    ...functionCommands(functions, go),
    ...sessionCommands(sessions, shown, (kept) => void openSession(client, kept).catch(onFailed)),
  ];
}

/** Of what is open in the view's detail. */
function useCopyTexts(): readonly CopyText[] {
  const { client } = useSessionStore();
  const { session } = useSessionState();
  const { address } = useShell();
  const seq = address.view === "messages" ? address.message : undefined;
  const id = address.view === "invocations" ? address.invocation : undefined;
  const { data } = useQuery({
    queryKey: ["copy texts", session?.id, seq, id],
    queryFn: async ({ signal }) => {
      const streams = session?.streams ?? [];
      const { copyTexts } = await import("../features/copy-as/copy-texts.ts");
      if (id !== undefined) {
        return copyTexts(await messagesToCopy(client, await client.getInvocation(id, signal)), streams);
      }
      return seq === undefined ? [] : copyTexts([await client.getDetail(seq, signal)], streams);
    },
    enabled: seq !== undefined || id !== undefined,
  });
  return data ?? [];
}
