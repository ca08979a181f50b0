/** What `inspector open` makes a session of: sessions as they are, compressed ones, and what other programs wrote. */
import { randomBytes } from "node:crypto";
import { mkdirSync, mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { setImmediate as letSignalsIn } from "node:timers/promises";
import { InspectorError } from "@inspector/contract/inspector-error";
import { MESSAGE_TOOLS } from "@inspector/hub/message-tools";
import { removeSessionFiles } from "@inspector/hub/session-files";
import { makeOneFile, openForWriting } from "@inspector/hub/sqlite";
import { type ForeignFormat, findFormat, type ImportOptions } from "@inspector/ingest/import/foreign-formats";
import { importFile } from "@inspector/ingest/import/import-file";
import type { ImportTarget } from "@inspector/ingest/import/imported-session";
import { openPacked, type UnpackTools } from "@inspector/ingest/import/packing";
import type { Database } from "@inspector/session/database";
import { VERSION } from "../version.ts";
import { type DiskFile, diskFile, inflate, keepIn } from "./disk-file.ts";

/** What a packed file may become, in bytes. */
const MAX_UNPACKED_BYTES = 4 * 1024 * 1024 * 1024;
const NANOS_PER_MILLI = 1_000_000n;

export type InputOptions = ImportOptions & {
  /** What a packed file may become, in bytes. */
  readonly limit?: number;
  readonly signal?: AbortSignal | undefined;
  /** Where to keep the session that is made; a file that is not there, or is empty. In a folder that goes with the process otherwise. */
  readonly session?: string | undefined;
};

export type OpenedInput = {
  readonly session: string;
  /** How it became a session, and what of it did not: a sentence each. */
  readonly remarks: readonly string[];
};

/**
 * The session that a file is, holds or tells of. The file itself is only read.
 * @throws {InspectorError} "not-a-session", "too-large", "bad-option", "stopped"
 */
export async function openInput(file: string, options: InputOptions = {}): Promise<OpenedInput> {
  const folder = new InputFolder();
  try {
    const { file: content, head } = await openPacked(await diskFile(file), unpackTools(folder, options));
    const path = content.path;
    const format = findFormat(head);
    if (format === undefined) {
      assertNothingToKeep(options, file);
      return { session: path, remarks: [] };
    }
    const session = options.session ?? join(folder.path, `${basename(path).replace(/\.\w+$/u, "")}.inspector`);
    const remarks = await importInto({ format, file, content, session, options });
    if (path !== file) {
      rmSync(path, { force: true });
    }
    return { session, remarks };
  } catch (error) {
    folder.remove();
    throw error;
  }
}

function unpackTools(folder: InputFolder, { limit = MAX_UNPACKED_BYTES, signal }: InputOptions): UnpackTools<DiskFile> {
  let count = 0;
  return {
    inflate,
    limit,
    tooLarge: (name) =>
      new InspectorError("too-large", `${name} unpacks to more than ${limit} bytes`, {
        hint: "Unpack it by yourself, if you trust where it comes from, and open what comes out.",
      }),
    keep(unpacked) {
      count += 1;
      return keepIn(folder.within(String(count)), unpacked, signal);
    },
  };
}

type Import = {
  readonly format: ForeignFormat;
  /** As it was named. */
  readonly file: string;
  /** Unpacked. */
  readonly content: DiskFile;
  readonly session: string;
  readonly options: InputOptions;
};

/** @returns what to say of it */
async function importInto({ format, file, content, session, options }: Import): Promise<readonly string[]> {
  const database = openForWriting(session);
  let isDone = false;
  try {
    const source = {
      name: file,
      baseName: basename(file),
      modifiedAt: BigInt(Math.round(statSync(file).mtimeMs)) * NANOS_PER_MILLI,
      chunks: content.chunks(),
    };
    const remarks = await importFile(format, source, targetOf(database, options), options);
    makeOneFile(database);
    isDone = true;
    return remarks;
  } catch (error) {
    options.signal?.throwIfAborted();
    throw error;
  } finally {
    database.close();
    if (!isDone) {
      removeSessionFiles(session);
    }
  }
}

function targetOf(database: Database, { signal }: InputOptions): ImportTarget {
  return {
    database,
    id: randomBytes(16).toString("hex"),
    version: VERSION,
    tools: MESSAGE_TOOLS,
    async betweenBatches() {
      await letSignalsIn();
      signal?.throwIfAborted();
    },
  };
}

function assertNothingToKeep({ session }: InputOptions, file: string): void {
  if (session !== undefined) {
    throw new InspectorError("bad-option", `--session keeps what is made of a file, and nothing is made of ${file}`, {
      hint: "A session needs no other one: open it without --session.",
    });
  }
}

/** For its owner only, and gone when the process ends. */
class InputFolder {
  #path: string | undefined;
  readonly #atExit = (): void => this.remove();

  get path(): string {
    if (this.#path === undefined) {
      this.#path = mkdtempSync(join(tmpdir(), "inspector-open-"));
      process.once("exit", this.#atExit);
    }
    return this.#path;
  }

  within(name: string): string {
    const path = join(this.path, name);
    mkdirSync(path, { mode: 0o700 });
    return path;
  }

  remove(): void {
    process.off("exit", this.#atExit);
    if (this.#path !== undefined) {
      rmSync(this.#path, { recursive: true, force: true });
    }
  }
}
