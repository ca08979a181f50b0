import type { ReplayOrder, ReplayRun } from "@inspector/contract/intervention";
import type { HttpLeg, MessageDetail, StreamInfo } from "@inspector/contract/page";
import { type RefObject, useEffect, useEffectEvent, useMemo, useRef, useState } from "react";
import { Button, Key } from "../../shell/controls/Button.tsx";
import { Failure } from "../../shell/controls/Failure.tsx";
import type { SessionStore } from "../../shell/data/session-store.ts";
import { formatCount } from "../../shell/format/time.ts";
import { useShortcuts } from "../../shell/keyboard/useShortcuts.ts";
import { Concerns } from "../editor/Concerns.tsx";
import { HttpLegEditor } from "../editor/HttpLegEditor.tsx";
import { withLegHead } from "../editor/http-metadata.ts";
import { type Draft, MessageEditor } from "../editor/MessageEditor.tsx";
import { isSameMessage } from "../editor/message-text.ts";
import { HEX_PROBLEM } from "../editor/typed-text.ts";
import type { ReplayIntent, ReplayKeys } from "./ReplayTab.tsx";
import styles from "./replay.module.css";
import type { ReplayDrafts } from "./replay-drafts.ts";
import { SendOptions } from "./SendOptions.tsx";
import { SharedMemoryNote } from "./SharedMemoryNote.tsx";
import { describeBadOption, once, readOptions } from "./send-options.ts";
import { useReplayCheck, useSend } from "./useReplayOrder.ts";

/** Edited requests by the invocation they were made from, so that another row may be looked at meanwhile. */
type SendFormProps = {
  readonly request: MessageDetail;
  /** How long the recorded answer took, in nanoseconds. */
  readonly duration: number | undefined;
  /** The request is not the host's, but what was put in its place while it was held. */
  readonly isInstead: boolean;
  /** What went over HTTP beside the request. */
  readonly leg: HttpLeg | undefined;
  /** The request over HTTP is all that is sent: to a custom handler. */
  readonly isOverHttp: boolean;
  readonly source: ReplayOrder["source"];
  readonly targets: readonly StreamInfo[];
  readonly live: SessionStore;
  readonly keys: ReplayKeys;
  readonly onSent: (run: ReplayRun) => void;
};

