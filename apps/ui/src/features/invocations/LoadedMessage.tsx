import type { Seq } from "@inspector/contract/page";
import { useMessageDetail } from "../../shell/data/session-context.ts";
import { lazyPart } from "../../shell/panes/Part.tsx";

/** Trees, bytes and find are as large as the list, and needed when something of it is opened. */
const MessageBody = lazyPart("the message", async () => (await import("../detail/MessageBody.tsx")).MessageBody);

export function LoadedMessage({ seq }: { readonly seq: Seq }) {
  const { data, error } = useMessageDetail(seq);
  return <MessageBody detail={data} error={error} />;
}
