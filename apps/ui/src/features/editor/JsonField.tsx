import { formatJsonNode, parseExactJson } from "@inspector/analysis/exact-json";
import { Button } from "../../shell/controls/Button.tsx";
import { CodeEditor } from "./CodeEditor.tsx";
import styles from "./editor.module.css";
import type { FieldProps } from "./field-props.ts";

/** The text is the payload's own: it is put in order only when somebody asks for it. */
export function JsonField({ label, data, onWrite, onSubmit }: FieldProps) {
  const parsed = parseExactJson(data.text);
  return (
    <>
      <CodeEditor
        label={label}
        language="json"
        path="value"
        value={data.text}
        maxHeight="280px"
        onChange={(text) => onWrite({ ...data, text })}
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
    </>
  );
}
