import type { OpenSocket } from "./live-link.ts";

/** {@link OpenSocket} on the browser's WebSocket. */
export const openBrowserSocket: OpenSocket = (url, protocols, handlers) => {
  const socket = new WebSocket(url, [...protocols]);
  socket.binaryType = "arraybuffer";
  socket.addEventListener("open", handlers.onOpen);
  socket.addEventListener("close", handlers.onClose);
  socket.addEventListener("message", (event: MessageEvent<unknown>) => {
    if (typeof event.data === "string") {
      handlers.onText(event.data);
    } else if (event.data instanceof ArrayBuffer) {
      handlers.onBinary(event.data);
    }
  });
  return { send: (text) => socket.send(text), close: () => socket.close() };
};
