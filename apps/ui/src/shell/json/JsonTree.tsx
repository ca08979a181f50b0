import type { JsonNode } from "@inspector/analysis/exact-json";
import { ChevronRight } from "lucide-react";
import { type KeyboardEvent, type RefObject, useContext, useEffect, useMemo, useRef, useState } from "react";
import { FindContext } from "./find-marks.ts";
import styles from "./JsonTree.module.css";
import {
  CHILDREN_STEP,
  type Folding,
  flip,
  type JsonLine,
  listJsonLines,
  summarizeJson,
  unfoldTo,
} from "./json-lines.ts";
import { FoundText, LongText } from "./LongText.tsx";
import { NearSight } from "./NearSight.tsx";

type JsonTreeProps = {
  readonly label: string;
  readonly root: JsonNode;
  /** Levels that are open from the start. */
  readonly openDepth?: number;
};

/** Lines that come and go together: a longer tree has only those in the document that are near to sight. */
const BLOCK_LINES = 100;
const LINE_HEIGHT = 20;

/** A foldable tree of JSON. One line has the tab stop; arrows move it, and fold and unfold. */
export function JsonTree({ label, root, openDepth = 2 }: JsonTreeProps) {
  const find = useContext(FindContext);
  const [folding, setFolding] = useState<Folding>(() => ({ toggled: new Set(), openDepth, listed: new Map() }));
  const [focus, setFocus] = useState({ index: 0, isWanted: false });
  const tree = useRef<HTMLDivElement>(null);
  const lines = useMemo(() => listJsonLines(root, folding), [root, folding]);
  const stop = Math.min(focus.index, lines.length - 1);
  const toggle = ({ path }: JsonLine) =>
    setFolding((was) => {
      const toggled = new Set(was.toggled);
      flip(toggled, path);
      return { ...was, toggled };
    });
  const showMore = ({ path }: JsonLine) =>
    setFolding((was) => ({
      ...was,
      listed: new Map(was.listed).set(path, (was.listed.get(path) ?? CHILDREN_STEP) * 4),
    }));
  const current = find?.current?.line;
  useEffect(() => {
    if (current !== undefined) {
      setFolding((was) => unfoldTo(root, was, current));
    }
  }, [root, current]);
  const found = useMemo(
    () => (current === undefined ? -1 : lines.findIndex(({ path, more }) => path === current && more === undefined)),
    [lines, current],
  );
  useLineInSight(tree, found, false);
  useLineInSight(tree, focus.isWanted ? stop : -1, true);
  const onKeyDown = (event: KeyboardEvent) => {
    const line = lines[stop];
    if (!line) {
      return;
    }
    const target = nextLine(lines, stop, event.key);
    if (event.key === "Enter" || event.key === " ") {
      line.more ? showMore(line) : toggle(line);
    } else if (event.key === "ArrowRight" && canOpen(line) && !line.isOpen) {
      toggle(line);
    } else if (event.key === "ArrowLeft" && line.isOpen) {
      toggle(line);
    } else if (target !== undefined) {
      setFocus({ index: target, isWanted: true });
    } else {
      return;
    }
    event.preventDefault();
  };
  const treeLine = (line: JsonLine, index: number) => (
    // biome-ignore lint/a11y/useKeyWithClickEvents: the tree handles the keys
    <div
      key={line.more ? `${line.path} more` : line.path}
      role="treeitem"
      tabIndex={index === stop ? 0 : -1}
      aria-level={line.depth + 1}
      aria-expanded={canOpen(line) ? line.isOpen : undefined}
      aria-selected={index === stop}
      className={styles["line"]}
      style={{ "--depth": line.depth }}
      data-line={index}
      data-found={index === found}
      onFocus={() => setFocus((was) => (was.index === index ? was : { index, isWanted: false }))}
      onClick={() => canOpen(line) && hasNoSelection() && toggle(line)}
    >
      {line.more ? <More count={line.more} onClick={() => showMore(line)} /> : <Line line={line} />}
    </div>
  );
  const blocks = Math.ceil(lines.length / BLOCK_LINES);
  return (
    <div ref={tree} role="tree" aria-label={label} className={styles["tree"]} onKeyDown={onKeyDown}>
      {blocks <= 2
        ? lines.map(treeLine)
        : Array.from({ length: blocks }, (_, block) => {
            const from = block * BLOCK_LINES;
            const own = lines.slice(from, from + BLOCK_LINES);
            const isPinned = [stop, found].some((index) => index >= from && index < from + BLOCK_LINES);
            return (
              <NearSight key={from} height={own.length * LINE_HEIGHT} isPinned={isPinned} startsNear={block === 0}>
                {() => own.map((line, index) => treeLine(line, from + index))}
              </NearSight>
            );
          })}
    </div>
  );
}

