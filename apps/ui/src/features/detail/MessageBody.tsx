import type { FindHit } from "@inspector/contract/find";
import type { MessageDetail, MessageRow } from "@inspector/contract/page";
import { useMemo } from "react";
import type { ByteSpan } from "../../shell/bytes/byte-text.ts";
import { HexView } from "../../shell/bytes/HexView.tsx";
import { RawView } from "../../shell/bytes/RawView.tsx";
import { CopyButton } from "../../shell/controls/CopyButton.tsx";
import { RequestError } from "../../shell/data/session-client.ts";
import { FindContext, type FindMarks } from "../../shell/json/find-marks.ts";
import { lazyPart } from "../../shell/panes/Part.tsx";
import { BlockView } from "./BlockView.tsx";
import { CopiesContext } from "./copies-context.ts";
import styles from "./detail.module.css";
import { describeMessage } from "./message-blocks.ts";
import { type Find, useFind } from "./useFind.ts";
import { JsonValueView } from "./ValueView.tsx";

/** Needed when somebody looks for something. */
const MessageFindBar = lazyPart("the find bar", async () => (await import("./MessageFindBar.tsx")).MessageFindBar);

type MessageBodyProps = {
  readonly detail: MessageDetail | undefined;
  readonly error: Error | null;
  /** Shows the message as one JSON document instead of in parts. */
  readonly isJson?: boolean;
};

/** A message's content, or why there is none. */
export function MessageBody({ detail, error, isJson = false }: MessageBodyProps) {
  const find = useFind(detail?.row.seq, "document");
  const marks = useMemo(() => marksOf(find.text, find.hit), [find.text, find.hit]);
  if (!detail) {
    return error ? <Problem error={error} /> : <p className={styles["empty"]}>Loading …</p>;
  }
  // What is found is shown where it stands: in the document as a tree, in what is not decoded among its bytes.
  const isFinding = find.isOpen && (find.result?.count ?? 0) > 0;
  return (
    <>
      {find.isOpen && <MessageFindBar find={find} />}
      {isFinding && find.result?.where === "bytes" ? (
        <HexView seq={detail.row.seq} size={detail.row.size} marked={spanOf(find)} />
      ) : (
        <FindContext.Provider value={find.isOpen ? marks : undefined}>
          <Content detail={detail} isJson={isJson || isFinding} />
        </FindContext.Provider>
      )}
    </>
  );
}

function marksOf(text: string, hit: FindHit | undefined): FindMarks | undefined {
  if (hit?.line === undefined || hit.of === "message") {
    return undefined;
  }
  return { text, current: { line: hit.line, of: hit.of, at: hit.at } };
}

/** The bytes that are found, of a find among bytes. */
function spanOf({ hit, result }: Find): ByteSpan | undefined {
  return hit?.of === "message" && result ? { from: hit.at, to: hit.at + result.length } : undefined;
}

function Content({ detail, isJson }: { readonly detail: MessageDetail; readonly isJson: boolean }) {
  if (detail.extension !== undefined) {
    const { name, message } = detail.extension;
    return (
      // biome-ignore lint/a11y/noNoninteractiveTabindex: a scroller has to be reachable by keyboard
      <section className={styles["scroll"]} tabIndex={0} aria-label="Content">
        <div className={styles["block"]}>
          <JsonValueView title={name} value={message} openDepth={4} />
        </div>
      </section>
    );
  }
  if (detail.message === undefined) {
    return (
      <p className={styles["empty"]}>
        <b>Not decoded</b>
        {detail.reason ?? "There is nothing to show."} Its bytes are under Raw, and Ctrl F finds text in all of them.
      </p>
    );
  }
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a scroller has to be reachable by keyboard
    <section className={styles["scroll"]} tabIndex={0} aria-label="Content">
      {detail.reason !== undefined && (
        <p className={styles["quiet"]} role="note">
          {upperFirst(detail.reason)}. Its bytes are under Raw.
        </p>
      )}
      {isJson ? (
        <div className={styles["block"]}>
          <JsonValueView title="StreamingMessage" value={detail.message} openDepth={4} />
        </div>
      ) : (
        <CopiesContext.Provider value={detail}>
          <Blocks detail={detail} />
        </CopiesContext.Provider>
      )}
    </section>
  );
}

function upperFirst(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

function Blocks({ detail }: { readonly detail: MessageDetail }) {
  const blocks = describeMessage(detail.row.kind, detail.message);
  if (blocks.length === 0) {
    return <p className={styles["quiet"]}>This message has no fields: its kind says it all.</p>;
  }
  return blocks.map((block, index) => (
    // biome-ignore lint/suspicious/noArrayIndexKey: the blocks of a message never change their order
    <BlockView key={index} block={block} />
  ));
}

/** A message as it crossed. */
export function RawPanel({ row }: { readonly row: MessageRow }) {
  if (row.isBodyDropped) {
    return (
      <p className={styles["empty"]}>
        <b>Body no longer kept</b>
        It was given up to keep the session under its size limit.
      </p>
    );
  }
  if (row.size === 0) {
    return <p className={styles["empty"]}>This message has no bytes.</p>;
  }
  return <FoundInBytes row={row} />;
}

function FoundInBytes({ row }: { readonly row: MessageRow }) {
  const find = useFind(row.seq, "bytes");
  return (
    <>
      {find.isOpen && <MessageFindBar find={find} />}
      <RawView row={row} found={find.isOpen ? spanOf(find) : undefined} />
    </>
  );
}

function Problem({ error }: { readonly error: Error }) {
  return (
    <div className={styles["empty"]} role="alert">
      <b>{error.message}</b>
      {error instanceof RequestError && error.hint}
      <CopyButton label="Copy the error" text={error.message} />
    </div>
  );
}
