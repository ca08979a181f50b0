/**
 * The command's way to its terminal. What it prints may quote a log, a file name or an opened session, so everything goes
 * through here, where characters that a terminal obeys become signs.
 *
 * While host and worker depend on this process, it must neither end because nobody reads (`2>&1 | tee log` where tee ended),
 * nor wait for who does not read on (Ctrl-S, a pager): what is too much is left out.
 */
import { visibleJson, visibleText } from "@inspector/contract/visible-text";

/** Characters that may wait for a slow reader, where others depend on the command. */
const MAX_WAITING = 1024 * 1024;

let mostWaiting = Number.POSITIVE_INFINITY;

/**
 * For commands that are done once they have printed: `inspector export … | head` closes the pipe early, which is no failure.
 * A command that knows its exit code before it prints sets `process.exitCode`.
 * @param failureCode the exit code where standard output cannot be written, as on a full disk
 */
export function endWithReader(failureCode: number): void {
  process.stdout.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code === "EPIPE") {
      process.exit(process.exitCode ?? 0);
    }
    say(`standard output cannot be written: ${error.message}`);
    process.exit(failureCode);
  });
  process.stderr.on("error", () => {});
}

/** For commands that others depend on. */
export function outliveReader(): void {
  mostWaiting = MAX_WAITING;
  for (const stream of [process.stdout, process.stderr]) {
    stream.on("error", () => {});
    // Node makes writes to a terminal wait, and with them every stream that passes.
    const { _handle: handle } = stream as unknown as { _handle?: { setBlocking?: (isBlocking: boolean) => void } };
    handle?.setBlocking?.(false);
  }
}

/** To standard output, for people. */
export function print(text: string): void {
  write(process.stdout, visibleText(text));
}

/** To standard output, for programs: one line. */
export function printJson(value: unknown): void {
  write(process.stdout, `${visibleJson(JSON.stringify(value))}\n`);
}

/** To standard error. */
export function complain(text: string): void {
  write(process.stderr, visibleText(text));
}

/** To standard error, in the name of the command. */
export function say(line: string): void {
  complain(`inspector: ${line}\n`);
}

/** A line of standard error that is written anew each time, where somebody looks; "" takes it away. */
export function showProgress(text: string): void {
  if (process.stderr.isTTY) {
    write(process.stderr, `\r\u001b[K${visibleText(text)}`);
  }
}

function write(stream: NodeJS.WriteStream, text: string): void {
  if (stream.writableLength <= mostWaiting) {
    stream.write(text);
  }
}
