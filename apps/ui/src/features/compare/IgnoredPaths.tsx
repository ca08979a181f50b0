import { X } from "lucide-react";
import { type FormEvent, useState } from "react";
import styles from "./compare.module.css";
import { badPathOf } from "./comparison.ts";

type IgnoredProps = { readonly paths: readonly string[]; readonly onPaths: (paths: readonly string[]) => void };

/** What comparisons leave out, and where more is named. */
export function IgnoredPaths({ paths, onPaths }: IgnoredProps) {
  const [text, setText] = useState("");
  const [problem, setProblem] = useState<string | undefined>();
  const add = (event: FormEvent) => {
    event.preventDefault();
    const path = text.trim();
    const bad = path === "" ? undefined : badPathOf(path);
    setProblem(bad);
    if (path === "" || bad !== undefined) {
      return;
    }
    onPaths([...paths, path]);
    setText("");
  };
  return (
    <div className={styles["ignored"]}>
      <span>Ignored</span>
      {paths.map((path) => (
        <span key={path} className={styles["chip"]}>
          {path}
          <button
            type="button"
            aria-label={`Compare ${path} again`}
            onClick={() => onPaths(paths.filter((other) => other !== path))}
          >
            <X size={11} aria-hidden />
          </button>
        </span>
      ))}
      <form onSubmit={add}>
        <input
          aria-label="Path to ignore"
          placeholder="logs[*].message"
          spellCheck={false}
          aria-invalid={problem !== undefined}
          value={text}
          onChange={(event) => setText(event.target.value)}
        />
      </form>
      {problem !== undefined && (
        <span className={styles["warning"]} role="alert">
          {problem}
        </span>
      )}
    </div>
  );
}
