/** A relay in this process, the hub beside it, and the journal between them. */
import { randomBytes } from "node:crypto";
import { existsSync, mkdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import { InspectorError, reasonOf } from "@inspector/contract/inspector-error";
import type { OtlpEndpoint } from "@inspector/hub/export/otlp-endpoint";
import { realPath } from "@inspector/hub/same-file";
import { removeSessionFiles } from "@inspector/hub/session-files";
import { newSessionFile, type StateFolder } from "@inspector/hub/state-folder";
import { createControl } from "@inspector/relay/control";
import { ConnectionBudget } from "@inspector/relay/descriptors";
import { createHttpRecorder, type HttpRecorder } from "@inspector/relay/http-capture/recorder";
import { createJournal, type Journal, type JournalEvent, now } from "@inspector/relay/journal";
import { thisProcess } from "@inspector/relay/process-identity";
import type { Watch } from "@inspector/relay/pump";
import { createRelay, createRoutedRelay, type RelayOptions, type RoutedRelay } from "@inspector/relay/relay";
import { captureSharedMemory } from "@inspector/relay/shared-memory/capture";
import { mapFolders } from "@inspector/relay/shared-memory/folders";
import { type Address, formatAddress } from "../address.ts";
import { complain, say } from "../output.ts";
import { formatSize } from "../size.ts";
import { VERSION } from "../version.ts";
import { surviveFaults } from "./faults.ts";
import type { HubEnd } from "./hub-drain.ts";
import { HubSupervisor } from "./hub-supervisor.ts";
import { pageUrl, tellPageAddress } from "./page-address.ts";
import { hasJournal, isBeingRecorded } from "./recover.ts";
import { startRecovery } from "./recovery.ts";
import { removeUnannounced } from "./unannounced-journals.ts";

/** Longest path of a local socket that every platform takes. */
const MAX_SOCKET_PATH = 100;

export type RecordingOptions = {
  readonly ui: Address;
  /** Origins under which others show the page, as browsers write them. */
  readonly allowedOrigins: readonly string[];
  readonly session: string | undefined;
  readonly maxBytes: number | undefined;
  /** Whether what the host sends to a worker's own HTTP server passes through here too. */
  readonly isCapturingHttp: boolean;
  /** Where invocations are told of as they end. */
  readonly otlp?: OtlpEndpoint | undefined;
  /** Serves no page. */
  readonly isHeadless?: boolean;
  readonly state: StateFolder;
  /** Gives up on the start. */
  readonly signal?: AbortSignal;
};

/** What the relay of a recording listens on, from its beginning to its end, and for which host. */
export type PortOptions = { readonly listen: Address; readonly upstream: Address };

export type Recording = {
  /** The page's address, with its token; leads nowhere where none is served. */
  readonly url: string;
  /** The file that is recorded into: another one than at first, where that was lost. */
  readonly session: string;
  record(event: JournalEvent): void;
  /** Stands between a host and a custom handler. Absent where HTTP is not recorded. */
  readonly openHandler?: HttpRecorder["openHandler"];
  /** Opens a port for workers of one host. */
  readonly openRoute: RoutedRelay["openRoute"];
  /**
   * Ends the relay and waits until all that was forwarded is in the session, unless nothing more comes into it.
   * @returns whether it is; what is not is kept in the journal, which the user is told
   */
  close(): Promise<boolean>;
};

/** One that listens on a port from its beginning to its end. */
export type PortRecording = Recording & { readonly listen: Address };

/**
 * A recording of workers that connect to one port.
 * @throws {InspectorError} "port-taken", "ui-port-taken", "session-in-use", "not-a-session", "newer-session", "hub-failed"
 */
export async function startRecording({
  listen,
  upstream,
  ...options
}: RecordingOptions & PortOptions): Promise<PortRecording> {
  const bound: { address?: Address } = {};
  const recording = await prepare(options, async ({ openJournal, ...parts }) => {
    const relay = await createRelay({
      ...parts,
      listen,
      upstream,
      openJournal: (address, positions) =>
        openJournal(positions, { listen: formatAddress(address), upstream: formatAddress(upstream) }),
    }).catch((error: unknown) => {
      throw listenError(error, { listen, upstream });
    });
    bound.address = relay.address;
    return relay;
  });
  const { address = listen } = bound;
  tellPageAddress(recording.journal, [address], recording.url);
  return Object.assign(recording, { listen: address });
}

/**
 * A recording without a port, until routes are opened.
 * @param about what is recorded of its beginning
 * @throws as {@link startRecording}
 */
export async function startRoutedRecording(
  options: RecordingOptions,
  about: Readonly<Record<string, unknown>>,
): Promise<Recording> {
  const recording = await prepare(options, async ({ openJournal, ...parts }) =>
    createRoutedRelay({ ...parts, openJournal: (positions) => openJournal(positions, about) }),
  );
  const open = new Set<Address>();
  const tell = (): void => {
    if (options.isHeadless !== true) {
      tellPageAddress(recording.journal, open, recording.url);
    }
  };
  const { openRoute } = recording;
  return Object.assign(recording, {
    async openRoute(route: Parameters<typeof openRoute>[0]) {
      const { address, close } = await openRoute(route);
      open.add(address);
      tell();
      return {
        address,
        close() {
          close();
          open.delete(address);
          tell();
        },
      };
    },
  });
}

type RelayParts = Omit<RelayOptions, "openJournal"> & {
  readonly openJournal: (positions: () => unknown, about: Readonly<Record<string, unknown>>) => Journal;
};
type OpenRelay = (parts: RelayParts) => Promise<RoutedRelay>;
type Prepared = Recording & { readonly journal: string };

async function prepare(options: RecordingOptions, openRelay: OpenRelay): Promise<Prepared> {
  const session = realPath(options.session ?? newSessionFile(options.state));
  if (options.session !== undefined) {
    if (await isBeingRecorded(options.state, session)) {
      throw new InspectorError("session-in-use", `${session} is being recorded into by another inspector`, {
        hint: "Give --session another file, or leave it away to get a new one.",
      });
    }
    if (existsSync(session)) {
      await checkSession(session);
    }
  }
  const isNew = options.session === undefined || !(existsSync(session) || hasJournal(options.state, session));
  const directory = join(options.state.journals, `${Date.now().toString(36)}-${randomBytes(4).toString("hex")}`);
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  try {
    return await start(options, session, directory, openRelay);
  } catch (error) {
    rmSync(directory, { recursive: true, force: true });
    if (isNew) {
      removeSessionFiles(session);
    }
    throw error;
  }
}

async function start(
  options: RecordingOptions,
  session: string,
  directory: string,
  openRelay: OpenRelay,
): Promise<Prepared> {
  let http: HttpRecorder | undefined;
  let watchMaps: Watch | undefined;
  const folders = mapFolders(basename(directory));
  const budget = new ConnectionBudget();
  const relay = await openRelay({
    ...(options.isCapturingHttp && {
      rewrite: (head, message) => http?.rewrite(head, message),
      isRewritable: (message) => http?.isRewritable(message) === true,
    }),
    watch: (connection) => watchMaps?.(connection),
    onClosed: (connection) => http?.forget(connection),
    budget,
    warn: say,
    openJournal: (positions, about) => {
      const journal = createJournal({ directory, positions });
      journal.event({
        type: "relay-started",
        startedAt: performance.timeOrigin,
        monotonic: Number(process.hrtime.bigint()) - now(),
        pid: process.pid,
        node: process.version,
        version: VERSION,
        ...about,
      });
      if (options.isCapturingHttp) {
        http = createHttpRecorder(journal, budget);
      }
      watchMaps = captureSharedMemory(journal, folders);
      return journal;
    },
  });
  const token = randomBytes(16).toString("base64url");
  const hub = new HubSupervisor({
    program: new URL("./hub.js", import.meta.url),
    hub: {
      session,
      ...options.ui,
      allowedOrigins: options.allowedOrigins,
      token,
      page: fileURLToPath(new URL("./page", import.meta.url)),
      isHeadless: options.isHeadless,
      version: VERSION,
      otlp: options.otlp,
      recording: { journals: options.state.journals, version: VERSION, maxBytes: options.maxBytes },
    },
    say,
    complain,
  });
  const control = await createControl({
    directory,
    description: {
      session,
      control: socketPath(directory),
      process: thisProcess(),
      startedAt: Math.floor(performance.timeOrigin),
      links: folders.map(({ links }) => links),
    },
    relay,
    desks: hub.desks,
  });
  const endFaults = surviveFaults(relay.record);
  await hub.start(options.signal).catch(async (error: unknown) => {
    control.close();
    await relay.close();
    relay.journal.close();
    throw error;
  });
  const url = pageUrl(hub.address, token);
  removeUnannounced(options.state);
  const stopRecovery = startRecovery(options.state, session, say);
  return {
    journal: directory,
    openRoute: relay.openRoute,
    ...(http !== undefined && { openHandler: http.openHandler }),
    url,
    get session() {
      return hub.session;
    },
    record: relay.record,
    async close() {
      stopRecovery();
      await Promise.all([relay.close(), http?.close()]);
      endFaults();
      relay.record({ type: "relay-ended" });
      control.end();
      relay.journal.close();
      const end = await hub.finish();
      control.close();
      await finish(hub.session);
      if (!end.isDrained) {
        say(describeRest(end, hub.session));
      }
      return end.isDrained;
    },
  };
}

function describeRest({ behind, fault }: HubEnd, session: string): string {
  const why = fault === undefined ? "the hub did not answer" : `it could not be written: ${fault}`;
  const much = behind === 0 ? "A part" : formatSize(behind);
  return `${much} of the recording is not in ${session} yet (${why}). The journal is kept, and the next start of the inspector brings it in.`;
}

/** Only now, since a file stays in write-ahead mode while anybody else has it open. */
async function finish(session: string): Promise<void> {
  try {
    const { finishFile } = await import("@inspector/hub/sqlite");
    finishFile(session);
  } catch (error) {
    say(`${session} could not be made one file: ${reasonOf(error)}`);
  }
}

async function checkSession(file: string): Promise<void> {
  const { openForReading } = await import("@inspector/hub/sqlite");
  openForReading(file).close();
}

function socketPath(directory: string): string {
  if (process.platform === "win32") {
    return `\\\\.\\pipe\\inspector-${randomBytes(8).toString("hex")}`;
  }
  const inFolder = join(directory, "control.sock");
  if (inFolder.length <= MAX_SOCKET_PATH) {
    return inFolder;
  }
  return join(tmpdir(), `inspector-${randomBytes(8).toString("hex")}`, "control.sock");
}

function listenError(error: unknown, { listen, upstream }: PortOptions): unknown {
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  const address = formatAddress(listen);
  switch (code) {
    case "EADDRINUSE":
      return new InspectorError("port-taken", `${address} is taken by another program`, {
        hint: "Stop that program, or choose another port with --listen.",
      });
    case "EACCES":
      return new InspectorError("port-denied", `${address} may not be listened on`, {
        hint: "Choose a port above 1023.",
      });
    case "EADDRNOTAVAIL":
    case "ENOTFOUND":
      return new InspectorError("bad-address", `${address} is no address of this machine`, {
        hint: "Listen on 127.0.0.1, or on 0.0.0.0 to be reachable from elsewhere.",
      });
    case "ELOOP":
      return new InspectorError("loop", `--upstream ${formatAddress(upstream)} leads back to --listen ${address}`, {
        hint: "The host keeps its own port; give --listen another one and point the worker at that.",
      });
    default:
      return error;
  }
}
