/**
 * Where hubs dial a relay: a local socket in the journal's folder (relay-line.ts has what is said).
 * A relay that runs can be connected to; one that was killed cannot, which is how its journal is known to be complete.
 */
import { existsSync, mkdirSync, rmdirSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server, type Socket } from "node:net";
import { dirname, join } from "node:path";
import type { RelayState } from "@inspector/contract/relay-line";
import { type DeskWatch, HubPeer } from "./hub-peer.ts";
import type { ProcessIdentity } from "./process-identity.ts";
import type { RoutedRelay } from "./relay.ts";

export type { DeskWatch } from "./hub-peer.ts";

/** Written into the journal's folder as `journal.json`. */
export type JournalDescription = {
  /** Path of the session that the journal belongs to. */
  readonly session: string;
  readonly control: string;
  readonly process: ProcessIdentity;
  /** When the relay started, in milliseconds since the Unix epoch. */
  readonly startedAt: number;
  /** Folders in which the relay puts links to shared memory, until it is copied into the session. */
  readonly links?: readonly string[];
};

const TELL_MS = 200;
const DESCRIPTION = "journal.json";

/** `directory` is the journal's folder; `description` is written into it, and names the socket on which hubs are waited for. */
export type ControlOptions = {
  readonly directory: string;
  readonly description: JournalDescription;
  readonly relay: Pick<RoutedRelay, "journal" | "takeOrders">;
  readonly desks?: DeskWatch;
};

/**
 * The relay's end of the lines to its hubs. States: waiting for hubs until {@link Control.end}, then until {@link Control.close}
 * only for the rest to be committed.
 */
export type Control = {
  /** Nothing more is recorded: the journal's folder is not made again when it is removed. */
  end(): void;
  /** Hangs up and takes the socket away. */
  close(): void;
};

/** Describes the journal and waits for hubs. @throws what the socket's listener throws */
export async function createControl({
  directory,
  description,
  relay: { journal, takeOrders },
  desks = { up() {}, down() {}, silent() {} },
}: ControlOptions): Promise<Control> {
  const peers = new Set<HubPeer>();
  let server = await listen();
  let told = "";

  function accept(socket: Socket): void {
    const peer = new HubPeer(socket, {
      takeOrders,
      onCommitted: (segment) => journal.release(segment),
      desks,
      onClosed: () => peers.delete(peer),
    });
    peers.add(peer);
    peer.tell(state());
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

  function state(): RelayState {
    const { gap, segment, offset } = journal;
    return { segment, offset, gap: gap === undefined ? null : { bytes: gap.bytes, reason: gap.reason } };
  }

  let isRestoring = false;
  const timer = setInterval(() => {
    const now = state();
    const line = JSON.stringify(now);
    if (line !== told) {
      for (const peer of peers) {
        peer.tell(now);
      }
    }
    told = line;
    // Somebody removed the folder or the socket: the hub must be able to find this relay again.
    if (isRestoring || isInPlace()) {
      return;
    }
    isRestoring = true;
    // Closed first, since that removes what stands at the path. Who is connected stays.
    server.close();
    listen()
      .then(
        (restored) => {
          server = restored;
        },
        () => {},
      )
      .finally(() => {
        isRestoring = false;
      });
  }, TELL_MS);
  timer.unref();

  function isInPlace(): boolean {
    const { control } = description;
    return existsSync(join(directory, DESCRIPTION)) && (isPipe(control) || existsSync(control));
  }

  return {
    end() {
      clearInterval(timer);
    },
    close() {
      clearInterval(timer);
      server.close();
      for (const peer of [...peers]) {
        peer.close();
      }
      removeControlSocket(directory, description.control);
    },
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
