/** Interventions and what they look up in sessions, behind messages: they run in a thread of their own, so that the desk needs no SQLite. */
import type { InterventionMessage } from "@inspector/contract/intervention";
import { failureAnswer, type PageAnswer } from "@inspector/reader/page-answer";
import { createKeptSessions } from "../kept-sessions.ts";
import { createSessions } from "../reader/sessions.ts";
import type { StateFolder } from "../state-folder.ts";
import { createInterventions } from "./interventions.ts";
import { INTERVENTION_ROUTES } from "./routes.ts";

/** How long orders wait for the first line to a relay, which is there moments after the page, but where the machine is busy. */
const FIRST_LINE_MS = 10_000;

export type ServiceOptions = {
  /** The session that is being recorded. */
  readonly file: string;
  readonly state: StateFolder;
  /** Folder of the journals of all running relays. */
  readonly journals: string;
};

export type ToService =
  | {
      readonly type: "request";
      readonly id: number;
      readonly method: string;
      readonly path: string;
      readonly body: unknown;
    }
  | { readonly type: "recorded" }
  /** The desk is awake. */
  | { readonly type: "awake"; readonly id: number }
  | { readonly type: "stop" };

export type FromService =
  | { readonly type: "answer"; readonly id: number; readonly answer: PageAnswer }
  /** To every page that listens to the session. */
  | { readonly type: "tell"; readonly message: InterventionMessage }
  /** A relay takes orders, and is answered from here on. */
  | { readonly type: "up" }
  /** A relay asks whether the hub is awake, which it is only where its desk is, too. */
  | { readonly type: "are-you-awake"; readonly id: number };

export type Service = { receive(message: ToService): void; close(): void };

/** @throws {InspectorError} where the session cannot be opened */
export function createService(
  { file, state, journals }: ServiceOptions,
  post: (message: FromService) => void,
): Service {
  const pongs = new Map<number, () => void>();
  let pings = 0;
  /** What came before any relay could be given orders; absent from then on. */
  let early: (ToService & { type: "request" })[] | undefined = [];
  const sessions = createSessions(createKeptSessions(state), {
    file,
    isRecording: true,
    isWatchingProblems: false,
    describe: (stored) => stored,
    onProgress: () => {},
    onProblems: () => {},
  });
  const interventions = createInterventions({
    live: sessions.named(null),
    named: sessions.named,
    journals,
    tell: (message) => post({ type: "tell", message }),
    onPing(pong) {
      pings += 1;
      pongs.set(pings, pong);
      post({ type: "are-you-awake", id: pings });
    },
    onUp() {
      post({ type: "up" });
      answerEarly();
    },
  });
  const firstLine = setTimeout(answerEarly, FIRST_LINE_MS);

  function answerEarly(): void {
    clearTimeout(firstLine);
    const requests = early ?? [];
    early = undefined;
    for (const request of requests) {
      answerTo(request);
    }
  }

  function answerTo({ id, method, path, body }: ToService & { type: "request" }): void {
    post({ type: "answer", id, answer: answer(method, path, body) });
  }

  function answer(method: string, path: string, body: unknown): PageAnswer {
    try {
      return INTERVENTION_ROUTES.find(method, path)({ interventions, body });
    } catch (error) {
      return failureAnswer(error);
    }
  }

  return {
    receive(message) {
      switch (message.type) {
        case "request":
          if (early === undefined || message.method === "GET") {
            return answerTo(message);
          }
          early.push(message);
          return;
        case "recorded":
          return interventions.advance();
        case "awake":
          pongs.get(message.id)?.();
          pongs.delete(message.id);
          return;
        case "stop":
          return;
      }
    },
    close() {
      clearTimeout(firstLine);
      interventions.close();
      sessions.close();
    },
  };
}
