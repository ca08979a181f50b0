import type { SharedMemoryCopy } from "@inspector/contract/page";
import { encodeBase64 } from "@inspector/proto";
import { useQuery } from "@tanstack/react-query";
import { BytesView } from "../../shell/bytes/BytesView.tsx";
import { useSessionState, useSessionStore } from "../../shell/data/session-context.ts";
import { formatSize } from "../../shell/format/size.ts";
import { useCopiedMessage } from "./copies-context.ts";
import styles from "./detail.module.css";
import { FactsList } from "./FactsList.tsx";
import { describeCopy } from "./memory-words.ts";
import type { TypedValue } from "./typed-data.ts";

/** Bytes of a value that are fetched and shown. */
const SHOWN_BYTES = 1024 * 1024;

/** A value that host and worker handed each other in shared memory: where, and what was in it when the message passed. */
export function SharedMemoryView({ value }: { readonly value: Extract<TypedValue, { case: "sharedMemory" }> }) {
  const message = useCopiedMessage();
  const copy = message?.memory?.find(({ name }) => name === value.name);
  const { session } = useSessionState();
  const note = describeCopy(copy, session?.source === "live");
  const shown = Math.min(copy?.stored ?? 0, SHOWN_BYTES);
  return (
    <div className={styles["memory"]}>
      <FactsList facts={value.facts} />
      {note !== undefined && <p className={styles["quiet"]}>{note}</p>}
      {message && copy && shown > 0 && !copy.isDropped && (
        <>
          {copy.stored > SHOWN_BYTES && (
            <p className={styles["quiet"]}>
              The first {formatSize(SHOWN_BYTES)} of {formatSize(copy.size)}:
            </p>
          )}
          <Content key={copy.stored} seq={message.row.seq} copy={copy} shown={shown} />
        </>
      )}
    </div>
  );
}

type ContentProps = { readonly seq: number; readonly copy: SharedMemoryCopy; readonly shown: number };

function Content({ seq, copy, shown }: ContentProps) {
  const { client } = useSessionStore();
  const { session } = useSessionState();
  const { data, error } = useQuery({
    queryKey: ["shared memory", session?.id, seq, copy.name, shown],
    queryFn: async ({ signal }) => encodeBase64((await client.getSharedMemory(seq, copy.name, 0, shown, signal)).bytes),
    staleTime: Number.POSITIVE_INFINITY,
  });
  if (data !== undefined) {
    return <BytesView base64={data} />;
  }
  return <p className={styles["quiet"]}>{error?.message ?? "Loading …"}</p>;
}
