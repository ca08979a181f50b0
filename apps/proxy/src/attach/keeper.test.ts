import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";

const PATIENCE = { timeout: 60_000 };

let root: string;
let children: ChildProcess[] = [];

beforeAll(async () => {
  root = mkdtempSync(join(tmpdir(), "keeper of ü "));
  await build({
    entryPoints: [fileURLToPath(new URL("keeper.ts", import.meta.url))],
    outfile: join(root, "keeper.mjs"),
    bundle: true,
    format: "esm",
    platform: "node",
    logLevel: "warning",
  });
});

afterEach(() => {
  for (const child of children) {
    child.kill("SIGKILL");
  }
  children = [];
});

afterAll(() => rmSync(root, { recursive: true, force: true }));

/** A process that waits, given this as a variable. */
function startWaiting(mark: string): ChildProcess {
  const child = spawn("sleep", ["1000"], { stdio: "ignore", env: { PATH: process.env["PATH"], MARK: mark } });
  children.push(child);
  return child;
}

/** A process that starts a keeper, does as `life` says, and waits to be killed. */
async function startKeeping(keeping: object, life: string): Promise<ChildProcess> {
  const program = join(root, `${Math.random()}.mjs`);
  writeFileSync(
    program,
    `import { startKeeper } from "./keeper.mjs";
    const keeper = startKeeper(${JSON.stringify(keeping)});
    ${life}
    console.log("kept");
    setInterval(() => {}, 1000);`,
  );
  const child = spawn(process.execPath, [program], { stdio: ["ignore", "pipe", "inherit"] });
  children.push(child);
  await once(child.stdout, "data");
  return child;
}

const endOf = (child: ChildProcess): string | number | null => child.signalCode ?? child.exitCode;

/** Whether a shell of ours still waits, for this folder. */
function isKept(folder: string): boolean {
  return readdirSync("/proc").some((name) => {
    try {
      return /^\d+$/u.test(name) && readFileSync(`/proc/${name}/cmdline`, "utf8").includes(`\0${folder}\0`);
    } catch {
      return false;
    }
  });
}

describe.skipIf(process.platform === "win32")("a process that is kept", () => {
  test("ends with the one that keeps it, by SIGKILL where it gets no time", async () => {
    const kept = startWaiting("");
    const keeping = await startKeeping({ seconds: 0 }, `keeper.watch(${kept.pid});`);
    keeping.kill("SIGKILL");
    await expect.poll(() => endOf(kept), PATIENCE).toBe("SIGKILL");
  });

  test.skipIf(process.platform !== "linux")(
    "ends by what stands in its environment where it was named to nobody, and files are put back",
    async () => {
      const folder = join(root, "run $(x) 'y'");
      const [copy, file] = [join(folder, "copy"), join(root, "changed")];
      mkdirSync(folder);
      writeFileSync(copy, "before");
      writeFileSync(file, "meanwhile");
      const kept = [startWaiting(folder), startWaiting(`${folder}/gate.sock`)];
      const other = startWaiting(join(root, "run"));
      const keeping = await startKeeping({ seconds: 1, folder, changed: [{ copy, file }] }, "");
      keeping.kill("SIGKILL");
      await expect.poll(() => kept.map(endOf), PATIENCE).toEqual(["SIGTERM", "SIGTERM"]);
      await expect.poll(() => existsSync(folder), PATIENCE).toBe(false);
      expect(readFileSync(file, "utf8")).toBe("before");
      expect(endOf(other)).toBeNull();
    },
  );

  test.skipIf(process.platform !== "linux").each([
    ["named", "keeper.watch(PID);"],
    ["named to nobody", ""],
  ])("is let be once it is released, %s", async (_, watch) => {
    const folder = join(root, `released ${watch.length}`);
    mkdirSync(folder);
    const kept = startWaiting(folder);
    const life = `${watch.replace("PID", String(kept.pid))} keeper.release();`;
    const keeping = await startKeeping({ seconds: 0, folder }, life);
    await expect.poll(() => isKept(folder), PATIENCE).toBe(false);
    keeping.kill("SIGKILL");
    await once(keeping, "exit");
    expect([existsSync(folder), endOf(kept)]).toEqual([true, null]);
  });
});
