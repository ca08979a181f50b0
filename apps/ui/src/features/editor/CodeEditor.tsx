import { useEffect, useEffectEvent, useRef, useState } from "react";
import { Button } from "../../shell/controls/Button.tsx";
import { restoreStyles } from "../../shell/panes/chunk.ts";
import styles from "./editor.module.css";
import type { EditorOptions } from "./monaco.ts";

/** One line and its padding. */
const LEAST_HEIGHT = 30;

type CodeEditorProps = Pick<EditorOptions, "label" | "language" | "path"> & {
  /** Its text. A value equal to what was typed leaves the cursor where it is. */
  readonly value: string;
  /** A CSS length: the editor grows with its lines up to this height, then scrolls. */
  readonly maxHeight: string;
  readonly onChange: (value: string) => void;
  readonly onSubmit: () => void;
};

/** Text with a language: coloured, completed and checked. The editor itself is fetched when the first one is shown. */
export function CodeEditor(props: CodeEditorProps) {
  const { label, language, path, value, maxHeight } = props;
  const frame = useRef<HTMLDivElement>(null);
  const [attempt, setAttempt] = useState(0);
  const [state, setState] = useState<"loading" | "ready" | "failed">("loading");
  const [height, setHeight] = useState(LEAST_HEIGHT);
  // What was shown last, and what was typed since: of that some may not have come back yet.
  const texts = useRef<readonly string[]>([value]);
  // The focus that comes before the editor is kept for it here.
  const whole = useRef<HTMLDivElement>(null);
  const takeFocus = useRef<(() => void) | undefined>(undefined);
  const show = useRef<((text: string) => void) | undefined>(undefined);
  const onChange = useEffectEvent((text: string) => {
    texts.current = [...texts.current, text];
    props.onChange(text);
  });
  const onSubmit = useEffectEvent(props.onSubmit);
  const create = useEffectEvent(async (isWanted: () => boolean) => {
    if (attempt > 0) {
      await restoreStyles();
    }
    const { createEditor } = await import("./monaco.ts");
    if (!isWanted() || !frame.current) {
      return undefined;
    }
    const editor = createEditor(frame.current, {
      label,
      language,
      path,
      // What it was when the editor was asked for may have changed since.
      value: texts.current.at(-1) ?? "",
      onChange: (text) => onChange(text),
      onHeight: setHeight,
      onSubmit: () => onSubmit(),
    });
    show.current = editor.show;
    setState("ready");
    takeFocus.current = editor.focus;
    if (whole.current === document.activeElement) {
      editor.focus();
    }
    return editor;
  });
  // biome-ignore lint/correctness/useExhaustiveDependencies: another attempt creates it anew
  useEffect(() => {
    let isWanted = true;
    setState("loading");
    const created = create(() => isWanted).catch(() => {
      setState("failed");
      return undefined;
    });
    return () => {
      isWanted = false;
      void created.then((editor) => editor?.dispose());
    };
  }, [attempt]);
  useEffect(() => {
    const at = texts.current.lastIndexOf(value);
    texts.current = at < 0 ? [value] : texts.current.slice(at);
    if (at < 0) {
      show.current?.(value);
    }
  }, [value]);
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: it passes the focus on to the editor in it
    <div
      ref={whole}
      className={styles["code"]}
      tabIndex={-1}
      data-editor
      aria-busy={state === "loading"}
      onFocus={({ target, currentTarget }) => target === currentTarget && takeFocus.current?.()}
    >
      {state === "loading" && <p role="status">Loading the editor …</p>}
      {state === "failed" && (
        <p role="alert">
          The editor could not be loaded. Is the inspector still running?{" "}
          <Button size="small" onClick={() => setAttempt(attempt + 1)}>
            Try again
          </Button>
        </p>
      )}
      <div ref={frame} style={{ height: `min(${Math.max(height, LEAST_HEIGHT)}px, ${maxHeight})` }} />
    </div>
  );
}
