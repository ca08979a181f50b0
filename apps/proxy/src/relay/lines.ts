import type { Socket } from "node:net";

/** Nobody at the other end has more to say in one line than this. */
const MAX_LINE_CHARS = 65_536;

/**
 * Calls back for each line that a socket brings. Unlike readline it leaves the socket's errors to whoever made the
 * socket, instead of throwing them again.
 */
export function onLine(socket: Socket, callback: (line: string) => void): void {
  let rest = "";
  socket.setEncoding("utf8");
  socket.on("data", (text: string) => {
    const lines = (rest + text).split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines) callback(line);
    if (rest.length > MAX_LINE_CHARS) socket.destroy();
  });
}
