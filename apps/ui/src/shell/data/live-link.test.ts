import { createServer, type Server } from "node:http";
import { CONTRACT_VERSION, type SessionInfo } from "@inspector/contract/page";
import { afterEach, describe, expect, test, vi } from "vitest";
import { type WebSocket as NodeSocket, WebSocket, WebSocketServer } from "ws";
import { sessionInfo } from "../../../testing/session-info.ts";
import { HubRequests } from "./hub-requests.ts";
import { createLiveClient } from "./live-client.ts";
import type { OpenSocket } from "./live-link.ts";
import { SessionStore } from "./session-store.ts";

const openSocket: OpenSocket = (url, protocols, handlers) => {
  const socket = new WebSocket(url, [...protocols]);
  socket.binaryType = "arraybuffer";
  socket.on("open", handlers.onOpen);
  socket.on("close", handlers.onClose);
  socket.on("error", () => {});
  socket.on("message", (data: ArrayBuffer | Buffer, isBinary) => {
    if (isBinary && data instanceof ArrayBuffer) {
      handlers.onBinary(data);
    } else {
      handlers.onText(data.toString());
    }
  });
  return { send: (text) => socket.send(text), close: () => socket.close() };
};

/** A hub whose answers the test chooses, on a real port that stays the same when it is started again. */
class ScriptedHub {
  readonly asked: { view: number; filter: string; after: number }[] = [];
  readonly sockets: NodeSocket[] = [];
  port = 0;
  session: Partial<SessionInfo> = {};
  status = 200;
  /** What is said against a socket; it opens where nothing is. */
  refusal: { readonly code: string; readonly message: string; readonly hint: string } | undefined;
  #server: Server | undefined;

  async start(): Promise<void> {
    const server = createServer((request, response) => {
      if (this.refusal !== undefined && request.url === "/api/live") {
        response.writeHead(403, { "content-type": "application/json" });
        response.end(JSON.stringify({ error: this.refusal }));
        return;
      }
      response.writeHead(this.status, { "content-type": "application/json" });
      const answers: Readonly<Record<string, unknown>> = {
        "/api/events": { events: [], last: 0 },
        "/api/replays": [],
        "/api/holds": { rules: [], held: [] },
      };
      const answer = answers[request.url?.split("?")[0] ?? ""] ?? this.info();
      const error = { error: { code: "forbidden", message: "This link is not valid." } };
      response.end(JSON.stringify(this.status === 200 ? answer : error));
    });
    new WebSocketServer({ server, path: "/api/live", verifyClient: () => this.refusal === undefined }).on(
      "connection",
      (socket) => {
        this.sockets.push(socket);
        socket.on("message", (data) => {
          const message = JSON.parse(data.toString());
          if (message.type === "subscribe") {
            this.asked.push(message);
          }
        });
      },
    );
    this.#server = server;
    await new Promise<void>((resolve) => server.listen(this.port, "127.0.0.1", resolve));
    const address = server.address();
    if (typeof address === "object" && address !== null) {
      this.port = address.port;
    }
  }

  info(): SessionInfo {
    return sessionInfo(this.session);
  }

  sendColumn(view: number, cursor: number, ...seqs: number[]): void {
    this.sockets.at(-1)?.send(new Uint8Array(Uint32Array.of(view, cursor, seqs.length, ...seqs).buffer));
  }

  sendText(message: unknown): void {
    this.sockets.at(-1)?.send(JSON.stringify(message));
  }

