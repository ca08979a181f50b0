/** The hub's own process. It is told what to do by its first message, and ends when it is told to or when it is an orphan. */
import { reasonOf } from "@inspector/contract/inspector-error";
import { createHub, type Hub, type HubOptions, type HubProgress } from "./hub.ts";
import { OrphanEnding } from "./orphan-ending.ts";

export type HubCommand = ({ readonly type: "start" } & HubOptions) | { readonly type: "stop" };

export type HubReport =
  | { readonly type: "ready"; readonly host: string; readonly port: number }
  /** Each time it has changed, and each time that the session could not be written. */
  | ({ readonly type: "progress" } & HubProgress)
  /** The session's file was lost while it was recorded; `message` says what was done, `session` where recording goes on. */
  | { readonly type: "moved"; readonly session: string; readonly message: string }
  /** A line for the user. */
  | { readonly type: "told"; readonly message: string }
  | { readonly type: "failed"; readonly code: string; readonly message: string };

/** Progress is reported at most this often. */
const REPORT_MS = 100;

let hub: Hub | undefined;
/** Resolves when the hub is there: the first, or one that goes on with another session. */
let starting: Promise<void> | undefined;
let isStopping = false;
let progress: HubProgress = { behind: 0, isDrained: false };
let willReport = false;
const ending = new OrphanEnding({
  close,
  exit(isClosed) {
    if (isClosed) {
      process.exit(0);
    }
    // To exit would wait for threads. What they write is in transactions.
    process.kill(process.pid, "SIGKILL");
  },
});

function report(message: HubReport): void {
  if (process.connected) {
    process.send?.(message, undefined, {}, () => {}); // Whoever hears it may be gone.
  }
}

function take(next: HubProgress): void {
  const hasMoved = next.behind !== progress.behind || next.isDrained !== progress.isDrained;
  // Each attempt that failed is told, so that who waits knows that there are any.
  const isNews = hasMoved || next.fault !== undefined || progress.fault !== undefined;
  progress = next;
  if (isNews && !willReport) {
    willReport = true;
    setTimeout(() => {
      willReport = false;
      report({ type: "progress", ...progress });
    }, REPORT_MS);
  }
  ending.drained(progress.isDrained);
}

async function close(): Promise<void> {
  isStopping = true;
  await starting;
  await hub?.close();
}

async function stop(): Promise<void> {
  await close();
  process.exit(0);
}

async function start(options: HubOptions): Promise<void> {
  progress = { behind: 0, isDrained: options.recording === undefined };
  try {
    hub = await createHub(options, {
      onProgress: take,
      onTold: (message) => report({ type: "told", message }),
      onMoved({ file, message }) {
        report({ type: "moved", session: file, message });
        // It may be lost before this hub is there to be closed.
        starting = Promise.resolve(starting).then(() => goOnWith({ ...options, session: file }));
      },
    });
    report({ type: "ready", ...hub.address });
  } catch (error) {
    const code = error instanceof Error && "code" in error ? String(error.code) : "UNKNOWN";
    report({ type: "failed", code, message: reasonOf(error) });
    process.exit(1);
  }
}

function orphaned(): void {
  if (starting === undefined) {
    process.exit(0); // Before it was told of what this is the hub.
  }
  ending.lost();
}

/** Pages that were open find the next hub where this one was. */
async function goOnWith(options: HubOptions): Promise<void> {
  const over = hub;
  hub = undefined;
  await over?.close();
  if (!isStopping) {
    await start({ ...options, ...over?.address, isAgain: true });
  }
}

// Nobody may read what this process says any more.
process.stderr.on("error", () => {});
process.on("message", (command: HubCommand) => {
  if (command.type === "stop") {
    void stop();
  } else {
    starting = start(command);
  }
});

// Ctrl-C in a terminal goes to every process of the group; this one leaves when it is told to, or is an orphan.
process.on("SIGINT", () => {});
process.on("SIGTERM", () => {});
process.on("SIGHUP", () => {});
process.on("disconnect", orphaned);
if (!process.connected) {
  orphaned(); // Before this program was read.
}
