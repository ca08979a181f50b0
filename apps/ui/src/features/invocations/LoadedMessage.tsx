import type { Seq } from "@inspector/contract/page";
import { lazy, Suspense } from "react";
import { useMessageDetail } from "../../shell/data/session-context.ts";
import styles from "../detail/detail.module.css";

/** Trees, bytes and find are as large as the list, and needed when something of it is opened. */
const MessageBody = lazy(async () => ({ default: (await import("../detail/MessageBody.tsx")).MessageBody }));

export function LoadedMessage({ seq }: { readonly seq: Seq }) {
  const { data, error } = useMessageDetail(seq);
  return (
    <Suspense fallback={<p className={styles["empty"]}>Loading …</p>}>
      <MessageBody detail={data} error={error} />
    </Suspense>
  );
}
