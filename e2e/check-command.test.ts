/** `inspector check` as a build runs it, and the workflow of docs/ci.md. */
import { execFile, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { closeSync, existsSync, openSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Database } from "@inspector/session/database";
import { APPLICATION_ID, SCHEMA_VERSION } from "@inspector/session/schema";
import { writeScene } from "@inspector/session/testing/scene";
import { DatabaseSync } from "@photostructure/sqlite";
import { afterAll, describe, expect, test } from "vitest";
import { parse } from "yaml";
import { COMMAND, temporaryFolder } from "./inspector-process.ts";

const GUIDE = readFileSync(new URL("../docs/ci.md", import.meta.url), "utf8");
const folder = temporaryFolder();
afterAll(() => folder.remove());

const HEALTHY = `
  at      from    message                 values
  1 ms    worker  start_stream            worker=w1
  2 ms    host    worker_init_request
  4 ms    worker  worker_init_response    runtime=node capabilities={"HandlesWorkerTerminateMessage":"true"}
  6 ms    host    function_load_request   function=hello
  9 ms    worker  function_load_response  function=hello
  10 ms   host    invocation_request      id=i1 function=hello json={"traceContext":{"traceParent":"00-0-0-00"}}
  12 ms   worker  invocation_response     id=i1 status=Success
  60 min  host    worker_terminate
  60 min  relay   lost`;
const UNDECLARED = HEALTHY.replace(/capabilities=\S+/u, "");
const NOT_LOADED = HEALTHY.replace(/ {2}10 ms[\s\S]*12 ms.*\n/u, "").replace(
  "load_response  function=hello",
  'load_response  function=hello status=Failure exception="no module named app"',
);

function session(name: string, table: string): string {
  const path = join(folder.path, `${name}.inspector`);
  if (!existsSync(path)) {
    const database = new DatabaseSync(path);
    writeScene(database as unknown as Database, table);
    database.exec(`PRAGMA application_id = ${APPLICATION_ID}; PRAGMA user_version = ${SCHEMA_VERSION};
      INSERT INTO session (key, value) VALUES ('id', '${name}'), ('started_at', '0'), ('version', '0')`);
    database.close();
  }
  return path;
}

type Ran = { readonly code: number; readonly stdout: string; readonly stderr: string };

function check(args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<Ran> {
  return new Promise((resolve) => {
    const options = { env: { ...process.env, GITHUB_STEP_SUMMARY: "", XDG_STATE_HOME: folder.path, ...env } };
    const child = execFile(process.execPath, [COMMAND, "check", ...args], options, (_, stdout, stderr) => {
      resolve({ code: child.exitCode ?? -1, stdout, stderr });
    });
  });
}

describe("inspector check", () => {
  test("passes a session without problems", async () => {
    const { code, stdout, stderr } = await check([session("healthy", HEALTHY), "--fail-on", "warning"]);
    expect(stdout).toBe("0 errors, 0 warnings, 0 notes\n");
    expect([code, stderr]).toEqual([0, ""]);
  });

  test("fails one with an error, and says what it is", async () => {
    const { code, stdout } = await check([session("not-loaded", NOT_LOADED)]);
    expect(stdout).toMatch(/^error {2}\S+ {2}.*hello/mu);
    expect(stdout).toContain("| no module named app");
    expect(code).toBe(1);
  });

  test("fails on warnings only where that is asked for", async () => {
    const file = session("undeclared", UNDECLARED);
    const lenient = await check([file, "--format", "json"]);
    expect(JSON.parse(lenient.stdout)).toMatchObject({ isFailed: false, failOn: "error" });
    expect(JSON.parse(lenient.stdout).problems.map(({ severity }: { severity: string }) => severity)).toEqual([
      "warning",
    ]);
    expect(lenient.code).toBe(0);
    const strict = await check([file, "--format", "json", "--fail-on", "warning"]);
    expect(JSON.parse(strict.stdout)).toMatchObject({ isFailed: true, failOn: "warning" });
    expect(strict.code).toBe(1);
  });

  test("writes a report where it is told to, and says the totals", async () => {
    const report = join(folder.path, "check.xml");
    const { code, stdout } = await check([session("not-loaded", NOT_LOADED), "--format", "junit", "--output", report]);
    expect(readFileSync(report, "utf8")).toMatch(/<failure message="[^"]*hello/u);
    expect(stdout).toBe("1 worker died or never became ready, 1 error, 0 warnings, 0 notes\n");
    expect(code).toBe(1);
  });

  test("annotates, and adds to the step's summary what other steps have written there", async () => {
    const summary = join(folder.path, "summary.md");
    writeFileSync(summary, "of a step before\n");
    const ran = await check([session("not-loaded", NOT_LOADED), "--format", "github"], {
      GITHUB_STEP_SUMMARY: summary,
    });
    expect(ran.stdout).toMatch(/^::error title=inspector%3A verdict::.*\n::error .*::hello failed to load/u);
    expect(readFileSync(summary, "utf8")).toMatch(/^of a step before\n## ❌ inspector check\n/u);
    const alone = await check([session("not-loaded", NOT_LOADED), "--format", "github"]);
    expect(alone.stdout).toContain("| no module named app");
    expect(alone.stderr).toContain("GITHUB_STEP_SUMMARY is not set");
    expect([ran.code, alone.code]).toEqual([1, 1]);
  });

  test.skipIf(process.platform !== "linux")(
    "says that its report cannot be written, by another code than for what it found",
    () => {
      const full = openSync("/dev/full", "w");
      const args = [COMMAND, "check", session("not-loaded", NOT_LOADED)];
      const { status, stderr } = spawnSync(process.execPath, args, {
        stdio: ["ignore", full, "pipe"],
        encoding: "utf8",
      });
      closeSync(full);
      expect(status).toBe(2);
      expect(stderr).toContain("standard output cannot be written: ENOSPC");
    },
  );

  test("keeps its exit code where nobody reads on", async () => {
    const args = [COMMAND, "check", session("not-loaded", NOT_LOADED)];
    const child = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "inherit"] });
    child.stdout.destroy();
    const [code] = await once(child, "exit");
    expect(code).toBe(1);
  });

  test.each([
    [["x", "--format", "csv"], /--format csv is not known/u, /text, json, junit, github/u],
    [["x", "--fail-on", "info"], /--fail-on info is not known/u, /error fails on errors/u],
    [["x", "--fail-on", "toString"], /--fail-on toString is not known/u, /error fails/u],
    [["x", "--nonsense"], /Unknown option '--nonsense'/u, /check --help/u],
    [["a", "b"], /Unexpected argument 'b'/u, /check --help/u],
    [[join(folder.path, "none.inspector")], /does not exist/u, /lists the sessions/u],
    [[COMMAND], /is not a session/u, /./u],
  ])("%j cannot be checked, which is another code than a check that fails", async (args, message, hint) => {
    const { code, stdout, stderr } = await check(args);
    const [first = "", ...rest] = stderr.trimEnd().split("\n");
    expect(first).toMatch(message);
    expect(rest.join("\n")).toMatch(hint);
    expect(stderr).not.toMatch(/^\s+at /mu);
    expect([code, stdout]).toEqual([2, ""]);
  });

  test("does not pass a recording in which nothing was said", async () => {
    const { code, stderr } = await check([session("empty", "")]);
    expect(stderr).toMatch(/holds no message, so there is nothing to check\n {2}Did a host run/u);
    expect(code).toBe(2);
  });
});