  /** As kill -9 would: sockets end without a goodbye, and nobody listens. */
  async kill(): Promise<void> {
    for (const socket of this.sockets) {
      socket.terminate();
    }
    const closed = new Promise<void>((resolve) => this.#server?.close(() => resolve()) ?? resolve());
    this.#server?.closeAllConnections();
    await closed;
  }
}

const messages = (store: SessionStore) => store.getState().lists.messages;

describe("a page and its hub", () => {
  const hub: { current: ScriptedHub } = { current: new ScriptedHub() };
  let store: SessionStore | undefined;

  async function open(filter = "", change: Partial<ScriptedHub> = {}): Promise<SessionStore> {
    hub.current = Object.assign(new ScriptedHub(), change);
    await hub.current.start();
    const client = createLiveClient(
      new HubRequests(new URL(`http://127.0.0.1:${hub.current.port}/`), { token: "abc", forget() {} }),
      openSocket,
    );
    store = new SessionStore(client, (flush) => flush(), filter);
    store.watch("messages");
    return store;
  }

  const eventually = (check: () => void) => vi.waitFor(check, { timeout: 60_000, interval: 10 });

  afterEach(async () => {
    store?.close();
    await hub.current.kill();
  });

  test("shows what the hub sends of the view it asked for", async () => {
    const store = await open("kind:rpc_log");
    await eventually(() =>
      expect(hub.current.asked).toEqual([expect.objectContaining({ filter: "kind:rpc_log", after: 0 })]),
    );
    expect(messages(store).isReady).toBe(false);
    hub.current.sendColumn(messages(store).view.id, 9, 2, 3, 9);
    await eventually(() => expect(messages(store).view.column.slice(0, 9)).toEqual([2, 3, 9]));
    expect(messages(store).isReady).toBe(true);
    expect(store.getState().connection.phase).toBe("open");
    expect(store.total).toBe(9);
  });

  test("resumes behind the last number that was looked at when the hub was killed and started again", async () => {
    const store = await open();
    const { id, column } = messages(store).view;
    await eventually(() => expect(hub.current.asked).toHaveLength(1));
    hub.current.sendColumn(id, 40, 1, 2, 3);
    await eventually(() => expect(column.cursor).toBe(40));
    await hub.current.kill();
    await eventually(() => expect(store.getState().connection).toMatchObject({ phase: "lost" }));
    expect(store.getState().connection).toHaveProperty("lastSeenAt");
    expect(column.slice(0, 9)).toEqual([1, 2, 3]);
    await hub.current.start();
    await eventually(() => expect(hub.current.asked).toHaveLength(2));
    expect(hub.current.asked[1]).toMatchObject({ view: id, after: 40 });
    hub.current.sendColumn(id, 42, 41, 42);
    await eventually(() => expect(column.slice(0, 9)).toEqual([1, 2, 3, 41, 42]));
  });

  test("starts over when another session answers under the same address", async () => {
    const store = await open();
    await eventually(() => expect(hub.current.asked).toHaveLength(1));
    hub.current.sendColumn(messages(store).view.id, 3, 1, 2, 3);
    await eventually(() => expect(messages(store).view.column.length).toBe(3));
    await hub.current.kill();
    hub.current.session = { id: "second" };
    await hub.current.start();
    await eventually(() => expect(hub.current.asked).toHaveLength(2));
    expect(hub.current.asked[1]).toMatchObject({ view: messages(store).view.id, after: 0 });
    expect(messages(store).view.column.length).toBe(0);
  });

  test("knows the session as it has changed, and stays away when the hub ends the connection on purpose", async () => {
    const store = await open();
    await eventually(() => expect(hub.current.asked).toHaveLength(1));
    const { id } = store.getState().session ?? {};
    hub.current.sendText({ type: "session-changed", changes: { last: 77 } });
    await eventually(() => expect(store.getState().session).toMatchObject({ id, last: 77 }));
    hub.current.sendText({ type: "refused", message: "64 pages are open already" });
    await eventually(() =>
      expect(store.getState().connection).toMatchObject({ phase: "refused", message: "64 pages are open already" }),
    );
  });

  test("keeps the last good result while a filter is wrong, and shows the next one that is right", async () => {
    const store = await open();
    await eventually(() => expect(hub.current.asked).toHaveLength(1));
    const first = messages(store).view;
    hub.current.sendColumn(first.id, 2, 1, 2);
    store.setFilter("kind:");
    await eventually(() => expect(hub.current.asked).toHaveLength(2));
    const wrong = hub.current.asked[1]?.view;
    hub.current.sendText({ type: "invalid-filter", view: wrong, message: "A value is missing.", offset: 5 });
    await eventually(() => expect(messages(store).error).toMatchObject({ filter: "kind:", offset: 5 }));
    hub.current.sendColumn(first.id, 3, 3);
    await eventually(() => expect(first.column.length).toBe(3));
    expect(messages(store).view).toBe(first);
    store.setFilter("kind:rpc_log");
    await eventually(() => expect(hub.current.asked).toHaveLength(3));
    hub.current.sendColumn(hub.current.asked[2]?.view ?? 0, 3, 2);
    await eventually(() => expect(messages(store).view.filter).toBe("kind:rpc_log"));
    expect(messages(store).error).toBeUndefined();
    hub.current.sendColumn(first.id, 4, 4);
    hub.current.sendColumn(messages(store).view.id, 5, 5);
    await eventually(() => expect(messages(store).view.column.slice(0, 9)).toEqual([2, 5]));
    expect(first.column.length).toBe(3);
  });

  test("shows everything beside the error when the filter of a followed link is wrong", async () => {
    const store = await open("nonsense:");
    await eventually(() => expect(hub.current.asked).toHaveLength(1));
    hub.current.sendText({
      type: "invalid-filter",
      view: messages(store).view.id,
      message: "No such key.",
      offset: 0,
    });
    await eventually(() => expect(hub.current.asked[1]).toMatchObject({ filter: "", after: 0 }));
    expect(messages(store).error?.filter).toBe("nonsense:");
  });

  test("keeps the rows of a list that is not watched, and resumes it under the filter of then", async () => {
    const store = await open();
    const unwatch = store.watch("invocations");
    await eventually(() => expect(hub.current.asked).toHaveLength(2));
    const { view } = store.getState().lists.invocations;
    hub.current.sendColumn(view.id, 7, 3, 5);
    await eventually(() => expect(view.column.cursor).toBe(7));
    unwatch();
    store.watch("invocations");
    await eventually(() =>
      expect(hub.current.asked[2]).toMatchObject({ what: "invocations", view: view.id, after: 7 }),
    );
    expect(view.column.slice(0, 9)).toEqual([3, 5]);
  });

  test("asks for failures only while somebody steps through them", async () => {
    const store = await open("fn:hello OR fn:order");
    store.watch("failures");
    await eventually(() => expect(hub.current.asked).toHaveLength(2));
    expect(hub.current.asked[1]?.filter).toBe("(fn:hello OR fn:order) (status:failed OR is:lost OR http:5xx)");
  });

  test("hears by asking of what a silent hub did not send", async () => {
    const store = await open();
    await eventually(() => expect(store.getState().connection.phase).toBe("open"));
    hub.current.session = { recordingFault: "no space left on device" };
    await eventually(() => expect(store.getState().session?.recordingFault).toBe("no space left on device"));
    expect(hub.current.sockets).toHaveLength(1);
  });

  test("does not try again by itself where it is not let in", async () => {
    const store = await open("", { status: 403 });
    await eventually(() =>
      expect(store.getState().connection).toMatchObject({ phase: "refused", message: "This link is not valid." }),
    );
    hub.current.status = 200;
    store.retryNow();
    await eventually(() => expect(store.getState().connection.phase).toBe("open"));
  });

  test("says why its socket was refused, and does not try again by itself", async () => {
    const refusal = { code: "wrong-origin", message: "Its Origin is not ours", hint: "Start it with --allow-origin" };
    const store = await open("", { refusal });
    await eventually(() =>
      expect(store.getState().connection).toEqual({
        phase: "refused",
        message: "Its Origin is not ours",
        hint: "Start it with --allow-origin",
      }),
    );
    hub.current.refusal = undefined;
    store.retryNow();
    await eventually(() => expect(store.getState().connection.phase).toBe("open"));
  });

  test("says of a session that is not kept (any more) what the hub says, and does not try again by itself", async () => {
    const store = await open();
    await eventually(() => expect(store.getState().connection.phase).toBe("open"));
    hub.current.status = 404;
    hub.current.sockets.at(-1)?.terminate();
    await eventually(() =>
      expect(store.getState().connection).toMatchObject({ phase: "refused", isSessionGone: true }),
    );
  });

  test("says so when the inspector speaks another version", async () => {
    const store = await open("", { session: { contract: CONTRACT_VERSION + 1 } });
    await eventually(() =>
      expect(store.getState().connection).toMatchObject({ phase: "refused", hint: "Reload the page." }),
    );
  });
});
