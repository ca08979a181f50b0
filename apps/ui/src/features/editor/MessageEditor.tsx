import type { ReplayHttpRequest } from "@inspector/contract/intervention";
import { useMemo, useState } from "react";
import { Segments } from "../../shell/controls/Segments.tsx";
import type { JsonRecord } from "../detail/reading.ts";
import { CodeEditor } from "./CodeEditor.tsx";
import styles from "./editor.module.css";
import { HttpForm } from "./HttpForm.tsx";
import { withHttpAt } from "./http-metadata.ts";
import { listParts, type MessagePart, valueAt, withValueAt } from "./message-parts.ts";
import { MESSAGE_PATH } from "./message-schema-path.ts";
import { formatMessage, readMessageText } from "./message-text.ts";
import { TextDataField } from "./TextDataField.tsx";
import { HEX_PROBLEM } from "./typed-text.ts";

/** A message that is being edited: as it was last whole, and what is wrong with its text now. */
export type Draft = {
  readonly message: unknown;
  readonly problem?: string;
  /** The text of the whole message, while something is wrong with that. */
  readonly text?: string;
  /** What is typed in fields of the form and is no value yet, by the path of each. */
  readonly typed?: Readonly<Record<string, string>>;
  /** The part that goes over HTTP, where that was edited too. */
  readonly http?: ReplayHttpRequest | undefined;
  /** What is typed as the body of that, while it is no value. */
  readonly httpTyped?: string | undefined;
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
  const isForm = draft.typed !== undefined || (shape === "form" && draft.text === undefined);
  return (
    <div className={styles["editor"]}>
      <div className={styles["editorHead"]}>
        <Segments
          label="Edit as"
          options={draft.problem === undefined ? SHAPES : [isForm ? "form" : "JSON"]}
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
        <Parts parts={parts} draft={draft} onDraft={onDraft} onSubmit={onSubmit} />
      ) : (
        <WholeMessage draft={draft} onDraft={onDraft} onSubmit={onSubmit} />
      )}
    </div>
  );
}

function WholeMessage({ draft, onDraft, onSubmit }: MessageEditorProps) {
  const { message } = draft;
  const [own, setOwn] = useState<{ readonly message: unknown; readonly text: string }>();
  const isOwn = own !== undefined && own.message === message;
  const formatted = useMemo(() => (isOwn ? "" : formatMessage(message)), [isOwn, message]);
  return (
    <CodeEditor
      label="Message as JSON"
      language="json"
      path={MESSAGE_PATH}
      value={draft.text ?? (isOwn ? own.text : formatted)}
      maxHeight="max(300px, 62vh)"
      onChange={(text) => {
        const next = draftOf(text, draft);
        setOwn({ message: next.message, text });
        onDraft(next);
      }}
      onSubmit={onSubmit}
    />
  );
}

function draftOf(text: string, before: Draft): Draft {
  const read = readMessageText(text);
  if (read.ok) {
    return { message: read.value };
  }
  const line = text.slice(0, read.offset).split("\n").length;
  return { message: before.message, problem: `Not JSON in line ${line}: ${read.message}`, text };
}

type PartsProps = MessageEditorProps & { readonly parts: readonly MessagePart[] };

function Parts({ parts, draft, onDraft, onSubmit }: PartsProps) {
  const { message, typed = {} } = draft;
  if (parts.length === 0) {
    return <p className={styles["hint"]}>This message carries no values. Edit its fields under JSON.</p>;
  }
  return parts.map(({ path, name, group, isHttp }) => {
    const key = path.join("/");
    const props = {
      data: valueAt(message, path),
      typed: typed[key],
      onChange: (data: JsonRecord, next: string | undefined) => {
        const { [key]: _, ...others } = typed;
        const all = next === undefined ? others : { ...others, [key]: next };
        onDraft({
          message: isHttp ? withHttpAt(message, path, data) : withValueAt(message, path, data),
          ...unfinished(all),
        });
      },
      onSubmit,
    };
    return (
      <section key={key} className={styles["part"]} aria-label={`${group} ${name}`}>
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

function unfinished(typed: Readonly<Record<string, string>>): Pick<Draft, "problem" | "typed"> {
  return Object.keys(typed).length === 0 ? {} : { problem: `Not whole bytes: ${HEX_PROBLEM}`, typed };
}
