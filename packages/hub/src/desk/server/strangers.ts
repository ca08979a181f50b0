/** Sockets on which nobody has shown a token yet. There is room for some; for one more, the oldest has to go. */
import type { Socket } from "node:net";

/** A browser opens six, and shows its token with the first request on each. */
const MAX_STRANGERS = 64;

export class Strangers {
  readonly #sockets = new Set<Socket>();

  add(socket: Socket): void {
    this.#sockets.add(socket);
    socket.once("close", () => this.#sockets.delete(socket));
    const [oldest] = this.#sockets;
    if (this.#sockets.size > MAX_STRANGERS) {
      oldest?.destroy();
    }
  }

  /** Somebody on this socket has the token. */
  admit(socket: Socket): void {
    this.#sockets.delete(socket);
  }
}
