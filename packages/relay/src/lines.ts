import type { Socket } from "node:net";

/** Nobody at the other end has more to say in one line than this: a held message of 8 MiB in base64, and what goes with it. */
const MAX_LINE_CHARS = 12 * 1024 * 1024;

/**
 * Calls back for each line that a socket brings. Unlike readline it leaves the socket's errors to whoever made the
 * socket, instead of throwing them again.
 */
export function onLine(socket: Socket, callback: (line: string) => void): void {
  let rest: string[] = [];
  let restChars = 0;
  socket.setEncoding("utf8");
  socket.on("data", (text: string) => {
    const [first = "", ...lines] = text.split("\n");
    rest.push(first);
    restChars += first.length;
    for (const line of lines) {
      callback(rest.join(""));
      rest = [line];
      restChars = line.length;
    }
    if (restChars > MAX_LINE_CHARS) {
      socket.destroy();
    }
  });
}
