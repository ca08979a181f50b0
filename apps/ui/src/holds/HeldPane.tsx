import type { HeldMessage, ReleaseOrder } from "@inspector/session";
import { useState } from "react";
import { Button, Key } from "../controls/Button.tsx";
import { Segments } from "../controls/Segments.tsx";
import type { SessionStore } from "../data/session-store.ts";
import { type Draft, MessageEditor } from "../editor/MessageEditor.tsx";
import { isSameMessage } from "../editor/message-text.ts";
import { useShortcuts } from "../keyboard/useShortcuts.ts";
import { answerTo } from "./answer-template.ts";
import { Failure } from "./Failure.tsx";
import { Clock } from "./HoldIndicator.tsx";
import { subjectOfHeld, wayOf } from "./hold-words.ts";
import styles from "./holds.module.css";
import { useAction } from "./useAction.ts";

type HeldPaneProps = { readonly live: SessionStore; readonly held: HeldMessage; readonly startedAt: number };

const MODES = ["the message", "an answer in its place"] as const;

/** A held message, to let go as it is or edited, to drop, or to answer in the place of who would have got it. */
export function HeldPane({ live, held, startedAt }: HeldPaneProps) {
  const template = held.from === "host" ? answerTo(held.message) : undefined;
  const [mode, setMode] = useState<(typeof MODES)[number]>("the message");
  const [draft, setDraft] = useState<Draft>({ message: held.message });
  const [answer, setAnswer] = useState<Draft>({ message: template });
  const { run, isBusy, error } = useAction();
  const isAnswer = mode === "an answer in its place";
  const current = isAnswer ? answer : draft;
  const isEdited = !isSameMessage(draft.message, held.message);
  const order: ReleaseOrder = isAnswer
    ? { action: "answer", message: answer.message }
    : isEdited
      ? { action: "replace", message: draft.message }
      : { action: "release" };
  const canSend = !isBusy && current.problem === undefined;
  const send = (what: ReleaseOrder) => run(() => live.client.interventions.release(held.id, what));
  const submit = () => {
    if (canSend) send(order);
  };
  useShortcuts({ "send-message": submit });
  return (
    <section className={styles["pane"]} aria-label="Held message">
      <header>
        <h2>{subjectOfHeld(held)}</h2>
        <Clock held={held} startedAt={startedAt} />
        <span className={styles["quiet"]}>
          {held.kind}, {wayOf(held.from)}
        </span>
      </header>
      <div className={styles["actions"]}>
        <Button look="main" disabled={!canSend} onClick={submit}>
          {isAnswer ? "Send the answer" : isEdited ? "Release as edited" : "Release"} <Key>Ctrl ↵</Key>
        </Button>
        {!isAnswer && isEdited && (
          <Button disabled={isBusy} onClick={() => send({ action: "release" })}>
            Release as it came
          </Button>
        )}
        <Button disabled={isBusy} onClick={() => send({ action: "drop" })} title="It never arrives">
          Drop
        </Button>
      </div>
      <Failure error={error} />
      {template !== undefined && <Segments label="Edit" options={MODES} value={mode} onChange={setMode} />}
      {held.message === undefined ? (
        <p className={styles["quiet"]}>It is not decoded, so it can be released or dropped, and not edited.</p>
      ) : (
        <MessageEditor key={mode} draft={current} onDraft={isAnswer ? setAnswer : setDraft} onSubmit={submit} />
      )}
    </section>
  );
}
