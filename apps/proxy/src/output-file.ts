/** Files that a command writes: whole or not at all, for their owner only, and never over what somebody still needs. */
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import {
  closeSync,
  fsyncSync,
  linkSync,
  lstatSync,
  openSync,
  realpathSync,
  renameSync,
  rmSync,
  type Stats,
  statSync,
  writeSync,
} from "node:fs";
import { constants } from "node:os";
import { basename, dirname, join, resolve } from "node:path";
import { InspectorError, reasonOf } from "@inspector/contract/inspector-error";
import { SESSION_FILE_SUFFIXES } from "@inspector/hub/session-files";

/** Where a command writes what it was asked for. */
export type Output = {
  /** @throws {InspectorError} "not-written": the disk is full, or whoever read the pipe has gone */
  write(content: string | Uint8Array): void | Promise<void>;
  /** Nothing more comes. @throws {InspectorError} "file-exists" where somebody made one meanwhile, "not-written" */
  commit(): void | Promise<void>;
  /** Leaves nothing behind; without effect once it is committed. */
  discard(): void;
};

/** @param name as given to `--output`: "-" and nothing stand for standard output */
export function openOutput(name: string | undefined, options: OutputFileOptions): Output {
  return name === undefined || name === "-" ? STANDARD_OUTPUT : new OutputFile(name, options);
}

/** As fast as it is read. */
export const STANDARD_OUTPUT: Output = {
  async write(content) {
    if (!process.stdout.write(content)) {
      await once(process.stdout, "drain");
    }
  },
  async commit() {
    await new Promise((done) => process.stdout.write("", done));
  },
  discard() {},
};

export type OutputFileOptions = {
  /** Whether it takes the place of a file that is there. */
  readonly isForced: boolean;
  /** The session that is read meanwhile: it is never written over, under whatever name. */
  readonly session: string;
};

/** Signals that end a process without its "exit" event, unless somebody listens to them. */
const ENDING = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/** Has `work` done when the process ends, also by a signal. @returns what takes that back */
export function atEnd(work: () => void): () => void {
  const end = (signal: NodeJS.Signals): never => process.exit(128 + constants.signals[signal]);
  process.once("exit", work);
  for (const signal of ENDING) {
    process.once(signal, end);
  }
  return () => {
    process.off("exit", work);
    for (const signal of ENDING) {
      process.off(signal, end);
    }
  };
}

/**
 * A file that is there once it is {@link OutputFile.commit committed}. Until then its content is in "NAME.xxxxxxxx.part"
 * beside it. Devices and pipes (/dev/stderr, a shell's /dev/fd/63) are written to as they are.
 *
 * States: open -> committed by `commit`, or discarded by `discard` and by the end of the process.
 */
export class OutputFile implements Output {
  readonly #name: string;
  readonly #target: Target;
  readonly #isForced: boolean;
  #fd: number | undefined;
  readonly #leave: () => void;

  /** @throws {InspectorError} "file-exists", "session-in-use", "not-written" */
  constructor(name: string, options: OutputFileOptions) {
    this.#name = name;
    this.#isForced = options.isForced;
    this.#target = this.#try(() => targetOf(name, options));
    const { path, part } = this.#target;
    this.#fd = part === undefined ? this.#try(() => openSync(path, "w")) : this.#try(() => openSync(part, "wx", 0o600));
    this.#leave = atEnd(this.discard);
  }

  write(content: string | Uint8Array): void {
    const fd = this.#open();
    const bytes = typeof content === "string" ? Buffer.from(content) : content;
    this.#try(() => {
      for (let at = 0; at < bytes.length; ) {
        at += writeSync(fd, bytes, at);
      }
    });
  }

  commit(): void {
    const fd = this.#open();
    const { path, part } = this.#target;
    if (part !== undefined) {
      this.#try(() => fsyncSync(fd));
      this.#try(() => (this.#isForced ? renameSync(part, path) : moveToNew(part, path)));
    }
    this.#close();
  }

  readonly discard = (): void => {
    if (this.#fd === undefined) {
      return;
    }
    this.#close();
    const { part } = this.#target;
    if (part !== undefined) {
      rmSync(part, { force: true });
    }
  };

  #open(): number {
    if (this.#fd === undefined) {
      throw new Error(`${this.#name} is closed`);
    }
    return this.#fd;
  }

  #close(): void {
    this.#leave();
    if (this.#fd !== undefined) {
      closeSync(this.#fd);
    }
    this.#fd = undefined;
  }

  #try<T>(work: () => T): T {
    try {
      return work();
    } catch (cause) {
      this.discard();
      throw cause instanceof InspectorError ? cause : notWritten(this.#name, reasonOf(cause), cause);
    }
  }
}

/** @property part where the content is until it is whole; undefined where it goes straight to `path` */
type Target = { readonly path: string; readonly part: string | undefined };

function targetOf(name: string, { isForced, session }: OutputFileOptions): Target {
  const there = statSync(name, { throwIfNoEntry: false });
  if (there === undefined && lstatSync(name, { throwIfNoEntry: false })?.isSymbolicLink() === true) {
    throw notWritten(name, "it is a link to a file that does not exist");
  }
  if (there?.isDirectory() === true) {
    throw notWritten(name, "it is a folder");
  }
  if (there?.isFile() === false) {
    return { path: name, part: undefined };
  }
  // A link stays, and what it leads to is replaced.
  const path = there === undefined ? resolve(name) : realpathSync(name);
  if (isOfSession(path, there, session)) {
    throw new InspectorError("session-in-use", `${name} belongs to the session that is being read`, {
      hint: "Give --output another file.",
    });
  }
  if (there !== undefined && !isForced) {
    throw fileExists(name);
  }
  return { path, part: join(dirname(path), `${basename(path)}.${randomBytes(4).toString("hex")}.part`) };
}

function isOfSession(path: string, there: Stats | undefined, session: string): boolean {
  return SESSION_FILE_SUFFIXES.some((suffix) => {
    const file = session + suffix;
    const own = there && statSync(file, { throwIfNoEntry: false });
    return path === resolve(file) || (own !== undefined && own.dev === there?.dev && own.ino === there.ino);
  });
}

/** A rename would replace what somebody made meanwhile; a link does not, but not every file system has them. */
function moveToNew(part: string, path: string): void {
  try {
    linkSync(part, path);
  } catch (_cause) {
    if (lstatSync(path, { throwIfNoEntry: false }) !== undefined) {
      throw fileExists(path);
    }
    renameSync(part, path);
    return;
  }
  rmSync(part);
}

function notWritten(name: string, reason: string, cause?: unknown): InspectorError {
  return new InspectorError("not-written", `${name} cannot be written: ${reason}`, {
    hint: "Give --output another file.",
    cause,
  });
}

function fileExists(name: string): InspectorError {
  return new InspectorError("file-exists", `${name} exists already`, {
    hint: "Give --output another file, or add --force to replace this one.",
  });
}
