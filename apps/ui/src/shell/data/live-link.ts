import {
  type ClientMessage,
  CONTRACT_VERSION,
  type Seq,
  type ServerMessage,
  type SessionInfo,
  type ViewOf,
} from "@inspector/contract/page";
import { applyChanges, type SessionChanges } from "@inspector/contract/session-changes";
import { parseColumnFrame } from "./column-frame.ts";
import { type LinkHandlers, RequestError, type SessionLink } from "./session-client.ts";

/** What {@link OpenSocket} reports of one WebSocket. `onClose` comes once, also when it never opened. */
export type SocketHandlers = {
  readonly onOpen: () => void;
  readonly onText: (text: string) => void;
  readonly onBinary: (bytes: ArrayBuffer) => void;
  readonly onClose: () => void;
};

export type Socket = { readonly send: (text: string) => void; readonly close: () => void };

/** Port to the WebSocket of the surroundings: the browser's in the page. */
export type OpenSocket = (url: string, protocols: readonly string[], handlers: SocketHandlers) => Socket;

export type LiveLinkOptions = {
  readonly url: string;
  readonly protocols: readonly string[];
  /** Rejects with what the hub says against a socket of this page. A browser does not tell why one did not open. */
  readonly askToListen: () => Promise<void>;
  readonly getSession: (signal?: AbortSignal) => Promise<SessionInfo>;
  readonly openSocket: OpenSocket;
  readonly handlers: LinkHandlers;
};

/** A hub that is silent for so long is asked whether it is there: one that hangs closes no socket. */
const SILENCE_MS = 2000;

/** And has so long to answer. */
const ANSWER_MS = 5000;

/** Milliseconds before the first, second … attempt to connect again; the last one repeats. */
const RETRY_MS = [250, 500, 1000, 2000, 5000];

type View = { readonly what: ViewOf; readonly filter: string; cursor: Seq };

/**
 * The live connection: asks who the hub is, opens the socket, subscribes every view behind what it has, and begins
 * again whenever the socket ends.
 *
 * The session is fetched before the socket is opened, because a hub may have been started again with another session
 * under the same address: whoever listens then drops its columns first, instead of resuming them in the wrong session.
 * It also tells a hub that is gone (try again) from one that does not let us in (do not).
 */
export class LiveLink implements SessionLink {
  readonly #options: LiveLinkOptions;
  readonly #views = new Map<number, View>();
  /** The session in its last reported state. */
  #session: SessionInfo | undefined;
  #socket: Socket | undefined;
  #isOpen = false;
  #attempt = 0;
  #lastSeenAt: number | undefined;
  #retryTimer: ReturnType<typeof setTimeout> | undefined;
  #silenceTimer: ReturnType<typeof setTimeout> | undefined;
  #abort = new AbortController();
  #isClosed = false;

  constructor(options: LiveLinkOptions) {
    this.#options = options;
    this.#options.handlers.onState({ phase: "connecting" });
    void this.#connect();
  }

  readonly subscribe = (view: number, what: ViewOf, filter: string, after: Seq): void => {
    this.#views.set(view, { what, filter, cursor: after });
    if (this.#isOpen) {
      this.#send({ type: "subscribe", view, what, filter, after });
    }
  };

  readonly unsubscribe = (view: number): void => {
    if (this.#views.delete(view) && this.#isOpen) {
      this.#send({ type: "unsubscribe", view });
    }
  };

  readonly retryNow = (): void => {
    if (this.#isClosed || this.#socket !== undefined) {
      return;
    }
    this.#abort.abort();
    void this.#connect();
  };

  readonly close = (): void => {
    this.#isClosed = true;
    clearTimeout(this.#retryTimer);
    clearTimeout(this.#silenceTimer);
    this.#abort.abort();
    this.#socket?.close();
  };

  async #connect(): Promise<void> {
    clearTimeout(this.#retryTimer);
    const abort = new AbortController();
    this.#abort = abort;
    try {
      const session = await this.#options.getSession(abort.signal);
      if (abort.signal.aborted) {
        return;
      }
      if (session.contract !== CONTRACT_VERSION) {
        return this.#refuseVersion(session);
      }
      this.#lastSeenAt = Date.now();
      this.#tellSession(session);
      this.#open();
    } catch (error) {
      if (abort.signal.aborted) {
        return;
      }
      if (isRefusal(error)) {
        this.#options.handlers.onState(refusal(error));
      } else {
        this.#lose();
      }
    }
  }

  #open(): void {
    // A socket that was given up may still report: only the newest one's words count.
    const ifCurrent = (act: () => void) => {
      if (this.#socket === socket && !this.#isClosed) {
        act();
      }
    };
    const socket = this.#options.openSocket(this.#options.url, this.#options.protocols, {
      onOpen: () => ifCurrent(() => this.#opened()),
      onText: (text) => ifCurrent(() => this.#receiveText(text)),
      onBinary: (bytes) => ifCurrent(() => this.#receiveColumn(bytes)),
      onClose: () => ifCurrent(() => (this.#isOpen ? this.#lose() : void this.#judgeRefusal())),
    });
    this.#socket = socket;
  }

  #opened(): void {
    this.#isOpen = true;
    this.#options.handlers.onState({ phase: "open" });
    this.#awaitSilence();
    for (const [view, { what, filter, cursor }] of this.#views) {
      this.#send({ type: "subscribe", view, what, filter, after: cursor });
    }
  }

  #receiveText(text: string): void {
    this.#seen();
    const message: ServerMessage = JSON.parse(text);
    const { handlers } = this.#options;
    if (message.type === "session") {
      this.#tellSession(message.session);
    } else if (message.type === "session-changed") {
      this.#changeSession(message.changes);
    } else if (message.type === "refused") {
      this.#refuse(message.message);
    } else if (message.type === "replays") {
      handlers.onReplays?.(message.runs);
    } else if (message.type === "holds") {
      handlers.onHolds?.(message.holds);
    } else if (message.type === "marked") {
      handlers.onMarked?.(message.seqs);
    } else {
      handlers.onInvalidFilter(message.view, message.message, message.offset);
    }
  }

  #tellSession(session: SessionInfo): void {
    this.#session = session;
    this.#options.handlers.onSession(session);
  }

  #changeSession(changes: SessionChanges): void {
    if (this.#session !== undefined) {
      this.#tellSession(applyChanges(this.#session, changes));
    }
  }

