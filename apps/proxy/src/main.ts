/** The `inspector` command. */
import { InspectorError, reasonOf } from "@inspector/contract/inspector-error";
import { ownValue } from "@inspector/contract/own-value";
import { helpFor } from "./commands/help.ts";
import { complain, endWithReader, outliveReader, print, say } from "./output.ts";
import { VERSION } from "./version.ts";

/** Runs until the command is done; the result is its exit code. */
type Command = (args: readonly string[]) => Promise<number>;

const COMMANDS: Readonly<Record<string, () => Promise<Command>>> = {
  run: async () => (await import("./commands/run.ts")).run,
  env: async () => (await import("./commands/env.ts")).env,
  demo: async () => (await import("./commands/demo.ts")).demo,
  host: async () => (await import("./commands/host.ts")).host,
  open: async () => (await import("./commands/open.ts")).open,
  sessions: async () => (await import("./commands/sessions.ts")).sessions,
  tail: async () => (await import("./commands/tail.ts")).tail,
  export: async () => (await import("./commands/export.ts")).exportSession,
  replay: async () => (await import("./commands/replay.ts")).replay,
  check: async () => (await import("./commands/check.ts")).check,
};

/** Where 1 means that something was found, what could not be done is told by another code. */
const FAILURE_CODES: Readonly<Record<string, number>> = { check: 2 };

async function start(args: readonly string[]): Promise<number> {
  const [first = "", ...rest] = args;
  const name = first.startsWith("-") ? "" : first;
  // Behind -- stands another program's command line.
  const own = args.slice(0, args.includes("--") ? args.indexOf("--") : args.length);
  if (own.includes("--help") || own.includes("-h") || first === "help" || args.length === 0) {
    const topic = first === "help" ? (rest.find((arg) => !arg.startsWith("-")) ?? "") : name;
    print(helpFor(topic) ?? unknownCommand(topic));
    return 0;
  }
  if (first === "--version" || first === "-v") {
    print(`${VERSION}\n`);
    return 0;
  }
  if (name === "" && args.includes("--attach")) {
    return await (await import("./commands/attach.ts")).attach(args);
  }
  if (name === "") {
    return await (await import("./commands/record.ts")).record(args);
  }
  const load = ownValue(COMMANDS, name) ?? unknownCommand(name);
  return await (await load())(rest);
}

/** Whether somebody relies on the command for as long as it runs: a host and a worker, or a page. */
function isDependedOn([first = ""]: readonly string[]): boolean {
  return first.startsWith("-") || ["demo", "host", "open", "run"].includes(first);
}

function unknownCommand(name: string): never {
  throw new InspectorError("unknown-command", `There is no command ${JSON.stringify(name)}`, {
    hint: `Commands are ${Object.keys(COMMANDS).join(", ")}; to record, give --listen and --upstream.`,
  });
}

/** Says what went wrong and what to do, on stderr: one line each. */
function explain(error: unknown): void {
  say(reasonOf(error));
  if (!(error instanceof Error)) {
    return;
  }
  if ("hint" in error && typeof error.hint === "string") {
    complain(`  ${error.hint}\n`);
  }
  // What the system refused is no fault of the program, and where it happened tells nobody anything.
  if (!("hint" in error || "syscall" in error)) {
    complain(`${error.stack}\n`);
  }
}

const args = process.argv.slice(2);
const failureCode = ownValue(FAILURE_CODES, args[0] ?? "") ?? 1;
if (isDependedOn(args)) {
  outliveReader();
} else {
  endWithReader(failureCode);
}
try {
  process.exit(await start(args));
} catch (error) {
  explain(error);
  process.exit(failureCode);
}