describe("the workflow of docs/ci.md", () => {
  type Step = { readonly run?: string; readonly uses?: string; readonly if?: string };
  const blocks = [...GUIDE.matchAll(/```yaml\n([\s\S]*?)```/gu)].map(([, text = ""]) => text);
  const workflow = parse(blocks[0] ?? "", { uniqueKeys: true });
  const steps: readonly Step[] = workflow.jobs.test.steps;

  test("is YAML whose jobs have a machine and whose steps do one thing each", () => {
    expect(Object.keys(workflow)).toEqual(["name", "on", "jobs"]);
    expect(workflow.jobs.test["runs-on"]).toBe("ubuntu-latest");
    const extra: readonly Step[] = blocks.slice(1).flatMap((text) => parse(text));
    for (const step of [...steps, ...extra]) {
      expect([step.run, step.uses].filter((one) => one !== undefined)).toHaveLength(1);
      expect(step.uses ?? "actions/checkout@v4").toMatch(/^actions\/[a-z-]+@v\d+$/u);
    }
    expect(extra).toHaveLength(1);
  });

  test("records with a command and options that there are, and checks the same file, also after failed tests", async () => {
    const typed = steps.flatMap(({ run = "" }) => run.split("\n")).filter((line) => line.startsWith("inspector "));
    expect(typed.map((line) => line.split(" ")[1])).toEqual(["run", "check"]);
    for (const line of typed) {
      const [own = ""] = line.split(" -- ");
      const { stdout } = spawnSync(process.execPath, [COMMAND, own.split(" ")[1] ?? "", "--help"], {
        encoding: "utf8",
      });
      for (const option of own.match(/--[a-z-]+/gu) ?? []) {
        expect(stdout).toContain(`  ${option} `);
      }
    }
    const [recorded, checked] = typed.map((line) => /\S+\.inspector/u.exec(line)?.[0]);
    expect(checked).toBe(recorded);
    expect(steps.find(({ run }) => run?.startsWith("inspector check"))?.if).toContain("!cancelled()");
    const [, , ...args] = (typed[1] ?? "").split(" ");
    const { code } = await check(args.map((arg) => (arg === checked ? session("not-loaded", NOT_LOADED) : arg)));
    expect(code).toBe(1);
  });

  test("installs the file that `npm run package` makes", () => {
    const { version } = JSON.parse(readFileSync(new URL("../apps/proxy/package.json", import.meta.url), "utf8"));
    expect(steps.some(({ run }) => run === `npm install --global ./tools/inspector-${version}.tgz`)).toBe(true);
  });
});
