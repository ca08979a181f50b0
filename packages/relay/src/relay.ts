/**
 * The byte relay: one TCP connection to the host for every one a worker opens. Each chunk goes into the journal and on
 * its way, unchanged; nothing of HTTP/2 is terminated here.
 */
import { type AddressInfo, createServer, type Server, type Socket } from "node:net";
import type { InterventionReport } from "@inspector/contract/intervention-lines";
import { SIDE_HOST, SIDE_RELAY, SIDE_WORKER } from "@inspector/wire/journal";
import { AcceptedConnection, type JoinedSockets, type Passage } from "./accepted-connection.ts";
import type { Address } from "./address.ts";
import { CountedEvents } from "./counted-events.ts";
import { ConnectionBudget, isOutOfDescriptors } from "./descriptors.ts";
import { ByteBudget } from "./intervene/byte-budget.ts";
import { InterveningConnection } from "./intervene/connection.ts";
import { Holding } from "./intervene/holding.ts";
import { createOrders, type Orders } from "./intervene/orders.ts";
import type { IsRewritable, Rewrite } from "./intervene/rewrite.ts";
import { type Journal, type JournalEvent, now } from "./journal.ts";
import { leadsTo, nameLeadsTo } from "./own-addresses.ts";
import type { Watch } from "./pump.ts";
import { reset } from "./socket-ends.ts";

/** Messages that the hub has ordered to be sent and that have not left, over all connections. */
const MAX_ORDERED_BYTES = 256 * 1024 * 1024;

/** Of a relay; what is left out does not happen. */
export type RelayOptions = {
  /** Called once, before the first connection; `positions` describes where connections stand. */
  readonly openJournal: (positions: () => unknown) => Journal;
  /** Asked of every message that it is about, on every connection; absent: nothing is rewritten. */
  readonly rewrite?: Rewrite;
  readonly isRewritable?: IsRewritable;
  /** Looks at what comes, on every connection; absent: nobody does. */
  readonly watch?: Watch;
  /** Bytes of held messages, over all rules and connections; 256 MiB unless said otherwise. */
  readonly maxHeldBytes?: number;
  /** Both sides of a connection have closed it. */
  readonly onClosed?: (connection: number) => void;
  /** Of all connections of the process; absent: the relay is alone in it. */
  readonly budget?: ConnectionBudget;
  /** Takes one line about what keeps connections from passing; the same is said once a minute at most. */
  readonly warn?: (line: string) => void;
};

/** Where a relay listens, and which host it dials for who connects there. */
export type RouteOptions = {
  readonly listen: Address;
  readonly upstream: Address;
  /** The host has ended a connection of the route, or could not be reached: it may be gone. May be called twice for one end. */
  readonly onHostEnded?: () => void;
};

/** A port of the relay. Each has a host of its own; all of them write the same journal. */
export type Route = {
  readonly address: Address;
  /** Accepts nobody any more. Connections that are open go on. */
  close(): void;
};

/**
 * Forwards between workers and hosts, and records. States: open, then closed by {@link RoutedRelay.close}; routes open and close in
 * between.
 */
export type RoutedRelay = {
  readonly journal: Journal;
  /** @throws the listener's error: EADDRINUSE, EACCES, EADDRNOTAVAIL; ELOOP where the upstream leads back here. */
  openRoute(route: RouteOptions): Promise<Route>;
  /** Records something about a process or the recording itself. */
  record(event: JournalEvent): void;
  /** Takes orders to intervene, and tells what came of them, until they are ended. One hub at a time. */
  takeOrders(report: (report: InterventionReport) => void): Orders;
  /** Stops listening and resets what is still open, as a relay that dies would: never a clean end. */
  close(): Promise<void>;
};

/** A relay with a port that it has from its beginning to its end. */
export type Relay = RoutedRelay & { readonly address: Address };

/** A relay with one port, which listens before its journal is opened. @throws as {@link RoutedRelay.openRoute} */
export async function createRelay({
  listen,
  upstream,
  openJournal,
  ...options
}: Omit<RelayOptions, "openJournal"> &
  RouteOptions & {
    readonly openJournal: (address: Address, positions: () => unknown) => Journal;
  }): Promise<Relay> {
  const door = await openDoor({ listen, upstream });
  const relay = createRoutedRelay({ ...options, openJournal: (positions) => openJournal(door.address, positions) }, [
    door,
  ]);
  return { ...relay, address: door.address };
}

type Door = RouteOptions & {
  readonly server: Server;
  readonly address: Address;
  /** Hands over each connection, also those that were made before this was called. */
  readonly onConnection: (accept: (socket: Socket) => void) => void;
};

