import { useId, useState } from "react";
import type { JsonRecord } from "../detail/reading.ts";
import { BytesField } from "./BytesField.tsx";
import styles from "./editor.module.css";
import { JsonField } from "./JsonField.tsx";
import { LongField } from "./LongField.tsx";
import { StringField } from "./StringField.tsx";
import { isLong, readTextData, TEXT_CASES, type TextData, withBytes, withCase, writeTextData } from "./typed-text.ts";

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
  // What grows long while it is typed stays open.
  const [isOpened, setOpened] = useState(false);
  if (read === undefined) {
    return <p className={styles["hint"]}>{label}: this kind of value is edited under JSON.</p>;
  }
  const write = (next: TextData, nextTyped?: string) => onChange(writeTextData(data, next), nextTyped);
  const type = (next: TextData, nextTyped?: string) => {
    setOpened(true);
    write(next, nextTyped);
  };
  const take = (base64: string) => {
    setOpened(false);
    write(withBytes(read, base64));
  };
  const fieldProps = { label, id, data: read, typed, onWrite: type, onFile: take, onSubmit };
  return (
    <div className={styles["value"]}>
      <div className={styles["valueHead"]}>
        <label htmlFor={id}>{group === undefined ? label : <PartName group={group} name={label} />}</label>
        <select
          aria-label={`Case of ${label}`}
          value={read.case}
          onChange={(event) => {
            const next = TEXT_CASES.find((name) => name === event.target.value);
            if (next) {
              write(withCase(read, next));
            }
          }}
        >
          {TEXT_CASES.map((name) => (
            <option key={name}>{name}</option>
          ))}
        </select>
      </div>
      {isLong(read) && !isOpened && typed === undefined ? (
        <LongField label={label} data={read} onFile={take} onOpen={() => setOpened(true)} />
      ) : read.case === "bytes" ? (
        <BytesField {...fieldProps} />
      ) : read.case === "json" ? (
        <JsonField {...fieldProps} />
      ) : (
        <StringField key={read.case} {...fieldProps} />
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
