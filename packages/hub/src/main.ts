/** The hub's own process. It is told what to do by its first message, and ends when it is told or when it is alone and done. */
import { createHub, type Hub, type HubOptions } from "./hub.ts";

export type HubCommand = ({ readonly type: "start" } & HubOptions) | { readonly type: "stop" };

export type HubReport =
  | { readonly type: "ready"; readonly host: string; readonly port: number }
  | { readonly type: "drained" }
  /** The session's file was lost while it was recorded; `message` says what was done, `session` where recording goes on. */
  | { readonly type: "moved"; readonly session: string; readonly message: string }
  | { readonly type: "failed"; readonly code: string; readonly message: string };

let hub: Hub | undefined;
let isAlone = false;
let isDrained = false;

function report(message: HubReport): void {
  if (process.connected) {
    process.send?.(message);
  }
}

function exitIfDone(): void {
  if (isAlone && isDrained) {
    void stop();
  }
}

async function stop(): Promise<void> {
  await hub?.close();
  process.exit(0);
}

async function start(options: HubOptions): Promise<void> {
  isDrained = options.recording === undefined;
  try {
    hub = await createHub(options, {
      onDrained() {
        isDrained = true;
        report({ type: "drained" });
        exitIfDone();
      },
      onMoved({ file, message }) {
        report({ type: "moved", session: file, message });
        void goOnWith({ ...options, session: file });
      },
    });
    report({ type: "ready", ...hub.address });
  } catch (error) {
    const code = error instanceof Error && "code" in error ? String(error.code) : "UNKNOWN";
    report({ type: "failed", code, message: error instanceof Error ? error.message : String(error) });
    process.exit(1);
  }
}

/** Pages that were open find the next hub where this one was. */
async function goOnWith(options: HubOptions): Promise<void> {
  const address = hub?.address;
  await hub?.close();
  await start({ ...options, ...address });
}

process.on("message", (command: HubCommand) => {
  void (command.type === "stop" ? stop() : start(command));
});

// Ctrl-C in a terminal goes to every process of the group; this one leaves when it is told to, or has nothing left to do.
process.on("SIGINT", () => {});
process.on("SIGTERM", () => {});
process.on("disconnect", () => {
  isAlone = true;
  exitIfDone();
});
