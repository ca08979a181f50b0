import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { programsOf, writeShims } from "./shims.ts";

let folder: string;
let built: URL;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "shims of ü "));
  mkdirSync(join(folder, "built"));
  writeFileSync(join(folder, "built", "shim.cjs"), "console.log(process.argv[1], ...process.argv.slice(2));");
  writeFileSync(join(folder, "built", "launch.py"), "");
  built = pathToFileURL(`${join(folder, "built")}/`);
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

function write(languages: readonly string[] = ["node", "java"]) {
  return writeShims({ journals: join(folder, "journals"), sessions: join(folder, "sessions") }, languages, built);
}

describe.skipIf(process.platform === "win32")("shims", () => {
  test("are programs named by their language, for their owner only", () => {
    const shims = write();
    const java = shims.executable("java");
    expect(execFileSync(java, ["--version"], { encoding: "utf8" })).toBe(`${java} --version\n`);
    expect(java.endsWith("/java")).toBe(true);
    expect(statSync(java).mode & 0o777).toBe(0o700);
    expect(statSync(shims.folder).mode & 0o777).toBe(0o700);
  });

  test("run apart from what the environment says to each Node, and get it under another name", () => {
    writeFileSync(
      join(folder, "built", "shim.cjs"),
      "console.log(JSON.stringify([process.env, process.execArgv, require('node:inspector').url()]));",
    );
    const options = `--inspect=0 --require ${join(folder, "missing.js")}`;
    const env = { NODE_OPTIONS: options, NODE_EXTRA_CA_CERTS: "a b", "with:colon": "é$" };
    const said = execFileSync(write().executable("node"), { encoding: "utf8", env });
    expect(JSON.parse(said)).toEqual([
      { NODE_OPTIONS_: options, NODE_EXTRA_CA_CERTS_: "a b", "with:colon": "é$" },
      [],
      null,
    ]);
  });

  test("stay as they are for the next run, and are others for another shim", () => {
    const first = write();
    const { mtimeMs } = statSync(first.executable("node"));
    expect(statSync(write().executable("node")).mtimeMs).toBe(mtimeMs);
    writeFileSync(join(folder, "built", "shim.cjs"), "");
    expect(write().folder).not.toBe(first.folder);
  });

  test("are put elsewhere where the state folder takes none", () => {
    writeFileSync(join(folder, "shims"), "a file in the folder's place");
    expect(write(["node"]).folder.startsWith(tmpdir())).toBe(true);
  });
});

describe("a shim's files", () => {
  const text = (...args: Parameters<typeof programsOf>): [string, string][] =>
    programsOf(...args).map(({ name, content }) => [name, content.toString()]);
  const shim = Buffer.from("shim");

  test("name their interpreter in the first line", () => {
    expect(text("go", shim, "#!/opt/node", "/opt/node", "linux")).toEqual([["go", "#!/opt/node\nshim"]]);
  });

  test("are a command and a script on Windows, whose folder may have any name", () => {
    expect(text("java", shim, "", "C:\\Program Files\\50%\\node.exe", "win32")).toEqual([
      ["java.cjs", "shim"],
      ["java.cmd", '@"C:\\Program Files\\50%%\\node.exe" "%~dp0java.cjs" %*\r\n'],
    ]);
  });
});
