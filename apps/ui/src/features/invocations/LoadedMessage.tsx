import type { Seq } from "@inspector/contract/page";
import { useMessageDetail } from "../../shell/data/session-context.ts";
import { MessageBody } from "../detail/MessageBody.tsx";

export function LoadedMessage({ seq }: { readonly seq: Seq }) {
  const { data, error } = useMessageDetail(seq);
  return <MessageBody detail={data} error={error} />;
}
