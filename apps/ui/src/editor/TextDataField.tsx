import { useId, useState } from "react";
import { Button } from "../controls/Button.tsx";
import { Segments } from "../controls/Segments.tsx";
import type { JsonRecord } from "../detail/reading.ts";
import { formatBytes } from "../format/size.ts";
import { formatJsonNode, parseExactJson } from "../json/exact-json.ts";
import { CodeEditor } from "./CodeEditor.tsx";
import styles from "./editor.module.css";
import { FilePicker } from "./FilePicker.tsx";
import {
  bytesOfHex,
  bytesOfText,
  hexOfBytes,
  readTextData,
  TEXT_CASES,
  type TextData,
  textOfBytes,
  withCase,
  writeTextData,
} from "./typed-text.ts";

type TextDataFieldProps = {
  readonly label: string;
  /** What it is one of: "Input", "Trigger metadata". */
  readonly group?: string;
  readonly data: unknown;
  readonly onChange: (data: JsonRecord) => void;
  readonly onSubmit: () => void;
};

/** A TypedData of one value: text, JSON or a number as it is, bytes as text, hex or from a file. */
export function TextDataField({ label, group, data, onChange, onSubmit }: TextDataFieldProps) {
  const read = readTextData(data);
  const id = useId();
  // Another case or a file brings a text that the fields below did not write themselves.
  const [version, setVersion] = useState(0);
  if (read === undefined) {
    return <p className={styles["hint"]}>{label}: this kind of value is edited under JSON.</p>;
  }
  const write = (next: TextData) => onChange(writeTextData(data, next));
  const replace = (next: TextData) => {
    write(next);
    setVersion(version + 1);
  };
  const fieldProps = { label, id, data: read, onWrite: write, onReplace: replace, onSubmit };
  return (
    <div className={styles["value"]}>
      <div className={styles["valueHead"]}>
        <label htmlFor={id}>{group === undefined ? label : <PartName group={group} name={label} />}</label>
        <select
          aria-label={`Case of ${label}`}
          value={read.case}
          onChange={(event) => {
            const next = TEXT_CASES.find((name) => name === event.target.value);
            if (next) replace(withCase(read, next));
          }}
        >
          {TEXT_CASES.map((name) => (
            <option key={name}>{name}</option>
          ))}
        </select>
      </div>
      {read.case === "bytes" ? (
        <BytesField key={version} {...fieldProps} />
      ) : read.case === "json" ? (
        <JsonField key={version} {...fieldProps} />
      ) : (
        <textarea
          id={id}
          className={styles["text"]}
          rows={1}
          spellCheck={false}
          value={read.text}
          onChange={(event) => write({ ...read, text: event.target.value })}
        />
      )}
    </div>
  );
}

function PartName({ group, name }: { readonly group: string; readonly name: string }) {
  return (
    <>
      {group} <b>{name}</b>
    </>
  );
}

type FieldProps = {
  readonly label: string;
  readonly id: string;
  readonly data: TextData;
  readonly onWrite: (data: TextData) => void;
  readonly onReplace: (data: TextData) => void;
  readonly onSubmit: () => void;
};

/** The text is the payload's own: it is put in order only when somebody asks for it. */
function JsonField({ label, data, onWrite, onReplace, onSubmit }: FieldProps) {
  const parsed = parseExactJson(data.text);
  return (
    <>
      <CodeEditor
        label={label}
        language="json"
        path="value"
        initial={data.text}
        maxHeight="280px"
        onChange={(text) => onWrite({ ...data, text })}
        onSubmit={onSubmit}
      />
      <div className={styles["valueFoot"]}>
        {parsed.ok ? (
          <Button
            size="small"
            look="plain"
            onClick={() => onReplace({ ...data, text: formatJsonNode(parsed.value) })}
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

const SHAPES = ["text", "hex"] as const;

function BytesField({ label, id, data, onWrite, onReplace }: FieldProps) {
  const text = textOfBytes(data.text);
  const [shape, setShape] = useState<(typeof SHAPES)[number]>(text === undefined ? "hex" : "text");
  const [hex, setHex] = useState(() => hexOfBytes(data.text));
  const isHex = shape === "hex" || text === undefined;
  const isWhole = bytesOfHex(hex) !== undefined;
  const change = (next: string) => {
    const base64 = isHex ? bytesOfHex(next) : bytesOfText(next);
    setHex(isHex ? next : hexOfBytes(base64 ?? ""));
    if (base64 !== undefined) onWrite({ ...data, text: base64 });
  };
  return (
    <>
      <textarea
        id={id}
        className={styles["text"]}
        rows={2}
        spellCheck={false}
        aria-label={`${label} as ${isHex ? "hex" : "text"}`}
        aria-invalid={isHex && !isWhole}
        value={isHex ? hex : text}
        onChange={(event) => change(event.target.value)}
      />
      <div className={styles["valueFoot"]}>
        <Segments
          label={`Bytes of ${label} as`}
          options={text === undefined ? ["hex"] : SHAPES}
          value={isHex ? "hex" : "text"}
          onChange={setShape}
        />
        <FilePicker label={`Take ${label} from a file`} onBytes={(base64) => onReplace({ ...data, text: base64 })} />
        <span className={styles["hint"]}>
          {isHex && !isWhole ? "half a byte is missing, or a digit is none" : formatBytes(sizeOfBase64(data.text))}
        </span>
      </div>
    </>
  );
}

function sizeOfBase64(base64: string): number {
  return (base64.length / 4) * 3 - (/=*$/.exec(base64)?.[0].length ?? 0);
}
