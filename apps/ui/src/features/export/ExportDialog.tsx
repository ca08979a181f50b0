import { quoteArgument } from "@inspector/analysis/copy-as/shell";
import type { ExportWish } from "@inspector/contract/export";
import { useState } from "react";
import { Button } from "../../shell/controls/Button.tsx";
import { CopyButton } from "../../shell/controls/CopyButton.tsx";
import { Dialog, DialogTitle } from "../../shell/controls/Dialog.tsx";
import { Failure } from "../../shell/controls/Failure.tsx";
import type { ExportClient } from "../../shell/data/export-client.ts";
import { RequestError } from "../../shell/data/session-client.ts";
import { useSessionState } from "../../shell/data/session-context.ts";
import { useDebounced } from "../../shell/data/useDebounced.ts";
import { formatSize } from "../../shell/format/size.ts";
import { useAction } from "../../shell/page/useAction.ts";
import { ExportOptions } from "./ExportOptions.tsx";
import { Preparing, Preview } from "./ExportPreview.tsx";
import styles from "./export.module.css";
import { commandOf, type ExportPlace, newDraft, wishOf } from "./export-draft.ts";
import { type PreparedExport, useExport } from "./useExport.ts";

/** Who types, or sets several options, is not followed letter by letter. */
const SETTLED_MS = 400;

type ExportDialogProps = {
  /** Where it was opened; undefined while it is closed. */
  readonly place: ExportPlace | undefined;
  readonly client: ExportClient;
  readonly onClose: () => void;
};

/** What an export would give away, before it does. */
export function ExportDialog({ place, client, onClose }: ExportDialogProps) {
  return (
    <Dialog isOpen={place !== undefined} onClose={onClose} className={styles["dialog"]}>
      {(titleId) =>
        place && (
          <>
            <DialogTitle id={titleId} title="Export" onClose={onClose} />
            <Content place={place} client={client} onClose={onClose} />
          </>
        )
      }
    </Dialog>
  );
}

function Content({ place, client, onClose }: ExportDialogProps & { readonly place: ExportPlace }) {
  const [draft, setDraft] = useState(() => newDraft(place));
  const [attempt, setAttempt] = useState(0);
  const [isStopped, setStopped] = useState(false);
  const wished = wishOf(draft, place);
  const wanted = JSON.stringify(wished ?? null);
  const settled = useDebounced(wanted, SETTLED_MS);
  const wish: ExportWish | undefined = JSON.parse(settled) ?? undefined;
  const isSettled = settled === wanted;
  const prepared = useExport(client, isStopped ? undefined : wish, attempt);
  const isWaiting = isSettled && wish === undefined;
  const again = () => {
    setStopped(false);
    setAttempt(attempt + 1);
  };
  return (
    <>
      <div className={styles["columns"]}>
        <ExportOptions
          draft={draft}
          place={place}
          onChange={(change) => {
            setStopped(false);
            setDraft({ ...draft, ...change });
          }}
        />
        <section className={styles["preview"]} aria-label="Preview">
          {isWaiting && (
            <p className={styles["quiet"]}>Nothing is prepared until you have typed that nothing is to be replaced.</p>
          )}
          {isStopped && (
            <div className={styles["preparing"]}>
              <p role="status">Cancelled. Nothing was written.</p>
              <Button onClick={again}>Prepare again</Button>
            </div>
          )}
          {!isWaiting && !isStopped && (
            <Outcome
              prepared={isSettled ? prepared : undefined}
              wish={wish}
              onCancel={() => setStopped(true)}
              onAgain={again}
            />
          )}
        </section>
      </div>
      <Footer
        prepared={isSettled && !isStopped ? prepared : undefined}
        wish={wished}
        client={client}
        onClose={onClose}
      />
    </>
  );
}

type OutcomeProps = {
  readonly prepared: PreparedExport | undefined;
  readonly wish: ExportWish | undefined;
  readonly onCancel: () => void;
  readonly onAgain: () => void;
};

function Outcome({ prepared, wish, onCancel, onAgain }: OutcomeProps) {
  const { state, error, isGone } = prepared ?? {};
  if (error !== undefined) {
    const gone = new RequestError(
      "The inspector ended, or was started anew, while this was prepared.",
      0,
      "What it had prepared is gone, and no part of it was saved as a whole file.",
    );
    return (
      <div className={styles["preparing"]}>
        <Failure error={isGone === true ? gone : error} />
        <Button onClick={onAgain}>Prepare again</Button>
      </div>
    );
  }
  if (state?.phase === "failed") {
    const { message, hint } = state.error;
    return (
      <div className={styles["preparing"]}>
        <Failure error={new RequestError(message, 400, hint)} />
        <Button onClick={onAgain}>Prepare again</Button>
      </div>
    );
  }
  if (state?.phase === "ready" && wish !== undefined) {
    return <Preview facts={state.facts} name={state.name} wish={wish} />;
  }
  return <Preparing state={state} onCancel={onCancel} />;
}

type FooterProps = {
  readonly prepared: PreparedExport | undefined;
  /** What is chosen now, also while that is not prepared yet. */
  readonly wish: ExportWish | undefined;
  readonly client: ExportClient;
  readonly onClose: () => void;
};

function Footer({ prepared, wish, client, onClose }: FooterProps) {
  const { session } = useSessionState();
  const { run, isBusy, error } = useAction();
  const state = prepared?.state;
  const ready = state?.phase === "ready" ? state : undefined;
  const take = () =>
    ready &&
    !isBusy &&
    run(async () => {
      const { href } = await client.ticket(ready.id);
      const link = document.createElement("a");
      link.href = href;
      link.download = ready.name;
      link.click();
    });
  return (
    <footer className={styles["footer"]}>
      {wish !== undefined && session !== undefined && (
        <CopyButton
          label="Copy as a command"
          text={commandOf(wish, session.file, state?.name ?? "export", quoteArgument)}
        />
      )}
      <span className={styles["grow"]}>
        <Failure error={error} />
        {ready !== undefined && ready.taken > 0 && (
          <span role="status">
            {ready.taken < ready.facts.size
              ? `The browser has taken ${formatSize(ready.taken)} of ${formatSize(ready.facts.size)} …`
              : `The browser has taken all ${formatSize(ready.facts.size)}.`}
          </span>
        )}
      </span>
      <Button onClick={onClose}>Close</Button>
      <Button look="main" aria-disabled={ready === undefined || isBusy} onClick={take}>
        {ready === undefined ? "Export" : `Export ${formatSize(ready.facts.size)}`}
      </Button>
    </footer>
  );
}
