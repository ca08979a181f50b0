import { CopyButton } from "../controls/CopyButton.tsx";
import type { Tone } from "../format/message.ts";
import { toJsonNode } from "../json/exact-json.ts";
import { JsonTree } from "../json/JsonTree.tsx";
import styles from "./detail.module.css";
import { FactsList } from "./FactsList.tsx";
import type { TextPair } from "./reading.ts";
import type { HttpMessage, TypedValue } from "./typed-data.ts";
import { ValueView } from "./ValueView.tsx";

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
          <span data-tone={statusTone(http.status)}>HTTP {http.status}</span>
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
  if (pairs.length === 0) return null;
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
  if (value.case === "none") return null;
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

function statusTone(status: string): Tone {
  if (status.startsWith("5")) return "bad";
  return status.startsWith("4") ? "warn" : "good";
}
