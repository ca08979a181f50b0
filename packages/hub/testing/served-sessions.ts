/** A real page server over session files in a folder of their own. */

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { request as httpRequest } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Seq, ServerMessage, SessionInfo, ViewOf } from "@inspector/contract/page";
import { applyChanges } from "@inspector/contract/session-changes";
import type { StartIndexing } from "@inspector/reader/session-text";
import { WebSocket } from "ws";
import { openDesk } from "../src/desk/desk.ts";
import type { StartExport } from "../src/desk/exports/start-export.ts";
import type { StartReader } from "../src/desk/reader/start-reader.ts";
import type { StartService } from "../src/intervention/start-service.ts";
import type { StateFolder } from "../src/state-folder.ts";
import { exportHere } from "./export-here.ts";
import { interveneHere } from "./intervene-here.ts";
import { readHere } from "./reader-here.ts";

export const TOKEN = "0123456789abcdef0123456789abcdef";

export type Folder = StateFolder & {
  readonly root: string;
  /** Of a page that is empty. */
  readonly page: string;
  file(name: string): string;
  remove(): void;
};

export function makeFolder(): Folder {
  const root = mkdtempSync(join(tmpdir(), "inspector-hub-"));
  const folder = { sessions: join(root, "sessions"), journals: join(root, "journals") };
  const page = join(root, "page");
  for (const path of [...Object.values(folder), page]) {
    mkdirSync(path);
  }
  writeFileSync(join(page, "index.html"), "<!doctype html><title>inspector</title>");
  return {
    ...folder,
    root,
    page,
    file: (name) => join(folder.sessions, `${name}.inspector`),
    remove: () => rmSync(root, { recursive: true, force: true }),
  };
}

export type Answer = {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: Buffer;
  /** The body, read as JSON. */
  readonly json: unknown;
};

export type AskOptions = {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  /** The address that is dialled; 127.0.0.1 unless given. */
  readonly to?: string;
};

export type ServedSessions = {
  readonly port: number;
  readonly origin: string;
  /** Something may be new in the current session, and these messages marked otherwise than before. */
  recorded(marked?: readonly Seq[]): void;
  /** Exactly this request, with nothing added but Host and Connection. */
  askRaw(path: string, options?: AskOptions): Promise<Answer>;
  /** With the token. */
  ask(path: string, options?: AskOptions): Promise<Answer>;
  /** As the page asks for changes: with the token, its origin and JSON. */
  change(method: string, path: string, body?: unknown): Promise<Answer>;
  listen(query?: string): Promise<Listener>;
  close(): Promise<void>;
};

export type ServeOptions = {
  /** Whether the current session is being recorded. */
  readonly isRecording?: boolean;
  readonly startIndexing?: StartIndexing;
  /** Replays and holds go to the relays whose journals are in the folder. */
  readonly isIntervening?: boolean;
  /** Where it listens; 127.0.0.1 unless given. */
  readonly host?: string;
  readonly allowedOrigins?: readonly string[];
  /** By default a reader in this thread. */
  readonly startReader?: StartReader;
  /** By default interventions in this thread. */
  readonly startService?: StartService;
  /** By default an export in this thread. */
  readonly startExport?: StartExport;
  readonly lookupMs?: number;
  readonly searchMs?: number;
};

export async function serve(folder: Folder, file: string, options: ServeOptions = {}): Promise<ServedSessions> {
  const { isRecording = false, startIndexing, isIntervening = false, ...more } = options;
  const desk = await openDesk({
    host: "127.0.0.1",
    port: 0,
    token: TOKEN,
    allowedOrigins: [],
    page: folder.page,
    file,
    state: { sessions: folder.sessions, journals: folder.journals },
    isRecording,
    startReader: readHere(startIndexing),
    startService: interveneHere,
    startExport: exportHere,
    version: "test",
    ...(isIntervening && { recording: { journals: folder.journals } }),
    ...more,
  });
  const { port } = desk.address;
  const origin = `http://127.0.0.1:${port}`;

  const askRaw = (path: string, asked: AskOptions = {}): Promise<Answer> => askServer(port, path, asked);
  const withToken = { authorization: `Bearer ${TOKEN}` };
  return {
    port,
    origin,
    recorded: (marked = []) => desk.recorded(isRecording ? { source: "live" } : {}, marked),
    askRaw,
    ask: (path, options = {}) => askRaw(path, { ...options, headers: { ...withToken, ...options.headers } }),
    change: (method, path, body) =>
      askRaw(path, {
        method,
        headers: { ...withToken, origin, "content-type": "application/json" },
        ...(body !== undefined && { body: JSON.stringify(body) }),
      }),
    listen: (query = "") => listen(`ws://127.0.0.1:${port}/api/live${query}`, { ...withToken, origin }),
    close: () => desk.close(),
  };
}

