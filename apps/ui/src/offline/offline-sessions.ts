/** The sessions that were given to a page without a server, each in memory. */
import { InspectorError, reasonOf } from "@inspector/contract/inspector-error";
import type { SessionSummary } from "@inspector/contract/page";
import { createReadSession, type ReadSession, type ReadSessions } from "@inspector/reader/read-session";
import type { Database } from "@inspector/session/database";
import { completeOlder, readMeta } from "@inspector/session/open-session";
import { createQueries } from "@inspector/session/queries";
import { sessionFigures } from "@inspector/session/session-figures";
import { decompress } from "./decompress.ts";
import { importInPage } from "./import-in-page.ts";
import { HINT, MAX_SESSION_BYTES, MAX_SESSION_MESSAGES, type OpenedFile, openFile, tooLarge } from "./opened-file.ts";
import { createTextInPage } from "./text-in-page.ts";
import type { Sqlite } from "./wasm-database.ts";

/** One of another name that nobody looks at is closed for the next. */
const MAX_OPEN = 3;

/** What is new is told at most this often. */
const TELL_MS = 250;

type Opened = { readonly session: ReadSession; readonly bytes: number; readonly modifiedAt: number };

export type OfflineOptions = {
  /** Version of the inspector that made this page. */
  readonly version: string;
  /** Of one session. */
  readonly maxMessages?: number;
  /** Of a session that is made of another file, in memory. */
  readonly maxBytes?: number;
};

/** `remarks`: what is to be said of a session that was made of another file, a sentence each. */
type Given = { readonly name: string; readonly remarks: readonly string[] };

export type AddOptions = {
  /** Told how many messages there are by now, while a session is made. */
  readonly onProgress?: (messages: number) => void;
  /** Ends it between two steps: nothing is added. */
  readonly signal?: AbortSignal;
};

type Content = { readonly database: Database; readonly bytes: number; readonly remarks: readonly string[] };

export class OfflineSessions implements ReadSessions {
  readonly #sqlite: Sqlite;
  readonly #version: string;
  readonly #maxMessages: number;
  readonly #maxBytes: number;
  /** In the order in which they were given. */
  readonly #opened = new Map<string, Opened>();
  #current: string | undefined;
  /** Sessions that were given so far. */
  #count = 0;
  #telling: ReturnType<typeof setTimeout> | undefined;
  readonly #listeners = new Set<() => void>();

  constructor(sqlite: Sqlite, options: OfflineOptions) {
    const { version, maxMessages = MAX_SESSION_MESSAGES, maxBytes = MAX_SESSION_BYTES } = options;
    this.#sqlite = sqlite;
    this.#version = version;
    this.#maxMessages = maxMessages;
    this.#maxBytes = maxBytes;
  }

  /**
   * Opens a session, or makes one of a file that another program wrote. One of the same name takes the place of the one before.
   * @throws {InspectorError} "too-large", "not-a-session", "newer-session"; where `signal` ends it, something
   */
  async add(fileName: string, file: Blob, modifiedAt: number, options: AddOptions = {}): Promise<Given> {
    const { signal } = options;
    const opened = await openFile(fileName, file, { signal });
    signal?.throwIfAborted();
    const { database, bytes, remarks } =
      opened.type === "session"
        ? { database: this.#open(fileName, opened.bytes), bytes: opened.bytes.length, remarks: [] }
        : await this.#import(fileName, opened, modifiedAt, options);
    const onChange = () => this.#tell();
    this.#count += 1;
    const text = createTextInPage({
      sqlite: this.#sqlite,
      database,
      queries: createQueries(database),
      decompress,
      number: this.#count,
      onProgress: onChange,
    });
    const session = createReadSession({
      database,
      file: fileName,
      decompress,
      text,
      describe: (known) => ({
        ...known,
        ...(text.range && { indexed: text.range.through, indexedFrom: text.range.from }),
        size: { ...known.size, file: bytes },
      }),
      onProblems: onChange,
    });
    const name = nameOf(opened);
    this.#close(name);
    this.#makeRoom();
    this.#opened.set(name, { session, bytes, modifiedAt });
    return { name, remarks };
  }

  /** `onChange` hears that more is known of a session, of its problems or by its text index, until the answer is called. */
  listen(onChange: () => void): () => void {
    this.#listeners.add(onChange);
    return () => this.#listeners.delete(onChange);
  }

  /** The one that the page shows. */
  show(name: string): void {
    this.#current = name;
  }

  named(name: string | null): ReadSession {
    const found = this.#opened.get(name ?? this.#current ?? "");
    if (found === undefined) {
      throw new InspectorError("no-such-session", `The session ${name ?? ""} is not open in this page`, {
        hint: "Drop its file here.",
      });
    }
    return found.session;
  }

  list(): SessionSummary[] {
    return [...this.#opened].map(([name, { session, bytes, modifiedAt }]) => {
      const { startedAt, last } = session.info();
      const figures = sessionFigures(session.database);
      const isCurrent = name === this.#current;
      return { name, startedAt, modifiedAt, bytes, messages: last, ...figures, isLive: false, isCurrent };
    });
  }

