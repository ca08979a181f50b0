import { formatJsonNode, parseExactJson, toJsonNode } from "@inspector/analysis/exact-json";
import { Fragment, useMemo } from "react";
import { BytesView } from "../../shell/bytes/BytesView.tsx";
import { CopyButton } from "../../shell/controls/CopyButton.tsx";
import { httpTone } from "../../shell/format/exchange.ts";
import { formatCount } from "../../shell/format/time.ts";
import { JsonTree } from "../../shell/json/JsonTree.tsx";
import { LongText } from "../../shell/json/LongText.tsx";
import { NearSight } from "../../shell/json/NearSight.tsx";
import { WholeText } from "../../shell/json/WholeText.tsx";
import styles from "./detail.module.css";
import { FactsList } from "./FactsList.tsx";
import type { NamedValue } from "./message-blocks.ts";
import type { TextPair } from "./reading.ts";
import { SharedMemoryView } from "./SharedMemoryView.tsx";
import type { HttpMessage, TypedValue } from "./typed-data.ts";

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
      return isStructure(value.text) ? <JsonTextView name={name} text={value.text} /> : <TextData text={value.text} />;
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

/** Characters of a text up to which it stands among the others; a longer one scrolls in a box of its own. */
const BOXED = 2000;

function TextData({ text }: { readonly text: string }) {
  if (text.length <= BOXED) {
    return (
      <span className={styles["data"]}>
        <LongText text={text} />
      </span>
    );
  }
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a scroller has to be reachable by keyboard
    <pre className={styles["log"]} tabIndex={0}>
      <WholeText text={text} />
    </pre>
  );
}

/** JSON text unfolded with every digit; text that only claims to be JSON, or is too deep for a tree, as it is, with the reason. */
export function JsonTextView({ name, text }: { readonly name: string; readonly text: string }) {
  const parsed = useMemo(() => parseExactJson(text), [text]);
  if (!parsed.ok) {
    return (
      <div>
        <p className={styles["quiet"]}>
          As text, not as a tree: {parsed.message} at character {formatCount(parsed.offset + 1)}.
        </p>
        <TextData text={text} />
      </div>
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

/** Items up to which all are in the document. */
const FEW = 20;

/** Items come and go together that take so many pixels, a bit more than what is in sight at once, or are so many. */
const PART_HEIGHT = 1000;
const PART_ITEMS = 50;

/** What an item takes about, in pixels: until it was shown nobody knows. */
function heightOf(value: TypedValue): number {
  const size = "text" in value ? value.text.length : "base64" in value ? value.base64.length : 0;
  return Math.min(Math.max(24, size / 2), 600);
}

/** The items of a collection have one case, which stands beside its name. */
function CollectionView({ items }: { readonly items: readonly TypedValue[] }) {
  if (items.length === 0) {
    return <span className={styles["quiet"]}>empty</span>;
  }
  if (items.length <= FEW) {
    return <Items items={items} from={0} />;
  }
  return (
    <div>
      {partsOf(items).map(({ from, part, height }) => (
        <NearSight key={from} height={height} startsNear={from === 0}>
          {() => <Items items={part} from={from} />}
        </NearSight>
      ))}
    </div>
  );
}

type Part = { readonly from: number; readonly part: readonly TypedValue[]; readonly height: number };

function partsOf(items: readonly TypedValue[]): Part[] {
  const parts: Part[] = [];
  let from = 0;
  let height = 0;
  for (const [index, item] of items.entries()) {
    height += heightOf(item);
    const end = index + 1;
    if (height >= PART_HEIGHT || end - from >= PART_ITEMS || end === items.length) {
      parts.push({ from, part: items.slice(from, end), height });
      from = end;
      height = 0;
    }
  }
  return parts;
}

function Items({ items, from }: { readonly items: readonly TypedValue[]; readonly from: number }) {
  return (
    <div className={styles["collection"]}>
      {items.map((value, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the items of a message never change their order
        <Fragment key={index}>
          <span className={styles["index"]}>{from + index}</span>
          <ValueView name={String(from + index)} value={value} />
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
  if (value.case === "string" || value.case === "json") {
    return isStructure(value.text) || value.text.length > SHORT;
  }
  return value.case !== "int" && value.case !== "double" && value.case !== "none";
}

function caseName(value: TypedValue): string {
  if (value.case === "sharedMemory") {
    return "shared memory";
  }
  return value.case === "collection" ? value.name : value.case;
}

/** An RpcHttp as the request or response it stands for. */
export function HttpView({ http }: { readonly http: HttpMessage }) {
  if (http.isEmpty) {
    return (
      <p className={styles["note"]}>
        Empty here: with the HttpUri capability, the request itself travels over HTTP, beside this stream.
      </p>
    );
  }
  return (
    <>
      <p className={styles["request"]}>
        {http.status === undefined ? (
          <>
            <b>{http.method ?? "HTTP"}</b> {http.url}
          </>
        ) : (
          <span data-tone={httpTone(Number.parseInt(http.status, 10))}>HTTP {http.status}</span>
        )}
      </p>
      <Pairs title="Query" pairs={http.query} />
      <Pairs title="Route" pairs={http.params} />
      <Pairs title="Headers" pairs={http.headers} />
      {http.cookies.length > 0 && <Listed title="Cookies" items={http.cookies} />}
      <Body value={http.body} />
      {http.identities.length > 0 && <Listed title="Identities" items={http.identities} />}
    </>
  );
}

function Pairs({ title, pairs }: { readonly title: string; readonly pairs: readonly TextPair[] }) {
  if (pairs.length === 0) {
    return null;
  }
  return (
    <div className={styles["block"]}>
      <h3>
        {title}
        <span className={styles["count"]}>{pairs.length}</span>
      </h3>
      <FactsList facts={pairs} />
    </div>
  );
}

function Listed({ title, items }: { readonly title: string; readonly items: readonly unknown[] }) {
  return (
    <div className={styles["block"]}>
      <h3>
        {title}
        <span className={styles["count"]}>{items.length}</span>
      </h3>
      <JsonTree label={title} root={toJsonNode(items)} openDepth={title === "Identities" ? 0 : 2} />
    </div>
  );
}

function Body({ value }: { readonly value: TypedValue }) {
  if (value.case === "none") {
    return null;
  }
  const text = bodyText(value);
  return (
    <div className={styles["block"]}>
      <h3>
        Body
        <span className={styles["case"]}>{value.case}</span>
        {text !== undefined && <CopyButton label="Copy the body" text={text} isIcon />}
      </h3>
      <ValueView name="Body" value={value} />
    </div>
  );
}

function bodyText(value: TypedValue): string | undefined {
  return "text" in value ? value.text : undefined;
}
