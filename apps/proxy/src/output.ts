/**
 * What the command says on its terminal. While host and worker depend on this process, it must neither end because nobody
 * reads (`2>&1 | tee log` where tee ended), nor wait for who does not read on (Ctrl-S, a pager): what is too much is left out.
 */

/** Characters that may wait for a slow reader. */
const MAX_WAITING = 1024 * 1024;

/** For commands that are done once they have printed: `inspector export … | head` closes the pipe early, which is no failure. */
export function endWithReader(): void {
  process.stdout.on("error", (error: NodeJS.ErrnoException) => process.exit(error.code === "EPIPE" ? 0 : 1));
  process.stderr.on("error", () => {});
}

/** For commands that others depend on. */
export function outliveReader(): void {
  for (const stream of [process.stdout, process.stderr]) {
    stream.on("error", () => {});
    // Node makes writes to a terminal wait, and with them every stream that passes.
    const { _handle: handle } = stream as unknown as { _handle?: { setBlocking?: (isBlocking: boolean) => void } };
    handle?.setBlocking?.(false);
  }
}

/** Writes to stdout. */
export function print(text: string): void {
  write(process.stdout, text);
}

/** Writes to stderr, as it is. */
export function complain(text: string): void {
  write(process.stderr, text);
}

/** Writes a line to stderr, with the command's name before it. */
export function say(line: string): void {
  complain(`inspector: ${line}\n`);
}

function write(stream: NodeJS.WriteStream, text: string): void {
  if (stream.writableLength <= MAX_WAITING) {
    stream.write(text);
  }
}