/** A relay that listens where it is told to, from then on when it is told to. */
export function createRoutedRelay(options: RelayOptions, opened: readonly Door[] = []): RoutedRelay {
  const { openJournal, onClosed, rewrite, isRewritable, watch, budget = new ConnectionBudget() } = options;
  const doors = new Set<Door>();
  const accepted = new Set<AcceptedConnection>();
  const connections = new Map<number, InterveningConnection>();
  const holding = new Holding(options.maxHeldBytes);
  const orders = new ByteBudget(MAX_ORDERED_BYTES);
  const journal = openJournal(() => [...connections].map(positionOf));
  const counted = new CountedEvents((event) => journal.event(event));
  let lastId = 0;
  let lastHeld = 0;
  let report: (report: InterventionReport) => void = () => {};

  function admit(door: Door): void {
    doors.add(door);
    door.onConnection((socket) => accept(socket, door));
  }

  function accept(socket: Socket, { upstream, onHostEnded = () => {} }: RouteOptions): void {
    if (!budget.take()) {
      socket.destroy();
      outOfDescriptors();
      return;
    }
    const connection = new AcceptedConnection(socket, {
      upstream,
      journal,
      nextId: () => ++lastId,
      isOwn: (remote) => [...doors].some(({ address }) => leadsTo(address, remote)),
      openPassage(sockets) {
        sockets.host.once("end", onHostEnded).once("close", onHostEnded);
        return openPassage(sockets);
      },
      onProbe: () => counted.addQuietly("probes", { type: "probes" }),
      onRefused(error) {
        if (isOutOfDescriptors(error)) {
          outOfDescriptors();
        }
        onHostEnded();
      },
      onClosed() {
        budget.giveBack();
        accepted.delete(connection);
      },
    });
    accepted.add(connection);
  }

  function outOfDescriptors(): void {
    const { limit } = budget;
    if (counted.add("connections-refused", { type: "connections-refused", limit })) {
      options.warn?.(
        `there are no file descriptors left for more connections (${limit} at a time); workers are turned away until some close. Raise the limit with ulimit -n`,
      );
    }
  }

  function openPassage({ id, worker, workerBuffers, host, hostBuffers }: JoinedSockets): Passage {
    const streams = intervening(id, worker, host);
    const look = watch?.(id);
    host.on("drain", () => streams.drained("host"));
    worker.on("drain", () => streams.drained("worker"));
    connections.set(id, streams);
    return {
      pipes: [
        {
          side: SIDE_WORKER,
          from: worker,
          buffers: workerBuffers,
          to: host,
          look: look && ((chunk, bytes) => look("worker", chunk, bytes)),
          take: (chunk, bytes) => streams.push("worker", chunk, bytes),
          afterWaiting: (passEnd) => streams.afterWaiting("worker", passEnd),
        },
        {
          side: SIDE_HOST,
          from: host,
          buffers: hostBuffers,
          to: worker,
          look: look && ((chunk, bytes) => look("host", chunk, bytes)),
          take: (chunk, bytes) => streams.push("host", chunk, bytes),
          afterWaiting: (passEnd) => streams.afterWaiting("host", passEnd),
        },
      ],
      onClosed() {
        connections.delete(id);
        streams.close();
        onClosed?.(id);
      },
    };
  }

  function intervening(id: number, worker: Socket, host: Socket): InterveningConnection {
    return new InterveningConnection({
      id,
      rewrite,
      isRewritable,
      holding,
      orders,
      mayWrite: (to) => !(to === "host" ? host : worker).writableNeedDrain,
      write: (to, pieces) => writeAll(to === "host" ? host : worker, pieces),
      record: (event, side) => journal.event(event, id, side === "host" ? SIDE_HOST : SIDE_WORKER),
      report: (said) => report(said),
      // Both sides learn that it is over, rather than read on where something may be missing.
      broken: () => {
        for (const socket of [worker, host]) {
          reset(socket);
        }
      },
      nextHeldId: () => ++lastHeld,
      nanos: now,
    });
  }

  for (const door of opened) {
    admit(door);
  }
  return {
    journal,
    async openRoute(route) {
      const door = await openDoor(route, doors);
      admit(door);
      return {
        address: door.address,
        close() {
          door.server.close();
          doors.delete(door);
        },
      };
    },
    record: (event) => journal.event(event),
    takeOrders(callback) {
      report = callback;
      return createOrders({
        find: (id) => connections.get(id),
        all: () => connections.values(),
        holding,
        record: (connection, event) => journal.event(event, connection, SIDE_RELAY),
        report: callback,
      });
    },
    async close() {
      for (const { server } of doors) {
        server.close();
      }
      await Promise.all([...accepted].map((connection) => connection.close()));
      counted.close();
    },
  };
}

function writeAll(socket: Socket, pieces: readonly Uint8Array[]): void {
  if (socket.destroyed || socket.writableEnded) {
    return;
  }
  if (pieces.length > 1) {
    socket.cork();
  }
  for (const piece of pieces) {
    socket.write(piece);
  }
  if (pieces.length > 1) {
    socket.uncork();
  }
}

function positionOf([id, streams]: readonly [number, InterveningConnection]): unknown {
  return { connection: id, worker: streams.position("worker"), host: streams.position("host") };
}

/** @param others whose addresses must not be the upstream either */
async function openDoor(route: RouteOptions, others: Iterable<Door> = []): Promise<Door> {
  const early: Socket[] = [];
  let take = (socket: Socket): void => void early.push(socket);
  const server = createServer({ allowHalfOpen: true, noDelay: true, pauseOnConnect: true }, (socket) => take(socket));
  await listening(server, route.listen);
  const { address: host, port } = server.address() as AddressInfo;
  const address = { host, port };
  for (const own of [address, ...[...others].map((door) => door.address)]) {
    if (await nameLeadsTo(own, route.upstream)) {
      server.close();
      throw Object.assign(new Error("the upstream address leads back to the relay"), { code: "ELOOP" });
    }
  }
  return {
    ...route,
    server,
    address,
    onConnection(accept) {
      take = accept;
      early.splice(0).forEach(accept);
    },
  };
}

function listening(server: Server, { host, port }: Address): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen({ host, port }, () => {
      server.off("error", reject);
      resolve();
    });
  });
}
