import { formatJsonNode, parseExactJson } from "@inspector/analysis/exact-json";
import { useMemo, useState } from "react";
import { Button } from "../../shell/controls/Button.tsx";
import { CodeEditor } from "./CodeEditor.tsx";
import styles from "./editor.module.css";
import type { FieldProps } from "./field-props.ts";
import { JsonText } from "./JsonText.tsx";
import { listInnerJson, withInnerJson } from "./json-text.ts";

const NONE: ReadonlySet<number> = new Set();

/** The text is the payload's own: it is put in order only when somebody asks for it. A string that is JSON has an editor of its own. */
export function JsonField({ label, data, onWrite, onSubmit }: FieldProps) {
  const parsed = useMemo(() => parseExactJson(data.text), [data.text]);
  const [known, setKnown] = useState(NONE);
  const inner = useMemo(() => (parsed.ok ? listInnerJson(data.text, known) : []), [data.text, parsed, known]);
  return (
    <>
      <CodeEditor
        label={label}
        language="json"
        path="value"
        value={data.text}
        maxHeight="280px"
        onChange={(text) => {
          setKnown(NONE);
          onWrite({ ...data, text });
        }}
        onSubmit={onSubmit}
      />
      <div className={styles["valueFoot"]}>
        {parsed.ok ? (
          <Button
            size="small"
            look="plain"
            onClick={() => onWrite({ ...data, text: formatJsonNode(parsed.value) })}
            title="Puts every member on a line of its own; numbers keep their digits"
          >
            Format
          </Button>
        ) : (
          <span className={styles["warning"]}>Not JSON, and sent as it is: {parsed.message}</span>
        )}
      </div>
      {inner.map(({ index, name, text }) => (
        <section key={index} className={styles["inner"]} aria-label={`JSON in the string ${name || "of an item"}`}>
          <p className={styles["hint"]}>
            JSON in the string <b>{name || "of an item"}</b>
          </p>
          <JsonText
            label={`JSON in ${name || "an item"}`}
            text={text}
            onText={(next) => {
              setKnown(new Set(inner.map((one) => one.index)));
              onWrite({ ...data, text: withInnerJson(data.text, index, next) });
            }}
            onSubmit={onSubmit}
          />
        </section>
      ))}
    </>
  );
}
