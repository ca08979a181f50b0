/** The hub's own process. It is told what to do by its first message, and ends when it is told or when it is alone and done. */
import { reasonOf } from "@inspector/contract/inspector-error";
import { AwakeTimer } from "@inspector/relay/awake-timer";
import { createHub, type Hub, type HubOptions, type HubProgress } from "./hub.ts";

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
/** A hub without a relay that brings nothing into the session for so long leaves that to the next start. */
const ALONE_STALLED_MS = 30_000;

let hub: Hub | undefined;
/** Resolves when the hub that goes on with another session is there. */
let moving: Promise<void> | undefined;
let isStopping = false;
let isAlone = false;
let isTold = false;
let progress: HubProgress = { behind: 0, isDrained: false };
let willReport = false;
const stalled = new AwakeTimer(ALONE_STALLED_MS, () => process.exit(1));

function report(message: HubReport): void {
  if (process.connected) {
    process.send?.(message);
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
  if (isAlone && hasMoved) {
    stalled.start();
  }
  exitIfDone();
}

function exitIfDone(): void {
  if (isAlone && progress.isDrained) {
    void stop();
  }
}

async function stop(): Promise<void> {
  isStopping = true;
  await moving;
  await hub?.close();
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
        moving = goOnWith({ ...options, session: file });
      },
    });
    report({ type: "ready", ...hub.address });
  } catch (error) {
    const code = error instanceof Error && "code" in error ? String(error.code) : "UNKNOWN";
    report({ type: "failed", code, message: reasonOf(error) });
    process.exit(1);
  }
}

/** Pages that were open find the next hub where this one was. */
async function goOnWith(options: HubOptions): Promise<void> {
  const over = hub;
  hub = undefined;
  await over?.close();
  if (!isStopping) {
    await start({ ...options, ...over?.address });
  }
}

// Nobody may read what this process says any more.
process.stderr.on("error", () => {});
process.on("message", (command: HubCommand) => {
  isTold = true;
  void (command.type === "stop" ? stop() : start(command));
});

// Ctrl-C in a terminal goes to every process of the group; this one leaves when it is told to, or has nothing left to do.
process.on("SIGINT", () => {});
process.on("SIGTERM", () => {});
process.on("SIGHUP", () => {});
process.on("disconnect", () => {
  if (!isTold) {
    process.exit(0); // Killed before it could say of what this is the hub.
  }
  isAlone = true;
  stalled.start();
  exitIfDone();
});
