import { parseArguments, type WorkerArguments } from "./arguments.ts";
import { type Channel, openChannel } from "./channel.ts";
import { consoleLog } from "./console-log.ts";
import { ensureError } from "./failures.ts";
import { supplyModule } from "./module-hook.ts";
import { Worker } from "./worker.ts";
import { formatWorkerError, WorkerError } from "./worker-error.ts";

/** How long the last messages may take to reach the host, in ms; it kills workers that linger. */
const LAST_WORDS_MS = 2000;

function main(): void {
  let started: WorkerArguments;
  try {
    started = parseArguments(process.argv.slice(2));
  } catch (error) {
    if (!(error instanceof WorkerError)) {
      throw error;
    }
    console.error(formatWorkerError(error));
    process.exit(1);
  }
  run(started);
}

function run(options: WorkerArguments): void {
  const { target, workerId, requestId } = options;
  let isLeaving = false;
  const leave = (code: number, graceMilliseconds: number) => {
    isLeaving = true;
    void finish(channel, graceMilliseconds).then(() => process.exit(code));
  };
  const channel = openChannel(options, (bytes) => void worker.handle(bytes));
  const worker = new Worker({
    workerId,
    channel,
    onTerminated: (graceMilliseconds) => leave(0, graceMilliseconds),
  });
  supplyModule("@azure/functions-core", worker.coreModule);

  process.on("exit", (code) => consoleLog("information", `Worker ${workerId} exited with code ${code}`));
  // Rejections that nobody handles arrive here too.
  process.on("uncaughtException", (thrown) => {
    const { stack, message } = ensureError(thrown);
    const text = `Worker ${workerId} had an uncaught exception: ${stack ?? message}`;
    consoleLog("error", text);
    worker.log("error", "system", text);
    leave(1, LAST_WORDS_MS);
  });
  void channel.ended.then(({ code, details }) => {
    if (isLeaving) {
      return;
    }
    if (code === 0) {
      process.exit(0);
    }
    consoleLog("error", `Worker ${workerId} lost the event stream to its host at ${target}: ${code} ${details}`);
    process.exit(1);
  });

  consoleLog("information", `Worker ${workerId} connecting to ${target}`);
  channel.send({ case: "startStream", value: { workerId } }, requestId);
}

/** Resolves when the last log has reached the host: it is the host's end of the stream that says so. */
async function finish(channel: Channel, graceMilliseconds: number): Promise<void> {
  await within(Math.max(graceMilliseconds, LAST_WORDS_MS), channel.flush());
  channel.end();
  await within(LAST_WORDS_MS, channel.ended);
}

async function within(milliseconds: number, promise: Promise<unknown>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise((resolve) => {
    timer = setTimeout(resolve, milliseconds);
  });
  await Promise.race([promise, late]);
  clearTimeout(timer);
}

main();
