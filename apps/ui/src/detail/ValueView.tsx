import { Fragment, useMemo } from "react";
import { BytesView } from "../bytes/BytesView.tsx";
import { CopyButton } from "../controls/CopyButton.tsx";
import { formatJsonNode, parseExactJson, toJsonNode } from "../json/exact-json.ts";
import { JsonTree } from "../json/JsonTree.tsx";
import { LongText } from "../json/LongText.tsx";
import styles from "./detail.module.css";
import { FactsList } from "./FactsList.tsx";
import { HttpView } from "./HttpView.tsx";
import type { NamedValue } from "./message-blocks.ts";
import { SharedMemoryView } from "./SharedMemoryView.tsx";
import type { TypedValue } from "./typed-data.ts";

/** A text that fits on its name's line. */
const SHORT = 60;

/** Named TypedData, short ones on one line. */
export function ValuesView({ values }: { readonly values: readonly NamedValue[] }) {
  return (
    <div className={styles["values"]}>
      {values.map(({ name, value }) => (
        <div key={name} className={styles["value"]} data-wide={isWide(value)}>
          <span className={styles["name"]} title={name}>
            {name}
          </span>
          {value.case !== "none" && <span className={styles["case"]}>{caseName(value)}</span>}
          <ValueView name={name} value={value} />
        </div>
      ))}
    </div>
  );
}

/** A TypedData as what it is. */
export function ValueView({ name, value }: { readonly name: string; readonly value: TypedValue }) {
  switch (value.case) {
    case "json":
      return <JsonTextView name={name} text={value.text} />;
    case "string":
      return isStructure(value.text) ? (
        <JsonTextView name={name} text={value.text} />
      ) : (
        <span className={styles["data"]}>
          <LongText text={value.text} />
        </span>
      );
    case "int":
    case "double":
      return <span className={`${styles["data"]} ${styles["number"]}`}>{value.text}</span>;
    case "bytes":
    case "stream":
      return <BytesView base64={value.base64} />;
    case "http":
      return <HttpView http={value.http} />;
    case "modelBindingData":
      return (
        <div>
          <FactsList facts={value.facts} />
          <BytesView base64={value.base64} />
        </div>
      );
    case "collection":
      return <CollectionView items={value.items} />;
    case "sharedMemory":
      return <SharedMemoryView value={value} />;
    case "none":
      return <span className={styles["quiet"]}>not set</span>;
  }
}

/** JSON text unfolded with every digit; text that only claims to be JSON as it is. */
export function JsonTextView({ name, text }: { readonly name: string; readonly text: string }) {
  const parsed = useMemo(() => parseExactJson(text), [text]);
  if (!parsed.ok) {
    return (
      <span className={styles["data"]} title={`Not JSON: ${parsed.message} at ${parsed.offset}`}>
        <LongText text={text} />
      </span>
    );
  }
  if (parsed.value.kind !== "object" && parsed.value.kind !== "array") {
    return <span className={styles["data"]}>{formatJsonNode(parsed.value)}</span>;
  }
  return <JsonTree label={name} root={parsed.value} />;
}

/** JSON that was decoded from the message itself. */
export function JsonValueView({ title, value, openDepth }: { title: string; value: unknown; openDepth: number }) {
  const root = useMemo(() => toJsonNode(value), [value]);
  return (
    <>
      <h3>
        {title}
        <CopyButton label="Copy JSON" text={() => formatJsonNode(root)} isIcon />
      </h3>
      <JsonTree label={title} root={root} openDepth={openDepth} />
    </>
  );
}

/** The items of a collection have one case, which stands beside its name. */
function CollectionView({ items }: { readonly items: readonly TypedValue[] }) {
  if (items.length === 0) return <span className={styles["quiet"]}>empty</span>;
  return (
    <div className={styles["collection"]}>
      {items.map((value, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the items of a message never change their order
        <Fragment key={index}>
          <span className={styles["index"]}>{index}</span>
          <ValueView name={String(index)} value={value} />
        </Fragment>
      ))}
    </div>
  );
}

/** A string is often an object or list in JSON all the same; the case beside it keeps saying "string". */
function isStructure(text: string): boolean {
  return /^\s*[[{]/.test(text);
}

function isWide(value: TypedValue): boolean {
  if (value.case === "string" || value.case === "json") return isStructure(value.text) || value.text.length > SHORT;
  return value.case !== "int" && value.case !== "double" && value.case !== "none";
}

function caseName(value: TypedValue): string {
  if (value.case === "sharedMemory") return "shared memory";
  return value.case === "collection" ? value.name : value.case;
}