  rename(): never {
    throw notKept();
  }

  label(): never {
    throw notKept();
  }

  remove(): never {
    throw notKept();
  }

  #import(
    fileName: string,
    { format, content }: OpenedFile & { readonly type: "foreign" },
    modifiedAt: number,
    { onProgress, signal }: AddOptions,
  ): Promise<Content> {
    return importInPage({
      sqlite: this.#sqlite,
      format,
      content,
      modifiedAt,
      version: this.#version,
      signal,
      onProgress: ({ messages, bytes }) => {
        if (messages > this.#maxMessages || bytes > this.#maxBytes) {
          const limit =
            messages > this.#maxMessages ? `${this.#maxMessages} messages` : `${this.#maxBytes / 1e6} MB of messages`;
          throw tooLarge(`${fileName} has more than ${limit}`);
        }
        onProgress?.(messages);
      },
    });
  }

  /** The file is hostile input: nothing in its schema is trusted and nothing can be written. */
  #open(fileName: string, bytes: Uint8Array): Database {
    let database: Database | undefined;
    try {
      database = this.#sqlite.openBytes(bytes);
      readMeta(database, fileName);
      completeOlder(database);
      database.exec("PRAGMA query_only = ON;");
      const messages = Number(database.prepare("SELECT count(*) AS n FROM message").get()?.["n"]);
      if (messages > this.#maxMessages) {
        throw tooLarge(`${fileName} has ${messages} messages`);
      }
      return database;
    } catch (error) {
      database?.close();
      if (error instanceof InspectorError) {
        throw error;
      }
      throw new InspectorError("not-a-session", `${fileName} is not a session: ${reasonOf(error)}`, {
        hint: HINT,
        cause: error,
      });
    }
  }

  #makeRoom(): void {
    const idle = [...this.#opened].filter(([, { session }]) => !session.isInUse).map(([name]) => name);
    for (const name of idle.slice(0, Math.max(0, this.#opened.size + 1 - MAX_OPEN))) {
      this.#close(name);
    }
  }

  #close(name: string): void {
    this.#opened.get(name)?.session.close();
    this.#opened.delete(name);
  }

  #tell(): void {
    this.#telling ??= setTimeout(() => {
      this.#telling = undefined;
      for (const listener of this.#listeners) {
        listener();
      }
    }, TELL_MS);
  }
}

/** As the hub names its kept ones: without what says that it is one. */
function nameOf({ type, baseName }: OpenedFile): string {
  return baseName.replace(type === "session" ? /(?:\.inspector)?(?:\.gz)?$/u : /\.\w+$/u, "") || baseName;
}

function notKept(): InspectorError {
  return new InspectorError("method-not-allowed", "A page without a server keeps no sessions: they are files of yours");
}
