import type { MessageRow } from "@inspector/contract/page";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useSessionState, useSessionStore } from "../data/session-context.ts";
import { lazyPart } from "../panes/Part.tsx";
import type { ByteSpan } from "./byte-text.ts";
import { HexView } from "./HexView.tsx";
import styles from "./RawView.module.css";

/** The contract's schema is as large as the page, and needed here only. */
const FieldTree = lazyPart("the fields", async () => (await import("./FieldTree.tsx")).FieldTree);

/** Bytes of the largest message that is shown as fields; its bytes are shown at any size. */
const MAX_PARSED = 1024 * 1024;

/** A message as it crossed: the fields it is made of, and its bytes, with those of the chosen field, or of what was found, marked. */
export function RawView({ row, found }: { readonly row: MessageRow; readonly found?: ByteSpan | undefined }) {
  const [marked, setMarked] = useState<ByteSpan | undefined>();
  const reason = notParsed(row);
  return (
    <>
      {reason === undefined ? <Fields row={row} onMark={setMarked} /> : <p className={styles["reason"]}>{reason}</p>}
      <HexView seq={row.seq} size={row.size} marked={found ?? marked} />
    </>
  );
}

function Fields({ row, onMark }: { readonly row: MessageRow; readonly onMark: (span: ByteSpan | undefined) => void }) {
  const { client } = useSessionStore();
  const { session } = useSessionState();
  const { data } = useQuery({
    queryKey: ["message bytes", session?.id, row.seq],
    queryFn: ({ signal }) => client.getBytes(row.seq, 0, row.size, signal),
    staleTime: Number.POSITIVE_INFINITY,
    structuralSharing: false,
  });
  return <div className={styles["fields"]}>{data && <FieldTree bytes={data.bytes} onMark={onMark} />}</div>;
}

function notParsed(row: MessageRow): string | undefined {
  if (row.isCompressed) {
    return "The message crossed compressed, so its bytes do not show its fields.";
  }
  if (row.kind.includes("/")) {
    return "A call of another service, whose schema is not known: its fields have no names.";
  }
  return row.size > MAX_PARSED ? "Larger than 1 MiB: only its bytes are shown, not its fields." : undefined;
}
