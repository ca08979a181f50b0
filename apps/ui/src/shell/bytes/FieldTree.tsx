import { ChevronRight } from "lucide-react";
import { type KeyboardEvent, useMemo, useRef, useState } from "react";
import type { ByteSpan } from "./byte-text.ts";
import { type FieldLine, listFieldLines, MAX_LINES } from "./field-lines.ts";
import styles from "./RawView.module.css";

type FieldTreeProps = {
  readonly bytes: Uint8Array;
  /** The bytes of the field that is pointed at or has the focus. */
  readonly onMark: (span: ByteSpan | undefined) => void;
};

/** The fields of a message by number and name, as they stand in its bytes. */
export function FieldTree({ bytes, onMark }: FieldTreeProps) {
  const [toggled, setToggled] = useState<ReadonlySet<string>>(new Set());
  const [chosen, setChosen] = useState<string | undefined>();
  const tree = useRef<HTMLDivElement>(null);
  const { lines, isWhole } = useMemo(() => listFieldLines(bytes, toggled), [bytes, toggled]);
  const stop = Math.max(
    0,
    lines.findIndex(({ path }) => path === chosen),
  );
  const chosenNode = lines[stop]?.path === chosen ? lines[stop]?.node : undefined;
  const toggle = ({ path, node }: FieldLine) => {
    if (!node.inner) {
      return;
    }
    const next = new Set(toggled);
    if (!next.delete(path)) {
      next.add(path);
    }
    setToggled(next);
  };
  const focusLine = (index: number) => {
    const element = tree.current?.children[index];
    if (element instanceof HTMLElement) {
      element.focus();
    }
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const line = lines[stop];
    if (!line) {
      return;
    }
    if (event.key === "ArrowDown") {
      focusLine(Math.min(stop + 1, lines.length - 1));
    } else if (event.key === "ArrowUp") {
      focusLine(Math.max(stop - 1, 0));
    } else if (event.key === "Home") {
      focusLine(0);
    } else if (event.key === "End") {
      focusLine(lines.length - 1);
    } else if (event.key === "Enter" || event.key === " ") {
      toggle(line);
    } else if (event.key === "ArrowRight") {
      line.isOpen || !line.node.inner ? focusLine(stop + 1) : toggle(line);
    } else if (event.key === "ArrowLeft" && line.isOpen) {
      toggle(line);
    } else if (event.key === "ArrowLeft") {
      focusLine(lines.findLastIndex(({ depth }, at) => at < stop && depth < line.depth));
    } else {
      return;
    }
    event.preventDefault();
  };
  return (
    <>
      <div
        ref={tree}
        role="tree"
        aria-label="Fields"
        className={styles["tree"]}
        onKeyDown={onKeyDown}
        onPointerLeave={() => onMark(chosenNode)}
      >
        {lines.map((line, index) => (
          // biome-ignore lint/a11y/useKeyWithClickEvents: the tree handles the keys
          <div
            key={line.path}
            role="treeitem"
            tabIndex={index === stop ? 0 : -1}
            aria-level={line.depth + 1}
            aria-expanded={line.node.inner ? line.isOpen : undefined}
            aria-selected={line.path === chosen}
            className={styles["field"]}
            style={{ "--depth": line.depth }}
            onFocus={() => {
              setChosen(line.path);
              onMark(line.node);
            }}
            onPointerEnter={() => onMark(line.node)}
            onClick={() => toggle(line)}
          >
            <Field line={line} />
          </div>
        ))}
      </div>
      {!isWhole && <p className={styles["reason"]}>The bytes after these fields are not protobuf.</p>}
      {lines.length >= MAX_LINES && <p className={styles["reason"]}>Only the first {MAX_LINES} fields are listed.</p>}
    </>
  );
}

function Field({ line: { node } }: { readonly line: FieldLine }) {
  return (
    <>
      {node.inner ? <ChevronRight aria-hidden className={styles["fold"]} /> : <span className={styles["fold"]} />}
      <span className={styles["number"]}>{node.number}</span>
      <span className={styles["name"]} data-unknown={node.name === undefined}>
        {node.name ?? "unknown field"}
      </span>
      <span className={styles["type"]}>{node.type}</span>
      {node.value !== undefined && <span className={styles["value"]}>{node.value}</span>}
      <span className={styles["range"]}>
        {node.from.toString(16)}–{(node.to - 1).toString(16)}
      </span>
    </>
  );
}