/** Brings a line into sight, and the focus to it if that is wanted; -1 for none. */
function useLineInSight(tree: RefObject<HTMLElement | null>, index: number, isFocused: boolean): void {
  useEffect(() => {
    const line = index < 0 ? undefined : tree.current?.querySelector(`[data-line="${index}"]`);
    if (!(line instanceof HTMLElement)) {
      return;
    }
    if (isFocused) {
      line.focus();
    } else {
      line.scrollIntoView({ block: "center" });
    }
  }, [tree, index, isFocused]);
}

function canOpen(line: JsonLine): boolean {
  return line.more === undefined && (line.count > 0 || line.isText);
}

/** Letters that were just marked to be copied are not a wish to fold. */
function hasNoSelection(): boolean {
  return getSelection()?.isCollapsed ?? true;
}

/** Where a key takes the focus: along the lines, into the first child, or out to the parent. */
function nextLine(lines: readonly JsonLine[], index: number, key: string): number | undefined {
  if (key === "ArrowDown" || key === "ArrowRight") {
    return Math.min(index + 1, lines.length - 1);
  }
  if (key === "ArrowUp") {
    return Math.max(index - 1, 0);
  }
  if (key === "Home") {
    return 0;
  }
  if (key === "End") {
    return lines.length - 1;
  }
  if (key !== "ArrowLeft") {
    return undefined;
  }
  const depth = lines[index]?.depth ?? 0;
  return Math.max(
    lines.findLastIndex((line, at) => at < index && line.depth < depth),
    0,
  );
}

function Line({ line }: { readonly line: JsonLine }) {
  const { node } = line;
  const isFolded = (node.kind === "object" || node.kind === "array") && !line.isOpen;
  return (
    <>
      {canOpen(line) && <ChevronRight size={12} aria-hidden className={styles["fold"]} />}
      {line.label !== undefined && (
        <span className={styles["key"]}>
          <Text line={line} of="key" text={line.label} />
        </span>
      )}
      {line.label !== undefined && <span className={styles["mute"]}>: </span>}
      {line.isText && <span className={styles["tag"]}>JSON text</span>}
      {isFolded && <span className={styles["mute"]}>{summarizeJson(node)}</span>}
      {!isFolded && !(line.isText && line.isOpen) && <Leaf line={line} />}
    </>
  );
}

/** A key or value, with what is looked for marked. */
function Text({ line, of, text }: { readonly line: JsonLine; readonly of: "key" | "value"; readonly text: string }) {
  const find = useContext(FindContext);
  if (find === undefined || find.text === "") {
    return <LongText text={text} />;
  }
  const { current } = find;
  return (
    <FoundText
      text={text}
      wanted={find.text}
      current={current?.line === line.path && current.of === of ? current.at : undefined}
    />
  );
}

function Leaf({ line }: { readonly line: JsonLine }) {
  const { node } = line;
  if (node.kind === "object" || node.kind === "array") {
    return null;
  }
  if (node.kind !== "string") {
    return (
      <span className={styles[node.kind]}>
        <Text line={line} of="value" text={node.text} />
      </span>
    );
  }
  return (
    <span className={styles["string"]}>
      "<Text line={line} of="value" text={node.text} />"
    </span>
  );
}

function More({ count, onClick }: { readonly count: number; readonly onClick: () => void }) {
  return (
    <button type="button" tabIndex={-1} className={styles["more"]} onClick={onClick}>
      {count} more …
    </button>
  );
}
