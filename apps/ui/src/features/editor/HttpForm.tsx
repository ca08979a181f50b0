import { useId } from "react";
import { type JsonRecord, readRecord, readText } from "../detail/reading.ts";
import styles from "./editor.module.css";
import { readMap, readQuery, withBody, withQuery, withUrl, writeMap } from "./http-edit.ts";
import { PairTable } from "./PairTable.tsx";
import { RequestLine } from "./RequestLine.tsx";
import { TextDataField } from "./TextDataField.tsx";
import { readTextData } from "./typed-text.ts";

type HttpFormProps = {
  readonly data: unknown;
  /** What is typed as its body, while that is no value. */
  readonly typed: string | undefined;
  readonly onChange: (data: JsonRecord, typed: string | undefined) => void;
  readonly onSubmit: () => void;
};

/** An RpcHttp as people think of it: method, URL, query, headers and body, or status, headers and body. */
export function HttpForm({ data, typed, onChange, onSubmit }: HttpFormProps) {
  const http = readRecord(readRecord(data)["http"]);
  const change = (next: JsonRecord) => onChange({ ...readRecord(data), http: next }, typed);
  const isAnswer = readText(http["statusCode"]) !== undefined || readText(http["method"]) === undefined;
  if (Object.keys(http).length === 0) {
    return (
      <p className={styles["hint"]}>
        This request travels over HTTP beside the stream, and is sent again the same way.
      </p>
    );
  }
  const query = readQuery(http);
  return (
    <div className={styles["http"]}>
      {isAnswer ? (
        <StatusLine http={http} onChange={change} />
      ) : (
        <>
          <RequestLine
            method={readText(http["method"]) ?? ""}
            url={readText(http["url"]) ?? ""}
            onMethod={(method) => change({ ...http, method })}
            onUrl={(url) => change(withUrl(http, url))}
          />
          <PairTable
            title="Query"
            noun="query parameter"
            pairs={query.pairs}
            isMap={query.isMap}
            onChange={(pairs) => change(withQuery(http, pairs))}
          />
        </>
      )}
      <PairTable
        title="Headers"
        noun="header"
        pairs={readMap(http, "headers")}
        isMap
        onChange={(pairs) => change(writeMap(http, "headers", pairs))}
      />
      <TextDataField
        label="Body"
        data={readTextData(http["body"]) ? http["body"] : { ...readRecord(http["body"]), string: "" }}
        typed={typed}
        onChange={(body, bodyTyped) => onChange({ ...readRecord(data), http: withBody(http, body) }, bodyTyped)}
        onSubmit={onSubmit}
      />
    </div>
  );
}

type StatusLineProps = { readonly http: JsonRecord; readonly onChange: (http: JsonRecord) => void };

function StatusLine({ http, onChange }: StatusLineProps) {
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