/** What is sent, where to, and what to know before. */
export function SendForm({ request, leg, isOverHttp, source, targets, live, keys, ...props }: SendFormProps) {
  const { duration, isInstead, onSent } = props;
  const { drafts, intent, onDone } = keys;
  const { draft, setDraft, changeDraft, isOpen, setOpen, version } = useDraft(request, drafts, intent);
  const [chosen, setChosen] = useState<number | undefined>();
  const [options, setOptions] = useState(() => once(duration));
  const sendButton = useRef<HTMLButtonElement>(null);
  const form = useRef<HTMLDivElement>(null);
  const target = targets.find(({ id }) => id === chosen) ?? targets[0];
  const isMessageEdited = useMemo(
    () => !isSameMessage(draft.message, request.message),
    [draft.message, request.message],
  );
  const problem = problemOf(draft);
  const isEdited = isMessageEdited || draft.http !== undefined || problem !== undefined;
  const asked = readOptions(options);
  const badOption = describeBadOption(options);
  // An order without a message makes the hub send the recorded bytes.
  const edited = isMessageEdited ? draft.message : undefined;
  const { session, seq } = source;
  const order = useMemo<ReplayOrder>(
    () => ({
      stream: target?.id ?? 0,
      source: { ...(session !== undefined && { session }), seq },
      ...(edited !== undefined && { message: edited }),
      ...(draft.http && { http: draft.http }),
    }),
    [target?.id, session, seq, edited, draft.http],
  );
  const { concerns, error: checkError, isRefused } = useReplayCheck(live, target, order);
  const { isSending, error, send } = useSend(live, onSent);
  const isBlocked = isRefused || concerns.some(({ severity }) => severity === "error");
  const canSend = !isSending && !isBlocked && problem === undefined && asked !== undefined && target !== undefined;
  const submit = () => {
    if (canSend && asked) {
      send({ ...order, ...asked });
    }
  };
  useShortcuts({ "send-message": submit });
  useFocusOf(intent, sendButton, form, onDone);
  const failure = error ?? checkError;
  return (
    <>
      <SendOptions targets={targets} target={target} onTarget={setChosen} options={options} onOptions={setOptions} />
      <div className={styles["sendHead"]}>
        <div className={styles["sendBar"]}>
          <h3>What is sent</h3>
          <span className={styles["quiet"]}>
            {isEdited ? "edited" : isInstead ? "as the worker got it, edited while it was held" : "as it was recorded"}
          </span>
          <span className={styles["grow"]} />
          {isEdited && (
            <Button size="small" look="plain" onClick={() => setDraft({ message: request.message }, true)}>
              Undo the edits
            </Button>
          )}
          {request.message !== undefined && (
            <Button aria-expanded={isOpen} onClick={() => setOpen(!isOpen)}>
              Edit <Key>e</Key>
            </Button>
          )}
          <Button ref={sendButton} look="main" aria-disabled={!canSend} onClick={submit}>
            {isSending
              ? "Sending …"
              : Number(options.times) > 1
                ? `Send ${formatCount(Number(options.times))} times`
                : "Send"}
            <Key>Ctrl ↵</Key>
          </Button>
        </div>
        {badOption !== undefined && (
          <p className={styles["warning"]} role="alert">
            {badOption}
          </p>
        )}
        <Failure error={failure} />
      </div>
      {/* Below the button, which would move from under the pointer when they come. */}
      <Concerns concerns={concerns} />
      {request.message === undefined && (
        <p className={styles["quiet"]}>It is sent as it was recorded: {request.reason ?? "it was not decoded"}.</p>
      )}
      {isOpen && (
        <div ref={form}>
          {leg && (
            <HttpLegEditor
              key={`http ${version}`}
              leg={leg}
              isAll={isOverHttp}
              edited={draft.http}
              typed={draft.httpTyped}
              onChange={(http, httpTyped) => {
                const next = { http, httpTyped };
                setDraft(isOverHttp ? { ...draft, ...next } : withLeg(draft, leg, next), false);
              }}
              onSubmit={submit}
            />
          )}
          {!isOverHttp && (
            <>
              <SharedMemoryNote
                request={request}
                draft={draft.message}
                onLoaded={(withValues) => changeDraft((was) => ({ ...was, message: withValues(was.message) }))}
              />
              <MessageEditor
                key={version}
                draft={draft}
                onDraft={(next) => setDraft({ ...next, http: draft.http, httpTyped: draft.httpTyped }, false)}
                onSubmit={submit}
              />
            </>
          )}
        </div>
      )}
    </>
  );
}

function problemOf({ problem, httpTyped }: Draft): string | undefined {
  return problem ?? (httpTyped === undefined ? undefined : HEX_PROBLEM);
}

/** Another request beside the stream; what the message says of it goes with it. */
function withLeg(draft: Draft, { request }: HttpLeg, next: Pick<Draft, "http" | "httpTyped">): Draft {
  return { ...draft, ...next, message: withLegHead(draft.message, draft.http ?? request, next.http ?? request) };
}

/** Takes the focus where a key wanted it. */
function useFocusOf(
  intent: ReplayIntent | undefined,
  sendButton: RefObject<HTMLElement | null>,
  form: RefObject<HTMLElement | null>,
  onDone: () => void,
): void {
  const done = useEffectEvent(onDone);
  useEffect(() => {
    if (intent === undefined || intent.what === "compare") {
      return;
    }
    const field = form.current?.querySelector<HTMLElement>("input, textarea, [data-editor]");
    const target = intent.what === "edit" ? field : sendButton.current;
    target?.focus();
    done();
  }, [intent, sendButton, form]);
}

/** The edited message, kept while other rows are looked at. `version` changes where the fields have to begin anew. */
function useDraft(request: MessageDetail, drafts: ReplayDrafts, intent: ReplayIntent | undefined) {
  const kept = drafts.get(request.row.seq);
  const [draft, keep] = useState<Draft>(kept ?? { message: request.message });
  const [version, setVersion] = useState(0);
  const [isOpen, setOpen] = useState(kept !== undefined || intent?.what === "edit");
  const [seen, setSeen] = useState(intent);
  if (seen !== intent) {
    setSeen(intent);
    if (intent?.what === "edit") {
      setOpen(true);
    }
  }
  const setDraft = (next: Draft, isAnew: boolean) => {
    drafts.set(request.row.seq, next);
    keep(next);
    if (isAnew) {
      setVersion((was) => was + 1);
    }
  };
  // What was typed since the change was asked for stays in it.
  const changeDraft = (change: (was: Draft) => Draft) => setDraft(change(drafts.get(request.row.seq) ?? draft), true);
  return { draft, setDraft, changeDraft, isOpen, setOpen, version };
}
