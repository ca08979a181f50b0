import { useState } from "react";
import { Button } from "../../shell/controls/Button.tsx";
import styles from "./editor.module.css";
import type { FieldProps } from "./field-props.ts";
import { JsonText } from "./JsonText.tsx";
import { isJsonContainer } from "./json-text.ts";

/** A text as it is, or, where it was JSON to begin with, in lines. */
export function StringField({ label, id, data, onWrite, onSubmit }: FieldProps) {
  const [isJson, setJson] = useState(() => data.case === "string" && isJsonContainer(data.text));
  const onText = (text: string) => onWrite({ ...data, text });
  if (isJson) {
    return (
      <>
        <JsonText label={label} text={data.text} onText={onText} onSubmit={onSubmit} />
        <div className={styles["valueFoot"]}>
          <Button size="small" look="plain" onClick={() => setJson(false)} title="Shows the string with its own blanks">
            Edit as plain text
          </Button>
          <span className={styles["hint"]}>JSON in a string</span>
        </div>
      </>
    );
  }
  return (
    <textarea
      id={id}
      className={styles["text"]}
      rows={1}
      spellCheck={false}
      value={data.text}
      onChange={(event) => onText(event.target.value)}
    />
  );
}
