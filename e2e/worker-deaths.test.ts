/** Apps and workers that are broken in the ways people break them, on the stand-in host: does the page say why? */
import { execFileSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Problems, Verdict } from "@inspector/contract/page";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { eventually } from "./eventually.ts";
import { askHub } from "./hub-api.ts";
import { startInspector, temporaryFolder } from "./inspector-process.ts";
import { compileGo, prepareWorker, whyMissing } from "./peers/toolchains.ts";

type Broken = {
  /** The function `hello`, which is called once the host is ready; without it the app has none. */
  readonly hello?: string;
  readonly hostJson?: Readonly<Record<string, unknown>>;
  /** In place of the worker's executable and file. */
  readonly command?: readonly [executable: string, file: string, ...options: string[]];
  readonly sentence: RegExp;
  readonly quote?: RegExp;
  readonly advice: RegExp;
};

const python = await prepareWorker("official-python");
const folder = temporaryFolder();
afterAll(() => folder.remove());

/** How many hosts run at a time. */
const AT_ONCE = 2;

/** The newest verdict on each, in the order in which they were given. */
async function verdictsOn(broken: Readonly<Record<string, Broken>>, language: string): Promise<Map<string, Verdict>> {
  const found = new Map<string, Verdict>();
  const waiting = Object.entries(broken);
  const lane = async (): Promise<void> => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      const [name, one] = next;
      found.set(name, await verdictOn(name.replaceAll(/\W+/gu, "-"), one, language));
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, lane));
  return found;
}

async function verdictOn(
  name: string,
  { hello, hostJson, command, sentence, quote = /(?:)/u }: Broken,
  language: string,
): Promise<Verdict> {
  const app = join(folder.path, name, "app");
  const worker = join(folder.path, name, "worker");
  mkdirSync(join(app, "hello"), { recursive: true });
  mkdirSync(worker);
  writeFileSync(join(app, "host.json"), JSON.stringify({ version: "2.0", ...hostJson }));
  if (hello !== undefined) {
    writeFileSync(join(app, "hello", "__init__.py"), hello);
    writeFileSync(join(app, "hello", "function.json"), FUNCTION_JSON);
  }
  const [defaultExecutablePath, defaultWorkerPath, ...options] = command ?? python.command ?? [];
  const description = { language, extensions: [".py"], defaultExecutablePath, defaultWorkerPath, arguments: options };
  writeFileSync(join(worker, "worker.config.json"), JSON.stringify({ description }));
  const ports = ["--http", "0", "--listen", "0", "--no-watch", "--no-open"];
  const inspector = await startInspector(["host", app, "--worker", worker, ...ports], folder.path);
  try {
    void fetch(`${inspector.http}/api/hello`).catch(() => {});
    // Before the end of the process and its last words are recorded, less is known: the last is shown if the right one does not come.
    let newest: Verdict | undefined;
    const found = await eventually(async () => {
      const { verdicts } = await askHub<Problems>(inspector, "GET", "/api/problems");
      newest = verdicts[0] ?? newest;
      return verdicts.find((verdict) => sentence.test(verdict.sentence) && quote.test(verdict.quote ?? ""));
    }).catch(() => newest);
    return found ?? { kind: "", stream: 0, sentence: "", step: "start", advice: "", evidence: [] };
  } finally {
    await inspector.stop();
  }
}

const FUNCTION_JSON = JSON.stringify({
  scriptFile: "__init__.py",
  bindings: [
    { type: "httpTrigger", direction: "in", name: "req", methods: ["get"], authLevel: "anonymous" },
    { type: "http", direction: "out", name: "$return" },
  ],
});

const IMPORTS = "import logging, os, signal, sys, time\nimport azure.functions as func\n";
const functionOf = (body: string): string =>
  `${IMPORTS}\ndef main(req: func.HttpRequest) -> func.HttpResponse:\n    logging.info("step 1")\n    ${body}\n`;

const PYTHON: Readonly<Record<string, Broken>> = {
  "a module that is not installed": {
    hello: `${IMPORTS}import requests_nope\n`,
    sentence:
      /never became ready: not one of its functions could be loaded: there is no Python module named requests_nope\.$/u,
    quote: /^ModuleNotFoundError: No module named 'requests_nope'/u,
    advice: /requirements\.txt/u,
  },
  "a file that cannot be parsed": {
    hello: "def main(:\n",
    sentence: /could be loaded: a file of the app cannot be parsed \(SyntaxError\)\.$/u,
    quote: /^SyntaxError: invalid syntax \(__init__\.py, line 1\)/u,
    advice: /^Correct the place/u,
  },
  "an exit while the app is imported": {
    hello: `${IMPORTS}sys.stderr.write("ORDERS_DB is not set\\n"); sys.stderr.flush(); os._exit(3)\n`,
    sentence: /^The python worker \w+ ended with exit code 3 before it had answered the loading of a function\.$/u,
    quote: /^ORDERS_DB is not set$/u,
    advice: /what the quote names/u,
  },
  "an exit with code 0 in an invocation": {
    hello: functionOf("os._exit(0)"),
    sentence:
      /exited with code 0 while 1 invocation was in flight \(hello\); after code 0 the host starts no other one\.$/u,
    advice: /os\._exit/u,
  },
  "a crash of the runtime": {
    hello: functionOf("import faulthandler; faulthandler.enable(); os.abort()"),
    sentence: /crashed with SIGABRT while 1 invocation was in flight \(hello\): a fatal error of its runtime\.$/u,
    quote: /^Fatal Python error: Aborted/u,
    advice: /native/u,
  },
  "a kill from outside": {
    hello: functionOf("os.kill(os.getpid(), signal.SIGKILL)"),
    sentence:
      /was killed by SIGKILL while 1 invocation was in flight \(hello\), by its host, by hand or by the system/u,
    advice: /OOMKilled/u,
  },
  "a function that runs for too long": {
    hello: functionOf("time.sleep(60)"),
    // Long enough for its first log, also where it gets little time.
    hostJson: { functionTimeout: "00:00:04" },
    sentence: /^The host ended the python worker: hello ran longer than functionTimeout \(4 s\)\.$/u,
    quote: /^step 1$/u,
    advice: /functionTimeout in host\.json/u,
  },
  "an app without functions": {
    sentence: /^The host has no functions: the python worker lists none itself, and there is no function\.json\.$/u,
    advice: /function_app\.py/u,
  },
  "a python that is not the worker's": {
    hello: functionOf("pass"),
    command: ["python3", python.command?.[1] ?? ""],
    sentence:
      /never reached the host: .* exit code 1, .*: the python that started it does not have the worker's own package azure_functions_worker\.$/u,
    quote: /^ModuleNotFoundError: No module named 'azure_functions_worker'/u,
    advice: /defaultExecutablePath/u,
  },
};

