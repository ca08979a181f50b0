/** Makes the scripted peers ready to run, once: what was built is kept beside the sources until they change. */
import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdirSync, readdirSync, readFileSync, rmSync, statSync, utimes, writeFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath, pathToFileURL } from "node:url";
import { promisify } from "node:util";

export type Stack = "python" | "go" | "java" | "node";

/** Workers of the Functions project itself, which need a host that means what it says. */
export type OfficialWorker = "official-python";

/** An OpenTelemetry Collector. */
export type Collector = "collector";

export const STACKS: readonly Stack[] = ["node", "python", "go", "java"];

/** A command line up to the peer's own arguments, or why there is none. */
export type Toolchain = { readonly stack: Stack } & Prepared;

export type Prepared =
  | { readonly command: readonly string[]; readonly missing?: undefined }
  | { readonly command?: undefined; readonly missing: string };

/** What is added to the title of a test that is skipped where this is not there: why, in brackets. */
export function whyMissing({ missing }: Prepared): string {
  return missing === undefined ? "" : ` (${missing})`;
}

const MAVEN_DEPENDENCY_PLUGIN = "org.apache.maven.plugins:maven-dependency-plugin:3.9.0";
/** Of a JVM that ends before it would gain from being optimized. */
const SHORT_LIVED = ["-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC"];
const IS_WINDOWS = process.platform === "win32";
/** Long enough to download everything on a slow line, and to build a Collector on a machine with more to do. */
const BUILD_TIMEOUT_MS = 600_000;
const GO_LOCK = fileURLToPath(new URL(".go-lock", import.meta.url));
/** How often whoever builds says so, and how long nobody says so where that one was killed. */
const TOUCH_MS = 5_000;
const ABANDONED_MS = 120_000;

/**
 * The peer of a stack, built where it has changed. Not there are peers whose tools are not installed, or whose libraries
 * cannot be had from their registry.
 * @throws {Error} where everything is there but the peer does not compile
 */
export async function prepare(stack: Stack): Promise<Toolchain> {
  if (stack === "node") {
    return { stack, command: [process.execPath, join(folderOf(stack), "peer.mjs")] };
  }
  return { stack, ...(await build(stack)) };
}

/** A worker's command line up to the host's own arguments; as {@link prepare}. */
export async function prepareWorker(worker: OfficialWorker): Promise<Prepared> {
  return await build(worker);
}

/** As {@link prepare}. */
export async function prepareCollector(): Promise<Prepared> {
  return await build("collector");
}

/** The small language worker of a stack as a file: a jar, or a program. As {@link prepare}. */
export async function prepareFunctionsWorker(stack: "go" | "java"): Promise<Prepared> {
  const { missing } = await build(stack);
  const file = stack === "java" ? functionsJarOf(folderOf(stack)) : binaryOf(folderOf(stack));
  return missing === undefined ? { command: [file] } : { missing };
}

function functionsJarOf(folder: string): string {
  return join(folder, "target", "functions-worker.jar");
}

/** Lines of a manifest hold 72 bytes; a blank goes on with the one before. */
function manifestOf(classpath: string): string {
  const urls = classpath.split(delimiter).map((file) => pathToFileURL(file).href);
  const line = `Class-Path: ${urls.join(" ")}`;
  return `Main-Class: FunctionsWorker\n${line.match(/.{1,70}/gu)?.join("\n ")}\n`;
}

async function build(name: keyof typeof BUILDERS): Promise<Prepared> {
  const folder = folderOf(name);
  const builder = BUILDERS[name];
  const output = join(folder, builder.output);
  const missing = await whileLocked(join(folder, ".lock"), async () => {
    const stamp = stampOf(folder);
    if (read(join(output, "stamp")) === stamp) {
      return undefined;
    }
    rmSync(output, { recursive: true, force: true });
    const reason = await builder.build(folder);
    if (reason === undefined) {
      writeFileSync(join(output, "stamp"), stamp);
    }
    return reason;
  });
  return missing === undefined ? { command: builder.command(folder) } : { missing };
}

function folderOf(name: Stack | OfficialWorker | Collector): string {
  return fileURLToPath(new URL(name, import.meta.url));
}

type Builder = {
  readonly output: string;
  /** The reason where something that is not ours is missing. */
  readonly build: (folder: string) => Promise<string | undefined>;
  readonly command: (folder: string) => readonly string[];
};