  /** The hub ends the connection on purpose: to come back at once would not help. */
  #refuse(message: string): void {
    clearTimeout(this.#silenceTimer);
    this.#isOpen = false;
    this.#socket?.close();
    this.#socket = undefined;
    this.#options.handlers.onState({ phase: "refused", message, hint: "Then reload this page." });
  }

  #receiveColumn(bytes: ArrayBuffer): void {
    this.#seen();
    const frame = parseColumnFrame(bytes);
    const view = frame && this.#views.get(frame.view);
    // A frame of a view that was given up may still have been on its way.
    if (!frame || !view) {
      return;
    }
    view.cursor = frame.cursor;
    this.#options.handlers.onColumn(frame);
  }

  /** Only news over the socket end the back-off: a hub may answer requests and still refuse every socket. */
  #seen(): void {
    this.#attempt = 0;
    this.#lastSeenAt = Date.now();
    this.#awaitSilence();
  }

  #awaitSilence(): void {
    clearTimeout(this.#silenceTimer);
    this.#silenceTimer = setTimeout(() => void this.#ask(), SILENCE_MS);
  }

  /** The answer is news as well: what happened beside the messages (a stream that ended) is not always sent. */
  async #ask(): Promise<void> {
    const socket = this.#socket;
    try {
      const session = await this.#options.getSession(
        AbortSignal.any([this.#abort.signal, AbortSignal.timeout(ANSWER_MS)]),
      );
      if (this.#socket !== socket || this.#isClosed) {
        return;
      }
      this.#seen();
      this.#tellSession(session);
    } catch {
      if (this.#socket === socket && !this.#isClosed) {
        this.#lose();
      }
    }
  }

  /** The socket did not open: because the hub does not want it, which stays so, or because there is no hub right now. */
  async #judgeRefusal(): Promise<void> {
    const socket = this.#socket;
    const reason = await this.#options.askToListen().catch((error: unknown) => error);
    if (this.#socket !== socket || this.#isClosed) {
      return;
    }
    if (!isRefusal(reason)) {
      return this.#lose();
    }
    this.#socket = undefined;
    this.#options.handlers.onState(refusal(reason));
  }

  #lose(): void {
    clearTimeout(this.#silenceTimer);
    this.#isOpen = false;
    this.#socket?.close();
    this.#socket = undefined;
    const wait = RETRY_MS[Math.min(this.#attempt++, RETRY_MS.length - 1)] ?? 0;
    const lastSeen = this.#lastSeenAt === undefined ? {} : { lastSeenAt: this.#lastSeenAt };
    this.#options.handlers.onState({ phase: "lost", retryAt: Date.now() + wait, ...lastSeen });
    this.#retryTimer = setTimeout(() => void this.#connect(), wait);
  }

  #refuseVersion(session: SessionInfo): void {
    this.#options.handlers.onState({
      phase: "refused",
      message: `This page speaks version ${CONTRACT_VERSION}, the inspector version ${session.contract}.`,
      hint: "Reload the page.",
    });
  }

  #send(message: ClientMessage): void {
    this.#socket?.send(JSON.stringify(message));
  }
}

/** An answer that stays the same however often it is asked for. */
function isRefusal(error: unknown): error is RequestError {
  return error instanceof RequestError && [401, 403, 404].includes(error.status);
}

function refusal({ status, message, hint }: RequestError) {
  if (status === 404) {
    return {
      phase: "refused",
      message,
      hint: hint ?? "It may have been renamed or deleted.",
      isSessionGone: true,
    } as const;
  }
  return {
    phase: "refused",
    message,
    hint: hint ?? "Open the link that the inspector printed when it started.",
  } as const;
}