describe.skipIf(python.missing !== undefined)(`the verdict on the official Python worker${whyMissing(python)}`, () => {
  let verdicts: Map<string, Verdict>;
  beforeAll(async () => {
    verdicts = await verdictsOn(PYTHON, "python");
  });
  test.each(Object.entries(PYTHON))("with %s", (name, { sentence, quote, advice }) => {
    expectVerdict(verdicts.get(name), { sentence, quote, advice });
  });
});

const broken = join(folder.path, "broken.cjs");
const greedy = join(folder.path, "greedy.cjs");
writeFileSync(broken, 'require("express");\n');
const uncaught = join(folder.path, "Broken.java");
writeFileSync(
  uncaught,
  'public class Broken { public static void main(String[] args) { throw new IllegalStateException("no orders"); } }\n',
);
const panics = await buildGo('package main\n\nfunc main() { var orders map[string]int; orders["a"] = 1 }\n');
writeFileSync(greedy, "const all = [];\nfor (;;) all.push(Array(1e5).fill(0));\n");

const OTHERS: Readonly<Record<string, Broken>> = {
  "a Node.js package that is not installed": {
    command: [process.execPath, broken],
    sentence:
      /never reached the host: its process ended with exit code 1, .*: the package express is not installed\.$/u,
    quote: /^Error: Cannot find module 'express'/u,
    advice: /npm install/u,
  },
  "no memory left in Node.js": {
    command: [process.execPath, greedy, "--max-old-space-size=20"],
    sentence:
      /never reached the host: its process ended with (?:SIGABRT|exit code 134|SIGTRAP), .*: it ran out of memory\.$/u,
    quote: /^FATAL ERROR: .*JavaScript heap out of memory/u,
    advice: /--max-old-space-size/u,
  },
  "an executable that is not there": {
    command: ["no-such-runtime", broken],
    sentence:
      /could not be started: there is no command no-such-runtime \(defaultExecutablePath in worker\.config\.json\)\.$/u,
    advice: /PATH/u,
  },
  ...(hasJava() && {
    "a Java class that is not there": {
      command: ["java", broken] as const,
      sentence: /never reached the host: its process ended with exit code 1, .*: Java cannot load/u,
      advice: /jar/u,
    },
    "an uncaught exception in Java": {
      command: ["java", uncaught] as const,
      sentence: /never reached the host: its process ended with exit code 1, .*IllegalStateException.*\.$/u,
      quote: /^Exception in thread "main" java\.lang\.IllegalStateException: no orders/u,
      advice: /./u,
    },
  }),
  ...(panics !== undefined && {
    "a panic in Go": {
      command: [panics, broken] as const,
      sentence: /never reached the host: its process ended with exit code 2, .*panic.*\.$/u,
      quote: /^panic: assignment to entry in nil map/u,
      advice: /./u,
    },
  }),
};

describe("the verdict on a process", () => {
  let verdicts: Map<string, Verdict>;
  beforeAll(async () => {
    verdicts = await verdictsOn(OTHERS, "custom");
  });
  test.each(Object.entries(OTHERS))("with %s", (name, { sentence, quote, advice }) => {
    expectVerdict(verdicts.get(name), { sentence, quote, advice });
  });
});

function expectVerdict(
  verdict: Verdict | undefined,
  expected: Pick<Broken, "sentence" | "advice"> & { quote: RegExp | undefined },
): void {
  expect(verdict?.sentence).toMatch(expected.sentence);
  expect(verdict?.advice).toMatch(expected.advice);
  if (expected.quote !== undefined) {
    expect(verdict?.quote).toMatch(expected.quote);
  }
}

/** @returns the program; undefined where there is no Go */
async function buildGo(source: string): Promise<string | undefined> {
  const [file, program] = [join(folder.path, "panics.go"), join(folder.path, "panics")];
  writeFileSync(file, source);
  try {
    await compileGo(folder.path, file, program);
    return program;
  } catch {
    return undefined;
  }
}

function hasJava(): boolean {
  try {
    execFileSync("java", ["-version"], { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
}
