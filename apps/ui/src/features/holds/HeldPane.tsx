import type { HeldMessage, ReleaseOrder } from "@inspector/contract/intervention";
import { useEffect, useRef } from "react";
import { Button, Key } from "../../shell/controls/Button.tsx";
import { Failure } from "../../shell/controls/Failure.tsx";
import { Segments } from "../../shell/controls/Segments.tsx";
import type { SessionStore } from "../../shell/data/session-store.ts";
import { useShortcuts } from "../../shell/keyboard/useShortcuts.ts";
import { useAction } from "../../shell/page/useAction.ts";
import { MessageEditor } from "../editor/MessageEditor.tsx";
import { answerTo } from "./answer-template.ts";
import { Clock } from "./HoldIndicator.tsx";
import { describeLimit, subjectOfHeld, wayOf } from "./hold-words.ts";
import styles from "./holds.module.css";
import { ignoreGone } from "./ignore-gone.ts";
import { submitKey } from "./submit-key.ts";
import { useHeldDraft } from "./useHeldDraft.ts";

type HeldPaneProps = {
  readonly live: SessionStore;
  readonly held: HeldMessage;
  /** It opened because the one before it was released: it gets the focus. */
  readonly isStep: boolean;
  /** The message was released, and the next one is to be looked at. */
  readonly onNext: () => void;
};

const MESSAGE = "the message";
const ANSWER = "an answer in its place";

/** A held message, to let go as it is or edited, to drop, or to answer in the place of who would have got it. */
export function HeldPane({ live, held, isStep, onNext }: HeldPaneProps) {
  const template = held.from === "host" ? answerTo(held.message) : undefined;
  const { mode, current, isEdited, version, setMode, edit, undo } = useHeldDraft(held, template);
  const { run, isBusy, error } = useAction();
  const isAnswer = mode === "answer";
  const { message } = current;
  const order: ReleaseOrder = isAnswer
    ? { action: "answer", message }
    : isEdited
      ? { action: "replace", message }
      : { action: "release" };
  const canSend = !isBusy && current.problem === undefined;
  const send = (what: ReleaseOrder) => run(() => live.client.interventions.release(held.id, what));
  const submit = () => {
    if (canSend) {
      send(order);
    }
  };
  const step = () => {
    if (canSend) {
      run(async () => {
        await live.client.interventions.release(held.id, order).catch(ignoreGone);
        onNext();
      });
    }
  };
  // For the commands, and while no form has the focus: each takes the key for itself.
  useShortcuts({ "send-message": submit, "release-and-next": step });
  const pane = useRef<HTMLElement>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: once, when it opens
  useEffect(() => (isStep ? pane.current?.focus() : undefined), []);
  return (
    <section
      ref={pane}
      tabIndex={-1}
      className={styles["pane"]}
      aria-label="Held message"
      onKeyDownCapture={submitKey(submit)}
    >
      <header>
        <h2>{subjectOfHeld(held)}</h2>
        <Clock held={held} live={live} />
        <span className={styles["quiet"]}>
          {held.kind}, {wayOf(held.from)}, {describeLimit(held)}
        </span>
      </header>
      <div className={styles["actions"]}>
        <Button look="main" disabled={!canSend} onClick={submit}>
          {isAnswer ? "Send the answer" : isEdited ? "Release as edited" : "Release"} <Key>Ctrl ↵</Key>
        </Button>
        <Button
          disabled={!canSend}
          title="The rules stay: what they hold next opens here, one message after the other"
          onClick={step}
        >
          {isAnswer ? "Send" : "Release"} and hold the next <Key>n</Key>
        </Button>
        {!isAnswer && isEdited && (
          <Button disabled={isBusy} onClick={() => send({ action: "release" })}>
            Release as it came
          </Button>
        )}
        <Button disabled={isBusy} onClick={() => send({ action: "drop" })} title="It never arrives">
          Drop
        </Button>
        {isEdited && (
          <Button look="plain" onClick={undo}>
            Undo the edits
          </Button>
        )}
      </div>
      <Failure error={error} />
      {template !== undefined && (
        <Segments
          label="Edit"
          options={[MESSAGE, ANSWER]}
          value={isAnswer ? ANSWER : MESSAGE}
          onChange={(what) => setMode(what === ANSWER ? "answer" : "message")}
        />
      )}
      {held.message === undefined ? (
        <p className={styles["quiet"]}>
          The inspector could not decode it: you can release or drop it, but not edit it.
        </p>
      ) : (
        <MessageEditor key={version} draft={current} onDraft={edit} onSubmit={submit} />
      )}
    </section>
  );
}
