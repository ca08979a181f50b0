import { useId } from "react";
import { type JsonRecord, readRecord, readText } from "../detail/reading.ts";
import styles from "./editor.module.css";
import { readMap, withBody, withQuery, withUrl, writeMap } from "./http-edit.ts";
import { PairTable } from "./PairTable.tsx";
import { TextDataField } from "./TextDataField.tsx";
import { readTextData } from "./typed-text.ts";

const METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"];

type HttpFormProps = {
  readonly data: unknown;
  readonly onChange: (data: JsonRecord) => void;
  readonly onSubmit: () => void;
};

/** An RpcHttp as people think of it: method, URL, query, headers and body, or status, headers and body. */
export function HttpForm({ data, onChange, onSubmit }: HttpFormProps) {
  const http = readRecord(readRecord(data)["http"]);
  const change = (next: JsonRecord) => onChange({ ...readRecord(data), http: next });
  const isAnswer = readText(http["statusCode"]) !== undefined || readText(http["method"]) === undefined;
  if (Object.keys(http).length === 0) {
    return (
      <p className={styles["hint"]}>
        This request travels over HTTP beside the stream, and is sent again the same way.
      </p>
    );
  }
  return (
    <div className={styles["http"]}>
      {isAnswer ? <StatusLine http={http} onChange={change} /> : <RequestLine http={http} onChange={change} />}
      {!isAnswer && (
        <PairTable
          title="Query"
          noun="query parameter"
          pairs={readMap(http, "query")}
          onChange={(pairs) => change(withQuery(http, pairs))}
        />
      )}
      <PairTable
        title="Headers"
        noun="header"
        pairs={readMap(http, "headers")}
        onChange={(pairs) => change(writeMap(http, "headers", pairs))}
      />
      <TextDataField
        label="Body"
        data={readTextData(http["body"]) ? http["body"] : { ...readRecord(http["body"]), string: "" }}
        onChange={(body) => change(withBody(http, body))}
        onSubmit={onSubmit}
      />
    </div>
  );
}

type LineProps = { readonly http: JsonRecord; readonly onChange: (http: JsonRecord) => void };

function RequestLine({ http, onChange }: LineProps) {
  const id = useId();
  return (
    <div className={styles["requestLine"]}>
      <input
        aria-label="Method"
        list={`${id}-methods`}
        value={readText(http["method"]) ?? ""}
        spellCheck={false}
        onChange={(event) => onChange({ ...http, method: event.target.value })}
      />
      <datalist id={`${id}-methods`}>
        {METHODS.map((method) => (
          <option key={method} value={method} />
        ))}
      </datalist>
      <input
        aria-label="URL"
        value={readText(http["url"]) ?? ""}
        spellCheck={false}
        onChange={(event) => onChange(withUrl(http, event.target.value))}
      />
    </div>
  );
}

function StatusLine({ http, onChange }: LineProps) {
  const id = useId();
  return (
    <div className={styles["requestLine"]}>
      <label htmlFor={id}>Status</label>
      <input
        id={id}
        inputMode="numeric"
        value={readText(http["statusCode"]) ?? ""}
        onChange={(event) => onChange({ ...http, statusCode: event.target.value })}
      />
    </div>
  );
}
