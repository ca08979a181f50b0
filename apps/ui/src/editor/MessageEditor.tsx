import type { ReplayHttpRequest } from "@inspector/session";
import { useState } from "react";
import { Segments } from "../controls/Segments.tsx";
import { CodeEditor } from "./CodeEditor.tsx";
import styles from "./editor.module.css";
import { HttpForm } from "./HttpForm.tsx";
import { listParts, type MessagePart, valueAt, withValueAt } from "./message-parts.ts";
import { MESSAGE_PATH } from "./message-schema-path.ts";
import { formatMessage, readMessageText } from "./message-text.ts";
import { TextDataField } from "./TextDataField.tsx";

/** A message that is being edited: as it was last whole, and what is wrong with its text now. */
export type Draft = {
  readonly message: unknown;
  readonly problem?: string;
  /** That text, while something is wrong with it. */
  readonly text?: string;
  /** The part that goes over HTTP, where that was edited too. */
  readonly http?: ReplayHttpRequest | undefined;
};

const SHAPES = ["form", "JSON"] as const;

type MessageEditorProps = {
  readonly draft: Draft;
  readonly onDraft: (draft: Draft) => void;
  readonly onSubmit: () => void;
};

/** A StreamingMessage: its values as what they are in a form, and the whole of it as JSON with the contract's schema. */
export function MessageEditor({ draft, onDraft, onSubmit }: MessageEditorProps) {
  const parts = listParts(draft.message);
  const [shape, setShape] = useState<(typeof SHAPES)[number]>(parts.length === 0 ? "JSON" : "form");
  const isForm = shape === "form" && draft.problem === undefined;
  return (
    <div className={styles["editor"]}>
      <div className={styles["editorHead"]}>
        <Segments
          label="Edit as"
          options={draft.problem === undefined ? SHAPES : ["JSON"]}
          value={isForm ? "form" : "JSON"}
          onChange={setShape}
        />
        {draft.problem !== undefined && (
          <span className={styles["warning"]} role="status">
            {draft.problem}
          </span>
        )}
      </div>
      {isForm ? (
        <Parts
          parts={parts}
          message={draft.message}
          onMessage={(message) => onDraft({ message })}
          onSubmit={onSubmit}
        />
      ) : (
        <CodeEditor
          label="Message as JSON"
          language="json"
          path={MESSAGE_PATH}
          initial={draft.text ?? formatMessage(draft.message)}
          maxHeight="max(300px, 62vh)"
          onChange={(text) => onDraft(draftOf(text, draft))}
          onSubmit={onSubmit}
        />
      )}
    </div>
  );
}

function draftOf(text: string, before: Draft): Draft {
  const read = readMessageText(text);
  if (read.ok) return { message: read.value };
  const line = text.slice(0, read.offset).split("\n").length;
  return { message: before.message, problem: `Not JSON in line ${line}: ${read.message}`, text };
}

type PartsProps = {
  readonly parts: readonly MessagePart[];
  readonly message: unknown;
  readonly onMessage: (message: unknown) => void;
  readonly onSubmit: () => void;
};

function Parts({ parts, message, onMessage, onSubmit }: PartsProps) {
  if (parts.length === 0) {
    return <p className={styles["hint"]}>This message carries no values: what it says is edited under JSON.</p>;
  }
  return parts.map(({ path, name, group, isHttp }) => {
    const props = {
      data: valueAt(message, path),
      onChange: (data: unknown) => onMessage(withValueAt(message, path, data)),
      onSubmit,
    };
    return (
      <section key={path.join("/")} className={styles["part"]} aria-label={`${group} ${name}`}>
        {isHttp ? (
          <>
            <h3>
              {group} <b>{name}</b>
            </h3>
            <HttpForm {...props} />
          </>
        ) : (
          <TextDataField label={name} group={group} {...props} />
        )}
      </section>
    );
  });
}