const BUILDERS: Readonly<Record<Exclude<Stack, "node"> | OfficialWorker | Collector, Builder>> = {
  python: {
    output: ".venv",
    build: (cwd) => installPython(cwd),
    command: (folder) => [pythonOf(folder), join(folder, "peer.py")],
  },
  "official-python": {
    output: ".venv",
    // What cannot be loaded is for another Python than that of this machine.
    build: async (cwd) =>
      (await installPython(cwd, "--no-deps")) ?? (await attempt(cwd, pythonOf(cwd), "-c", "import worker")),
    command: (folder) => [pythonOf(folder), join(folder, "worker.py")],
  },
  go: { output: "bin", build: buildGo, command: (folder) => [binaryOf(folder)] },
  collector: { output: "bin", build: buildGo, command: (folder) => [binaryOf(folder)] },
  java: {
    output: "target",
    async build(cwd) {
      const output = "-Dmdep.outputFile=target/classpath";
      const maven = IS_WINDOWS ? "mvn.cmd" : "mvn";
      const missing =
        (await attempt(cwd, "javac", "-version")) ??
        (await attempt(cwd, maven, "-q", "-B", `${MAVEN_DEPENDENCY_PLUGIN}:build-classpath`, output));
      if (missing !== undefined) {
        return missing;
      }
      const sources = readdirSync(join(cwd, "src")).map((name) => join("src", name));
      await run(cwd, "javac", "-cp", classpathOf(cwd), "-d", "target/classes", ...sources);
      writeFileSync(join(cwd, "target", "manifest"), manifestOf(classpathOf(cwd)));
      await run(cwd, "jar", "cfm", functionsJarOf(cwd), join(cwd, "target", "manifest"), "-C", "target/classes", ".");
      return undefined;
    },
    command: (folder) => [
      "java",
      ...SHORT_LIVED,
      "-cp",
      `${join(folder, "target", "classes")}${delimiter}${classpathOf(folder)}`,
      "Peer",
    ],
  },
};

/**
 * Builds a program in Go. All are built alike, so that what they share is compiled once, and not optimized, which takes the compiler longer than
 * it saves the program. @param source a file, or "." for the module in the folder
 */
export async function compileGo(cwd: string, source: string, program: string): Promise<void> {
  const build = ["build", "-gcflags=all=-N -l -dwarf=false", "-ldflags=-s -w", "-o", program, source];
  await whileLocked(GO_LOCK, () => run(cwd, "go", ...build));
}

async function buildGo(cwd: string): Promise<string | undefined> {
  const missing = await attempt(cwd, "go", "list", "-deps", ".");
  if (missing === undefined) {
    await compileGo(cwd, ".", binaryOf(cwd));
  }
  return missing;
}

async function installPython(cwd: string, ...options: readonly string[]): Promise<string | undefined> {
  const python = IS_WINDOWS ? "python" : "python3";
  const install = [pythonOf(cwd), "-m", "pip", "install", "--quiet", ...options, "-r", "requirements.txt"] as const;
  return (await attempt(cwd, python, "-m", "venv", ".venv")) ?? (await attempt(cwd, ...install));
}

function pythonOf(folder: string): string {
  return join(folder, ".venv", IS_WINDOWS ? "Scripts/python.exe" : "bin/python");
}

function binaryOf(folder: string): string {
  return join(folder, "bin", IS_WINDOWS ? "peer.exe" : "peer");
}

function classpathOf(folder: string): string {
  return readFileSync(join(folder, "target", "classpath"), "utf8").trim();
}

async function run(cwd: string, command: string, ...args: readonly string[]): Promise<void> {
  // A Go older than go.mod asks for would download another one, and one with C would need its compiler.
  const env = { ...process.env, GOTOOLCHAIN: "local", CGO_ENABLED: "0" };
  const options = { cwd, env, timeout: BUILD_TIMEOUT_MS, maxBuffer: Number.POSITIVE_INFINITY };
  await promisify(execFile)(command, args, { ...options, shell: command.endsWith(".cmd") });
}

/** Runs a step that needs what may not be there; the reason where it is not. */
async function attempt(cwd: string, command: string, ...args: readonly string[]): Promise<string | undefined> {
  try {
    await run(cwd, command, ...args);
    return undefined;
  } catch (error) {
    const text = error instanceof Error ? error.message : String(error);
    if (text.includes("ENOENT")) {
      return `${command} is not installed`;
    }
    return text.split("\n").slice(0, 3).join(" ").trim();
  }
}

/** Changes with the files of a peer's folder, and with the versions they pin. */
function stampOf(folder: string): string {
  const hash = createHash("sha256");
  const files = readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile() && !/[\\/](\.venv|__pycache__|bin|target)([\\/]|$)/u.test(entry.parentPath))
    .map((entry) => join(entry.parentPath, entry.name));
  for (const file of files.sort()) {
    hash.update(file).update(readFileSync(file));
  }
  return hash.digest("hex");
}

function read(file: string): string | undefined {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return undefined;
  }
}

/** One builder at a time, over all processes of a test run. */
async function whileLocked<Result>(lock: string, build: () => Promise<Result>): Promise<Result> {
  for (;;) {
    try {
      mkdirSync(lock);
      break;
    } catch {
      // One that was killed leaves its lock behind; one that builds touches it, however long that takes.
      const since = statSync(lock, { throwIfNoEntry: false })?.mtimeMs ?? Date.now();
      if (Date.now() - since > ABANDONED_MS) {
        rmSync(lock, { recursive: true, force: true });
      }
      await sleep(100);
    }
  }
  const touching = setInterval(() => utimes(lock, new Date(), new Date(), () => {}), TOUCH_MS);
  try {
    return await build();
  } finally {
    clearInterval(touching);
    rmSync(lock, { recursive: true, force: true });
  }
}
