/** What `inspector open` makes a session of: sessions as they are, compressed ones, and what other programs wrote. */
import { closeSync, createReadStream, mkdirSync, mkdtempSync, openSync, readSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { InspectorError } from "@inspector/contract/inspector-error";
import { type ForeignFormat, findFormat, type ImportOptions } from "./foreign-formats.ts";
import { ImportedSession } from "./imported-session.ts";
import { packingOf, type UnpackOptions, unpack } from "./unpack.ts";

/** More than any format needs to be told by. */
const HEAD_BYTES = 64 * 1024;
/** A session that was compressed, within an archive. */
const MAX_PACKINGS = 2;
const READ_BYTES = 1024 * 1024;
const NANOS_PER_MILLI = 1_000_000n;

export type InputOptions = UnpackOptions &
  ImportOptions & {
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
    let content = file;
    let head = headOf(content);
    for (let n = 0; n < MAX_PACKINGS; n += 1) {
      const packing = packingOf(head);
      if (packing === undefined) {
        break;
      }
      content = await unpack(content, packing, folder.within(String(n)), options);
      head = headOf(content);
    }
    const format = findFormat(head);
    if (format === undefined) {
      assertNothingToKeep(options, file);
      return { session: content, remarks: [] };
    }
    const session = options.session ?? join(folder.path, `${basename(content).replace(/\.\w+$/u, "")}.inspector`);
    const remarks = await importFile({ ...format, file, content, session, options });
    if (content !== file) {
      rmSync(content, { force: true });
    }
    return { session, remarks };
  } catch (error) {
    folder.remove();
    throw error;
  }
}

type Import = ForeignFormat & {
  /** As it was named. */
  readonly file: string;
  /** Where its content lies, unpacked. */
  readonly content: string;
  readonly session: string;
  readonly options: InputOptions;
};

/** @returns what to say of it */
async function importFile({ kind, file, content, session, options, begin }: Import): Promise<string[]> {
  const into = new ImportedSession(session, { name: basename(file), kind });
  try {
    const records = begin(into, options, BigInt(Math.round(statSync(file).mtimeMs)) * NANOS_PER_MILLI);
    for await (const chunk of createReadStream(content, { highWaterMark: READ_BYTES })) {
      options.signal?.throwIfAborted();
      records.append(chunk);
      while (records.takeNext()) {
        await into.pause();
      }
      if (records.damage !== undefined) {
        break;
      }
    }
    records.finish();
    const problem = records.damage ?? (records.bytesLeft > 0 ? "it is cut off" : undefined);
    const { messages } = into;
    if (messages === 0) {
      throw new InspectorError(
        "not-a-session",
        `${file} is ${kind} without a message: ${problem ?? records.explanation}`,
        {
          hint: "It has to hold a worker's connection from its beginning, without TLS.",
        },
      );
    }
    into.finish();
    return [
      `${messages} messages of ${kind}`,
      ...(problem === undefined ? [] : [`${problem}: what stands before that was read`]),
      ...(records.remark === undefined ? [] : [records.remark]),
    ];
  } finally {
    into.discard();
  }
}

function assertNothingToKeep({ session }: InputOptions, file: string): void {
  if (session !== undefined) {
    throw new InspectorError("bad-option", `--session keeps what is made of a file, and nothing is made of ${file}`, {
      hint: "A session needs no other one: open it without --session.",
    });
  }
}

/** The first bytes of a file; none where it is none, which opening it will tell. */
function headOf(file: string): Uint8Array {
  if (statSync(file, { throwIfNoEntry: false })?.isFile() !== true) {
    return new Uint8Array();
  }
  const fd = openSync(file, "r");
  try {
    const head = new Uint8Array(HEAD_BYTES);
    return head.subarray(0, readSync(fd, head, 0, head.length, 0));
  } finally {
    closeSync(fd);
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
