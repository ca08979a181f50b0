import type { MessageRow } from "@inspector/contract/page";
import { useQuery } from "@tanstack/react-query";
import { lazy, Suspense, useState } from "react";
import { useSessionState, useSessionStore } from "../data/session-context.ts";
import type { ByteSpan } from "./byte-text.ts";
import { HexView } from "./HexView.tsx";
import styles from "./RawView.module.css";

/** The contract's schema is as large as the page, and needed here only. */
const FieldTree = lazy(async () => ({ default: (await import("./FieldTree.tsx")).FieldTree }));

/** Fields are told apart in messages up to this size; the bytes are shown of any. */
const MAX_PARSED = 1024 * 1024;

/** A message as it crossed: the fields it is made of, and its bytes, with those of the chosen field marked. */
export function RawView({ row }: { readonly row: MessageRow }) {
  const [marked, setMarked] = useState<ByteSpan | undefined>();
  const reason = notParsed(row);
  return (
    <>
      {reason === undefined ? (
        <Suspense>
          <Fields row={row} onMark={setMarked} />
        </Suspense>
      ) : (
        <p className={styles["reason"]}>{reason}</p>
      )}
      <HexView seq={row.seq} size={row.size} marked={marked} />
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
    return "Compressed as it crossed: its fields are not in these bytes one by one.";
  }
  if (row.kind.includes("/")) {
    return "A call of another service: its fields have no contract here.";
  }
  return row.size > MAX_PARSED ? "Too large to be told apart into fields here." : undefined;
}
