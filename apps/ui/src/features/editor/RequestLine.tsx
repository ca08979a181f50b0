import { useId } from "react";
import styles from "./editor.module.css";

const METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"];

type RequestLineProps = {
  readonly method: string;
  readonly url: string;
  readonly onMethod: (method: string) => void;
  readonly onUrl: (url: string) => void;
};

export function RequestLine({ method, url, onMethod, onUrl }: RequestLineProps) {
  const id = useId();
  return (
    <div className={styles["requestLine"]}>
      <input
        aria-label="Method"
        list={`${id}-methods`}
        value={method}
        spellCheck={false}
        onChange={(event) => onMethod(event.target.value)}
      />
      <datalist id={`${id}-methods`}>
        {METHODS.map((name) => (
          <option key={name} value={name} />
        ))}
      </datalist>
      <input aria-label="URL" value={url} spellCheck={false} onChange={(event) => onUrl(event.target.value)} />
    </div>
  );
}
