import { parseExactJson } from "@inspector/analysis/exact-json";
import { useMemo, useState } from "react";
import { CodeEditor } from "./CodeEditor.tsx";
import styles from "./editor.module.css";
import { inLines, inStyle, type LineStyle, styleOf } from "./json-text.ts";

type JsonTextProps = {
  readonly label: string;
  readonly text: string;
  readonly onText: (text: string) => void;
  readonly onSubmit: () => void;
};

type Own = { readonly text: string; readonly shown: string; readonly style: LineStyle | undefined };

/** A text that is JSON on one line, edited in lines and written back on one; what is no JSON is written as it is typed. */
export function JsonText({ label, text, onText, onSubmit }: JsonTextProps) {
  const [own, setOwn] = useState<Own>();
  const { shown, style } = useMemo(() => (own?.text === text ? own : startOf(text)), [own, text]);
  const parsed = useMemo(() => parseExactJson(shown), [shown]);
  return (
    <>
      <CodeEditor
        label={label}
        language="json"
        path="value"
        value={shown}
        maxHeight="280px"
        onChange={(next) => {
          const written = style !== undefined && parseExactJson(next).ok ? inStyle(next, style) : next;
          setOwn({ text: written, shown: next, style });
          onText(written);
        }}
        onSubmit={onSubmit}
      />
      {!parsed.ok && <span className={styles["warning"]}>Not JSON, and sent as it is: {parsed.message}</span>}
    </>
  );
}

function startOf(text: string): Own {
  const style = styleOf(text);
  return { text, shown: style === undefined ? text : inLines(text), style };
}