/** Exactly this request, with nothing added but Host and Connection. */
export function askServer(
  port: number,
  path: string,
  { method = "GET", headers = {}, body, to = "127.0.0.1" }: AskOptions = {},
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    // Node leaves the length away for methods that seldom have a body.
    const length = body === undefined ? {} : { "content-length": String(Buffer.byteLength(body)) };
    const sent = { ...headers, ...length };
    const request = httpRequest({ host: to, port, path, method, headers: sent, agent: false }, (response) => {
      const chunks: Buffer[] = [];
      response.on("data", (chunk: Buffer) => chunks.push(chunk));
      response.on("end", () => {
        const bytes = Buffer.concat(chunks);
        resolve({
          status: response.statusCode ?? 0,
          headers: response.headers,
          body: bytes,
          get json() {
            return JSON.parse(bytes.toString());
          },
        });
      });
    });
    request.on("error", reject);
    request.end(body);
  });
}

/** Everything that one page was told, in order. */
export type Listener = {
  subscribe(view: number, filter: string, what: ViewOf, after?: number): void;
  send(text: string): void;
  /** Waits until `condition` gives something. */
  until<T>(condition: (told: Told) => T | undefined): Promise<T>;
  close(): void;
};

export type Told = {
  readonly frames: readonly (readonly number[])[];
  readonly messages: readonly ServerMessage[];
  /** The rows of a view as the page would have them now. */
  column(view: number): number[];
};

async function listen(url: string, headers: Record<string, string>): Promise<Listener> {
  const socket = new WebSocket(url, { headers });
  const frames: number[][] = [];
  const messages: ServerMessage[] = [];
  let onNews = (): void => {};
  let session: SessionInfo | undefined;

  /** Of a session that has changed, all of it as the page has it now. */
  function receive(message: ServerMessage): void {
    messages.push(message);
    if (message.type === "session") {
      session = message.session;
    }
    if (message.type === "session-changed" && session !== undefined) {
      session = applyChanges(session, message.changes);
      messages.push({ type: "session", session });
    }
  }
  socket.on("message", (data, isBinary) => {
    const bytes = Buffer.isBuffer(data) ? data : Buffer.from(data as ArrayBuffer);
    if (isBinary) {
      frames.push(Array.from({ length: bytes.length / 4 }, (_, index) => bytes.readUInt32LE(4 * index)));
    } else {
      receive(JSON.parse(bytes.toString()));
    }
    onNews();
  });
  await new Promise((resolve, reject) => {
    socket.once("open", resolve);
    socket.once("error", reject);
  });
  const told: Told = {
    frames,
    messages,
    column(view) {
      const rows = new Set<number>();
      for (const [id, , hits = 0, ...numbers] of frames) {
        if (id !== view) {
          continue;
        }
        for (const number of numbers.slice(0, hits)) {
          rows.add(number);
        }
        for (const number of numbers.slice(hits)) {
          rows.delete(number);
        }
      }
      return [...rows].sort((a, b) => a - b);
    },
  };
  return {
    subscribe: (view, filter, what, after = 0) =>
      socket.send(JSON.stringify({ type: "subscribe", view, filter, what, after })),
    send: (text) => socket.send(text),
    until(condition) {
      return new Promise((resolve) => {
        onNews = () => {
          const found = condition(told);
          if (found !== undefined) {
            resolve(found);
          }
        };
        onNews();
      });
    },
    close: () => socket.terminate(),
  };
}
