import { InspectorError, reasonOf } from "@inspector/contract/inspector-error";
import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { useEffect, useEffectEvent, useRef, useState } from "react";
import { App } from "../app/App.tsx";
import { scheduleFrame } from "../shell/data/frame-signal.ts";
import { SessionContext } from "../shell/data/session-context.ts";
import { SessionStore } from "../shell/data/session-store.ts";
import { formatCount } from "../shell/format/time.ts";
import { type Address, parseAddress } from "../shell/page/address.ts";
import { CancelButton } from "./CancelButton.tsx";
import type { EmbeddedSession } from "./embedded-session.ts";
import { Notice } from "./Notice.tsx";
import styles from "./offline.module.css";
import { createOfflineClient } from "./offline-client.ts";
import type { OfflineSessions } from "./offline-sessions.ts";
import { StartPage } from "./StartPage.tsx";

/** A session on the page. Nothing that is known of one is taken for another's. */
type Shown = {
  readonly id: number;
  readonly store: SessionStore;
  readonly queries: QueryClient;
  readonly address: Address;
};

type Failed = { readonly message: string; readonly hint?: string | undefined };

type OfflineAppProps = { readonly sessions: OfflineSessions; readonly embedded: EmbeddedSession | undefined };

/** The page where there is no server: sessions are files that it is given, by whoever made it or by whoever drops one on it. */
export function OfflineApp({ sessions, embedded }: OfflineAppProps) {
  const [shown, setShown] = useState<Shown | undefined>();
  const [failed, setFailed] = useState<Failed | undefined>();
  const [opening, setOpening] = useState<string | undefined>(embedded?.name);
  const [remarks, setRemarks] = useState<string | undefined>();
  const picker = useRef<HTMLInputElement>(null);
  const pick = () => picker.current?.click();
  const stop = useRef<AbortController>(undefined);

  function cancel(): void {
    stop.current?.abort();
    setOpening(undefined);
  }

  function show(name: string): void {
    shown?.store.close();
    sessions.show(name);
    if (shown !== undefined) {
      history.replaceState(null, "", location.pathname);
    }
    const address = parseAddress(location.search);
    const client = createOfflineClient({ sessions, name, page: { show: (other) => showOther(other), pick } });
    const store = new SessionStore(client, scheduleFrame, address.filter.trim());
    setShown({ id: (shown?.id ?? 0) + 1, store, queries: new QueryClient(QUERIES), address });
  }
  const showOther = useEffectEvent(show);

  async function open(name: string, file: Blob, modifiedAt: number): Promise<void> {
    cancel();
    stop.current = new AbortController();
    const { signal } = stop.current;
    setFailed(undefined);
    setRemarks(undefined);
    setOpening(name);
    try {
      const onProgress = (messages: number) => setOpening(`${name}, ${formatCount(messages)} messages by now`);
      const given = await sessions.add(name, file, modifiedAt, { onProgress, signal });
      showOther(given.name);
      // How many messages there are stands in the header.
      setRemarks(given.remarks.length > 1 ? `${name}: ${given.remarks.join("; ")}` : undefined);
    } catch (error) {
      if (signal.aborted) {
        return;
      }
      setFailed(
        error instanceof InspectorError ? { message: error.message, hint: error.hint } : { message: reasonOf(error) },
      );
    }
    setOpening(undefined);
  }
  const openFile = useEffectEvent((file: File | undefined) => {
    if (file !== undefined) {
      void open(file.name, file, file.lastModified);
    }
  });
  const isDropping = useDrop(openFile);
  const openEmbedded = useEffectEvent(() => {
    if (embedded !== undefined) {
      void open(embedded.name, embedded.file, Date.now());
    }
  });
  useEffect(() => openEmbedded(), []);
  return (
    <>
      {shown ? (
        <QueryClientProvider client={shown.queries} key={shown.id}>
          <SessionContext value={shown.store}>
            <App address={shown.address} />
          </SessionContext>
        </QueryClientProvider>
      ) : (
        <StartPage opening={opening} onPick={pick} onCancel={cancel} />
      )}
      <input
        ref={picker}
        type="file"
        hidden
        aria-label="Session or capture"
        onChange={(event) => {
          openFile(event.target.files?.[0]);
          event.target.value = "";
        }}
      />
      {isDropping && <div className={styles["drop"]}>Drop a session, a capture or a log to open it</div>}
      {failed && (
        <Notice isFailure onDismiss={() => setFailed(undefined)}>
          <b>{failed.message.replace(/\.$/u, "")}.</b> {failed.hint}
        </Notice>
      )}
      {remarks !== undefined && <Notice onDismiss={() => setRemarks(undefined)}>{remarks}.</Notice>}
      {shown !== undefined && opening !== undefined && (
        <Notice action={<CancelButton onCancel={cancel} />}>Opening {opening} …</Notice>
      )}
    </>
  );
}

/** Nothing changes but by what the page does. */
const QUERIES = {
  defaultOptions: { queries: { gcTime: 60_000, staleTime: 1000, retry: false, refetchOnWindowFocus: false } },
};

/** Takes files that are dropped anywhere on the page. @returns whether one is above it */
function useDrop(onFile: (file: File | undefined) => void): boolean {
  const [isAbove, setAbove] = useState(false);
  const drop = useEffectEvent(onFile);
  useEffect(() => {
    const listening = new AbortController();
    const { signal } = listening;
    const over = (event: DragEvent) => {
      event.preventDefault();
      setAbove(event.dataTransfer?.types.includes("Files") === true);
    };
    window.addEventListener("dragover", over, { signal });
    window.addEventListener("dragleave", (event) => event.relatedTarget === null && setAbove(false), { signal });
    window.addEventListener(
      "drop",
      (event) => {
        event.preventDefault();
        setAbove(false);
        drop(event.dataTransfer?.files[0]);
      },
      { signal },
    );
    return () => listening.abort();
  }, []);
  return isAbove;
}
