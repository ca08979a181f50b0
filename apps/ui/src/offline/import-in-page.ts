/** Makes a session of what another program wrote, in memory, between all else that the page does. */
import { InspectorError, reasonOf } from "@inspector/contract/inspector-error";
import type { ByteFile } from "@inspector/ingest/import/byte-file";
import type { ForeignFormat } from "@inspector/ingest/import/foreign-formats";
import { importFile } from "@inspector/ingest/import/import-file";
import type { ImportProgress } from "@inspector/ingest/import/imported-session";
import type { Database } from "@inspector/session/database";
import { decompress } from "./decompress.ts";
import { HINT } from "./opened-file.ts";
import type { Sqlite } from "./wasm-database.ts";

const NANOS_PER_MILLI = 1_000_000n;
const ID_BYTES = 16;

export type PageImport = {
  readonly sqlite: Sqlite;
  readonly format: ForeignFormat;
  readonly content: ByteFile;
  /** In milliseconds since the Unix epoch. */
  readonly modifiedAt: number;
  /** Version of the inspector that made this page. */
  readonly version: string;
  /** Called now and then; throws to end the import. */
  readonly onProgress: (progress: ImportProgress) => void;
  readonly signal?: AbortSignal | undefined;
};

export type ImportedInPage = {
  readonly database: Database;
  readonly bytes: number;
  readonly remarks: readonly string[];
};

/** @throws {InspectorError} "not-a-session"; what `onProgress` throws; where `signal` ends it, something */
export async function importInPage(wanted: PageImport): Promise<ImportedInPage> {
  const { sqlite, format, content, modifiedAt, version, onProgress, signal } = wanted;
  const { name, baseName } = content;
  const database = sqlite.openMemory(":memory:");
  let bytes = 0;
  try {
    const source = {
      name,
      baseName,
      modifiedAt: BigInt(Math.round(modifiedAt)) * NANOS_PER_MILLI,
      chunks: content.chunks(),
    };
    const remarks = await importFile(format, source, {
      database,
      id: newId(),
      version,
      tools: { decompress },
      async betweenBatches(progress) {
        bytes = progress.bytes;
        onProgress(progress);
        await new Promise((resolve) => setTimeout(resolve));
        signal?.throwIfAborted();
      },
    });
    database.exec("PRAGMA query_only = ON;");
    return { database, bytes, remarks };
  } catch (cause) {
    database.close();
    throw cause instanceof InspectorError
      ? cause
      : new InspectorError("not-a-session", `${name} cannot be read: ${reasonOf(cause)}`, { hint: HINT, cause });
  }
}

function newId(): string {
  return [...crypto.getRandomValues(new Uint8Array(ID_BYTES))]
    .map((byte) => byte.toString(16).padStart(2, "0"))
    .join("");
}
