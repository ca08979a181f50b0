import type { JsonNode } from "@inspector/analysis/exact-json";
import { ChevronRight } from "lucide-react";
import { type KeyboardEvent, useMemo, useRef, useState } from "react";
import styles from "./JsonTree.module.css";
import { CHILDREN_STEP, type JsonLine, type JsonPath, listJsonLines, summarizeJson } from "./json-lines.ts";
import { LongText } from "./LongText.tsx";

type JsonTreeProps = {
  readonly label: string;
  readonly root: JsonNode;
  /** Levels that are open from the start. */
  readonly openDepth?: number;
};

/** A foldable tree of JSON. One line has the tab stop; arrows move it, and fold and unfold. */
export function JsonTree({ label, root, openDepth = 2 }: JsonTreeProps) {
  const [toggled, setToggled] = useState<ReadonlySet<JsonPath>>(new Set());
  const [listed, setListed] = useState<ReadonlyMap<JsonPath, number>>(new Map());
  const [focused, setFocused] = useState(0);
  const tree = useRef<HTMLDivElement>(null);
  const lines = useMemo(() => listJsonLines(root, { toggled, openDepth, listed }), [root, toggled, openDepth, listed]);
  const stop = Math.min(focused, lines.length - 1);
  const toggle = ({ path }: JsonLine) => setToggled((was) => flip(was, path));
  const showMore = ({ path }: JsonLine) =>
    setListed((was) => new Map(was).set(path, (was.get(path) ?? CHILDREN_STEP) * 4));
  const focusLine = (index: number) => {
    const line = tree.current?.children[index];
    if (line instanceof HTMLElement) {
      line.focus();
    }
  };
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
      focusLine(target);
    } else {
      return;
    }
    event.preventDefault();
  };
  return (
    <div ref={tree} role="tree" aria-label={label} className={styles["tree"]} onKeyDown={onKeyDown}>
      {lines.map((line, index) => (
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
          onFocus={() => setFocused(index)}
          onClick={() => canOpen(line) && hasNoSelection() && toggle(line)}
        >
          {line.more ? <More count={line.more} onClick={() => showMore(line)} /> : <Line line={line} />}
        </div>
      ))}
    </div>
  );
}

function canOpen(line: JsonLine): boolean {
  return line.more === undefined && (line.count > 0 || line.isText);
}

/** Letters that were just marked to be copied are not a wish to fold. */
function hasNoSelection(): boolean {
  return getSelection()?.isCollapsed ?? true;
}

function flip(paths: ReadonlySet<JsonPath>, path: JsonPath): ReadonlySet<JsonPath> {
  const next = new Set(paths);
  if (!next.delete(path)) {
    next.add(path);
  }
  return next;
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
      {line.label !== undefined && <span className={styles["key"]}>{line.label}</span>}
      {line.label !== undefined && <span className={styles["mute"]}>: </span>}
      {line.isText && <span className={styles["tag"]}>JSON text</span>}
      {isFolded && <span className={styles["mute"]}>{summarizeJson(node)}</span>}
      {!isFolded && !(line.isText && line.isOpen) && <Leaf node={node} />}
    </>
  );
}

function Leaf({ node }: { readonly node: JsonNode }) {
  if (node.kind === "object" || node.kind === "array") {
    return null;
  }
  if (node.kind !== "string") {
    return <span className={styles[node.kind]}>{node.text}</span>;
  }
  return (
    <span className={styles["string"]}>
      "<LongText text={node.text} />"
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
