/**
 * Stands in a language worker's place: asks `run` for a relay to the host, starts the real worker with that in place of the host's
 * address, and is what the host takes for the worker from then on. Nothing of the stream passes here. Where `run` is not there, the
 * worker is started as it would have been without us.
 *
 * This is bundled into one file without dependencies, which hosts start once for every worker: it loads as little as it can.
 */
import { type ChildProcess, type StdioOptions, spawn } from "node:child_process";
import { closeSync, readlinkSync } from "node:fs";
import { type Ending, endAs, passSignalsOn } from "../ending.ts";
import { CUSTOM } from "../handler-app.ts";
import { harmlessVariables } from "../harmless-variables.ts";
import { startKeeper } from "../keeper.ts";
import { givenEnvironment } from "../own-node.ts";
import { parseWorkerArguments, rewriteWorkerArguments } from "../worker-arguments.ts";
import { type Call, readCall, withHandlerPort } from "./call.ts";
import { Lifeline, type Route } from "./lifeline.ts";
import { OutputCopy, openPipe } from "./output.ts";

/** What a worker gets to end by itself when the recording is over. */
const END_LIMIT_MS = 500;
/** As shells say that a program is not there. */
const NOT_FOUND = 127;

let worker: ChildProcess | undefined;

async function main(): Promise<void> {
  const call = readCall(process.argv[1] ?? "", process.argv.slice(2), givenEnvironment(process.env), process.cwd());
  passSignalsOn(
    () => worker,
    (signal) => endAs({ code: null, signal }),
  );
  freeDebuggerPort();
  const { executable } = call;
  if (executable === undefined) {
    say(
      call.language === CUSTOM
        ? "it is not known what runs this custom handler: name it in host.json, as customHandler.description.defaultExecutablePath"
        : `it is not known what runs a worker of the language ${call.language}: name it in its worker.config.json`,
    );
    process.exit(NOT_FOUND);
  }
  if (call.handler === undefined && parseWorkerArguments(call.args) === undefined) {
    await stepAside(executable, call);
    return;
  }
  if (call.settings === undefined) {
    say("this worker is not recorded: it was started without the settings of `inspector run` or `inspector env`");
    await stepAside(executable, call);
    return;
  }
  const lifeline = new Lifeline(call.settings.socket);
  const answer = await lifeline.ask({
    type: "hello",
    language: call.language,
    args: call.args,
    handler: call.handler,
    cwd: process.cwd(),
    pid: process.pid,
    parent: process.ppid,
    network: networkOf(),
    variables: harmlessVariables(call.environment),
  });
  if ("reason" in answer) {
    say(`this worker is not recorded: the inspector cannot be reached (${answer.reason})`);
    await stepAside(executable, call);
    return;
  }
  await runRecorded(executable, call, lifeline, answer);
}

/** Runs the program as if we were not there. */
async function stepAside(executable: string, { args, environment }: Call): Promise<void> {
  const keeper = startKeeper({ seconds: 0 });
  worker = spawn(executable, args, { stdio: "inherit", env: { ...environment } });
  if (worker.pid !== undefined) {
    keeper.watch(worker.pid);
  }
  const ending = await endOf(worker, executable);
  keeper.release();
  endAs(ending);
}

async function runRecorded(executable: string, call: Call, lifeline: Lifeline, { relay, pipes }: Route): Promise<void> {
  const isHandler = call.handler !== undefined;
  const args = isHandler ? call.args : rewriteWorkerArguments(call.args, relay);
  const environment = isHandler ? withHandlerPort(call.environment, relay.port) : call.environment;
  const opened = pipes?.map(openPipe) ?? [];
  const [stdout, stderr] = opened.map((pipe) => pipe?.forWorker ?? ("pipe" as const));
  const stdio: StdioOptions = ["inherit", stdout ?? "pipe", stderr ?? "pipe"];
  const child = spawn(executable, args, { stdio, env: { ...environment }, windowsHide: true });
  worker = child;
  if (child.pid !== undefined) {
    lifeline.started(child.pid, [executable, ...args]);
  }
  for (const pipe of opened) {
    if (pipe !== undefined) {
      closeSync(pipe.forWorker);
    }
  }
  const sources = [
    { stream: "stdout", source: opened[0]?.source ?? child.stdout },
    { stream: "stderr", source: opened[1]?.source ?? child.stderr },
  ] as const;
  const copies = sources.flatMap(({ stream, source }) =>
    source === null ? [] : [new OutputCopy(source, process[stream], (chunk) => lifeline.output(stream, chunk))],
  );
  const host = process.ppid;
  let hostEnded: Promise<void> | undefined;
  lifeline.whenEnded((isOrderly) => {
    endWorker(child);
    if (!isOrderly && call.settings?.hasCommand === true) {
      hostEnded = endHost(host);
    }
  });
  const { failure, ...ending } = await endOf(child, executable);
  await Promise.all(copies.map((copy) => copy.finish()));
  await lifeline.exited({ type: "exited", ...ending, ...(failure !== undefined && { failure }) });
  await hostEnded;
  endAs(ending);
}

function endOf(child: ChildProcess, executable: string): Promise<Ending & { readonly failure?: string }> {
  return new Promise((resolve) => {
    child.once("exit", (code, signal) => resolve({ code, signal }));
    child.once("error", (error: NodeJS.ErrnoException) => {
      if (child.pid === undefined) {
        const failure = `${executable} could not be started: ${error.code === "ENOENT" ? "there is no such program" : error.message}`;
        say(failure);
        resolve({ code: NOT_FOUND, signal: null, failure });
      }
    });
  });
}

function endWorker(child: ChildProcess): void {
  child.kill("SIGTERM");
  setTimeout(() => child.kill("SIGKILL"), END_LIMIT_MS);
}

/** Who ran the command is gone: hosts below it go, too, as they would with a terminal. */
async function endHost(host: number): Promise<void> {
  const send = (signal: NodeJS.Signals): void => {
    if (host > 1 && process.ppid === host) {
      process.kill(host, signal);
    }
  };
  send("SIGTERM");
  await new Promise((resolve) => setTimeout(resolve, END_LIMIT_MS));
  send("SIGKILL");
}

/** Where NODE_OPTIONS reaches this process, too, it may have made it listen for a debugger, where the worker is to. */
function freeDebuggerPort(): void {
  if (/--inspect/u.test(`${process.env["NODE_OPTIONS"]}${process.execArgv.join(" ")}`)) {
    process.getBuiltinModule("node:inspector").close();
  }
}

/** Linux names the network namespace of a process. */
function networkOf(): string | undefined {
  try {
    return readlinkSync("/proc/self/ns/net");
  } catch {
    return undefined;
  }
}

/** On stderr: hosts take what workers say on stdout for messages to themselves. */
function say(line: string): void {
  process.stderr.write(`inspector: ${line}\n`);
}

void main();
