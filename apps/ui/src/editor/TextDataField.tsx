import { useId } from "react";
import type { JsonRecord } from "../detail/reading.ts";
import { BytesField } from "./BytesField.tsx";
import styles from "./editor.module.css";
import { JsonField } from "./JsonField.tsx";
import { readTextData, TEXT_CASES, type TextData, withBytes, withCase, writeTextData } from "./typed-text.ts";

type TextDataFieldProps = {
  readonly label: string;
  /** What it is one of: "Input", "Trigger metadata". */
  readonly group?: string;
  readonly data: unknown;
  /** What was typed and is no value yet; `data` is the last that was one. */
  readonly typed: string | undefined;
  readonly onChange: (data: JsonRecord, typed: string | undefined) => void;
  readonly onSubmit: () => void;
};

/** A TypedData of one value: text, JSON or a number as it is, bytes as text, hex or from a file. */
export function TextDataField({ label, group, data, typed, onChange, onSubmit }: TextDataFieldProps) {
  const read = readTextData(data);
  const id = useId();
  if (read === undefined) {
    return <p className={styles["hint"]}>{label}: this kind of value is edited under JSON.</p>;
  }
  const write = (next: TextData, nextTyped?: string) => onChange(writeTextData(data, next), nextTyped);
  const take = (base64: string) => write(withBytes(read, base64));
  const fieldProps = { label, id, data: read, typed, onWrite: write, onFile: take, onSubmit };
  return (
    <div className={styles["value"]}>
      <div className={styles["valueHead"]}>
        <label htmlFor={id}>{group === undefined ? label : <PartName group={group} name={label} />}</label>
        <select
          aria-label={`Case of ${label}`}
          value={read.case}
          onChange={(event) => {
            const next = TEXT_CASES.find((name) => name === event.target.value);
            if (next) write(withCase(read, next));
          }}
        >
          {TEXT_CASES.map((name) => (
            <option key={name}>{name}</option>
          ))}
        </select>
      </div>
      {read.case === "bytes" ? (
        <BytesField {...fieldProps} />
      ) : read.case === "json" ? (
        <JsonField {...fieldProps} />
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
