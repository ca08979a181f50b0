/**
 * The line between a relay and the hub: a local socket in the journal's folder, one JSON object a line.
 * The relay says how far it has written and whether a gap is open; the hub says what it has committed, and gives orders
 * to intervene (intervention-lines.ts).
 * A relay that runs can be connected to; one that was killed cannot, which is how its journal is known to be complete.
 */
import { existsSync, mkdirSync, rmdirSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server, type Socket } from "node:net";
import { dirname, join } from "node:path";
import { type Orders, parseOrder } from "./intervene/orders.ts";
import { onLine } from "./lines.ts";
import type { Relay } from "./relay.ts";

/** Written into the journal's folder as `journal.json`. */
export type JournalDescription = {
  /** Path of the session that the journal belongs to. */
  readonly session: string;
  readonly control: string;
  /** When the relay started, in milliseconds since the Unix epoch. */
  readonly startedAt: number;
  /** Folders in which the relay puts links to shared memory, until it is copied into the session. */
  readonly links?: readonly string[];
};

export type RelayState = {
  readonly segment: number;
  readonly offset: number;
  readonly gap: { readonly bytes: number; readonly reason: string } | null;
};

const TELL_MS = 200;
const DESCRIPTION = "journal.json";

/** @returns a function that hangs up and takes the socket away. */
export async function createControl(
  directory: string,
  description: JournalDescription,
  { journal, takeOrders }: Pick<Relay, "journal" | "takeOrders">,
): Promise<() => void> {
  const peers = new Set<Socket>();
  let server = await listen();
  let told = "";

  function accept(peer: Socket): void {
    let orders: Orders | undefined;
    peers.add(peer);
    peer.on("error", () => {});
    peer.on("close", () => {
      peers.delete(peer);
      orders?.end();
    });
    peer.write(`${stateLine()}\n`);
    onLine(peer, (line) => {
      const order = parseOrder(line);
      if (order !== undefined) {
        orders ??= takeOrders((report) => peer.write(`${JSON.stringify(report)}\n`));
        orders.take(order);
        return;
      }
      const committed = committedSegment(line);
      if (committed !== undefined) {
        journal.release(committed);
      }
    });
  }

  async function listen(): Promise<Server> {
    mkdirSync(directory, { recursive: true, mode: 0o700 });
    if (!isPipe(description.control)) {
      mkdirSync(dirname(description.control), { recursive: true, mode: 0o700 });
      rmSync(description.control, { force: true });
    }
    const created = createServer(accept);
    await new Promise<void>((resolve, reject) => {
      created.once("error", reject);
      created.listen(description.control, resolve);
    });
    created.unref();
    writeFileSync(join(directory, DESCRIPTION), JSON.stringify(description), { mode: 0o600 });
    return created;
  }

  function stateLine(): string {
    const { gap, segment, offset } = journal;
    const state: RelayState = {
      segment,
      offset,
      gap: gap === undefined ? null : { bytes: gap.bytes, reason: gap.reason },
    };
    return JSON.stringify(state);
  }

  let isRestoring = false;
  const timer = setInterval(() => {
    const line = stateLine();
    if (line !== told) {
      for (const peer of peers) {
        peer.write(`${line}\n`);
      }
    }
    told = line;
    // Somebody removed the folder: the hub must be able to find this relay again.
    if (isRestoring || existsSync(join(directory, DESCRIPTION))) {
      return;
    }
    isRestoring = true;
    const gone = server;
    listen()
      .then(
        (restored) => {
          server = restored;
          gone.close();
        },
        () => {},
      )
      .finally(() => {
        isRestoring = false;
      });
  }, TELL_MS);
  timer.unref();

  return () => {
    clearInterval(timer);
    server.close();
    for (const peer of peers) {
      peer.destroy();
    }
    removeControlSocket(directory, description.control);
  };
}

/** Takes the socket away, and its folder where it had to have one of its own (see recording.ts). */
export function removeControlSocket(directory: string, control: string): void {
  if (isPipe(control)) {
    return;
  }
  rmSync(control, { force: true });
  if (dirname(control) === directory) {
    return;
  }
  try {
    rmdirSync(dirname(control));
  } catch {}
}

/** Windows has no file for it. */
function isPipe(control: string): boolean {
  return control.startsWith("\\\\");
}

function committedSegment(line: string): number | undefined {
  try {
    const value: unknown = JSON.parse(line);
    if (typeof value === "object" && value !== null && "committed" in value && typeof value.committed === "number") {
      return value.committed;
    }
  } catch {}
  return undefined;
}
