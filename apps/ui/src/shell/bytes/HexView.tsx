import type { Seq } from "@inspector/contract/page";
import { useQueries } from "@tanstack/react-query";
import { useEffect, useRef, useState } from "react";
import { CopyButton } from "../controls/CopyButton.tsx";
import { useSessionState, useSessionStore } from "../data/session-context.ts";
import { formatBytes } from "../format/size.ts";
import { useRowWindow } from "../grid/useRowWindow.ts";
import { NearSight } from "../json/NearSight.tsx";
import {
  type ByteSpan,
  formatHex,
  formatHexLine,
  formatHexLines,
  HEX_LINE_BYTES,
  type HexLine,
  offsetDigits,
  spanInLine,
} from "./byte-text.ts";
import styles from "./HexView.module.css";
import { PAGE_BYTES, pagesOf, parseOffset } from "./hex-pages.ts";

const LINE_HEIGHT = 18;

type HexViewProps = {
  readonly seq: Seq;
  readonly size: number;
  /** Bytes that are marked, and scrolled to when others are. */
  readonly marked?: ByteSpan | undefined;
};

/** A message as it crossed, fetched in parts as they scroll into sight: 256 MiB are as quick to open as 256 bytes. */
export function HexView({ seq, size, marked }: HexViewProps) {
  const scroller = useRef<HTMLDivElement>(null);
  const count = Math.ceil(size / HEX_LINE_BYTES);
  const list = useRowWindow({ scroller, count, rowHeight: LINE_HEIGHT, headHeight: 0 });
  const { start, end, viewport, scrollTo } = list;
  const markedFrom = marked?.from;
  // Also when there is less room: the line that says where a hit is comes with it.
  // biome-ignore lint/correctness/useExhaustiveDependencies: another room is another place
  useEffect(() => {
    if (markedFrom !== undefined) {
      scrollTo(Math.floor(markedFrom / HEX_LINE_BYTES), "nearest");
    }
  }, [markedFrom, viewport, scrollTo]);
  const { pages, error } = useBytePages(seq, start * HEX_LINE_BYTES, Math.min(end * HEX_LINE_BYTES, size));
  const firstPage = size <= PAGE_BYTES ? pages.get(0) : undefined;
  return (
    <>
      <div className={styles["bar"]}>
        <span>{formatBytes(size)} as they crossed</span>
        {firstPage && <CopyButton label="Copy hex" text={() => formatHex(firstPage)} />}
        {size > PAGE_BYTES && <GoTo size={size} onGo={(offset) => list.scrollTo(offset / HEX_LINE_BYTES, "center")} />}
      </div>
      {error && <p className={styles["problem"]}>{error.message}</p>}
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a scroller has to be reachable by keyboard */}
      <section ref={scroller} aria-label="Bytes" tabIndex={0} className={styles["view"]}>
        <div className={styles["content"]} style={{ height: list.height }}>
          <div className={styles["block"]} style={{ top: list.blockTop }}>
            {listLines(pages, start, end, offsetDigits(size)).map((line) => (
              <HexLineView key={line.offset} line={line} marked={marked} />
            ))}
          </div>
        </div>
      </section>
    </>
  );
}

/** Lines of a box that come and go together. */
const BOX_BLOCK = 128;

/** Bytes that are at hand, as lines, in a box that scrolls; only those near to sight are in the document. */
export function HexBox({ bytes }: { readonly bytes: Uint8Array }) {
  const step = BOX_BLOCK * HEX_LINE_BYTES;
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a scroller has to be reachable by keyboard
    <section aria-label="Bytes" tabIndex={0} className={styles["small"]}>
      {Array.from({ length: Math.ceil(bytes.length / step) }, (_, block) => {
        const part = bytes.subarray(block * step, (block + 1) * step);
        const lines = Math.ceil(part.length / HEX_LINE_BYTES);
        return (
          // biome-ignore lint/suspicious/noArrayIndexKey: the bytes stay where they are
          <NearSight key={block} height={lines * LINE_HEIGHT}>
            {() =>
              formatHexLines(part, block * step, bytes.length).map((line) => (
                <HexLineView key={line.offset} line={line} />
              ))
            }
          </NearSight>
        );
      })}
    </section>
  );
}

function HexLineView({ line, marked }: { readonly line: HexLine; readonly marked?: ByteSpan | undefined }) {
  const span = marked && spanInLine(Number.parseInt(line.offset, 16), marked);
  return (
    <div className={styles["line"]}>
      <span className={styles["offset"]}>{line.offset}</span>
      <span>{span ? <Marked text={line.hex} span={span.hex} /> : line.hex}</span>
      <span className={styles["text"]}>{span ? <Marked text={line.text} span={span.text} /> : line.text}</span>
    </div>
  );
}

function Marked({ text, span: [from, to] }: { readonly text: string; readonly span: readonly [number, number] }) {
  return (
    <>
      {text.slice(0, from)}
      <mark>{text.slice(from, to)}</mark>
      {text.slice(to)}
    </>
  );
}

type Pages = ReadonlyMap<number, Uint8Array>;

function useBytePages(
  seq: Seq,
  from: number,
  to: number,
): { readonly pages: Pages; readonly error: Error | undefined } {
  const { client } = useSessionStore();
  const { session } = useSessionState();
  const numbers = pagesOf(from, to);
  const results = useQueries({
    queries: numbers.map((page) => ({
      queryKey: ["bytes", session?.id, seq, page],
      queryFn: ({ signal }: { readonly signal: AbortSignal }) =>
        client.getBytes(seq, page * PAGE_BYTES, (page + 1) * PAGE_BYTES, signal),
      staleTime: Number.POSITIVE_INFINITY,
      structuralSharing: false,
    })),
  });
  const pages = new Map<number, Uint8Array>();
  for (const [index, page] of numbers.entries()) {
    const bytes = results[index]?.data?.bytes;
    if (bytes) {
      pages.set(page, bytes);
    }
  }
  return { pages, error: results.find((result) => result.error !== null)?.error ?? undefined };
}

function listLines(pages: Pages, start: number, end: number, digits: number): HexLine[] {
  return Array.from({ length: Math.max(0, end - start) }, (_, index) => lineAt(pages, start + index, digits));
}

/** PAGE_BYTES is a multiple of the line's length, so a line never spans two pages. */
function lineAt(pages: Pages, index: number, digits: number): HexLine {
  const offset = index * HEX_LINE_BYTES;
  const within = offset % PAGE_BYTES;
  const bytes = pages.get(Math.floor(offset / PAGE_BYTES))?.subarray(within, within + HEX_LINE_BYTES);
  return formatHexLine(offset, bytes ?? new Uint8Array(), digits);
}

function GoTo({ size, onGo }: { readonly size: number; readonly onGo: (offset: number) => void }) {
  const [text, setText] = useState("");
  const offset = parseOffset(text, size);
  return (
    <label>
      Go to
      <input
        value={text}
        placeholder="0x0"
        aria-invalid={text !== "" && offset === undefined}
        onChange={(event) => setText(event.target.value)}
        onKeyDown={(event) => event.key === "Enter" && offset !== undefined && onGo(offset)}
      />
    </label>
  );
}
