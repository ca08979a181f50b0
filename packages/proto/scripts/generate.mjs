// Generates src/gen from schema/*.proto. With --check it writes nothing and fails where the committed code differs.
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join, sep } from "node:path";
import { fileURLToPath } from "node:url";
import { writeDescriptions } from "./descriptions.mjs";

const folder = dirname(dirname(fileURLToPath(import.meta.url)));
const committed = join(folder, "src", "gen");

const { resolve } = createRequire(import.meta.url);
const buf = join(dirname(resolve("@bufbuild/buf/package.json")), "bin", "buf");
const plugin = join(dirname(resolve("@bufbuild/protoc-gen-es/package.json")), "bin", "protoc-gen-es");

/** Starts buf through node by its file, which is the same on every platform. */
function runBuf(...args) {
  const run = spawnSync(process.execPath, [buf, ...args], { cwd: folder });
  if (run.status !== 0) {
    throw new Error(`buf ${args[0]} failed:\n${run.stdout}${run.stderr}${run.error ?? ""}`);
  }
  return run.stdout;
}

/** Runs buf with the local plugin; needs no network. Enums become objects, since the code must be erasable. */
function generate(out) {
  const opt = ["target=ts", "import_extension=ts", "erasable_syntax=true"];
  const plugins = [{ local: [process.execPath, plugin], out, opt }];
  const template = JSON.stringify({ version: "v2", clean: true, plugins });
  runBuf("generate", "--template", template);
  const set = runBuf("build", "--as-file-descriptor-set", "--output", "-#format=binpb");
  writeFileSync(join(out, "descriptions.ts"), writeDescriptions(set, schemaFiles()));
}

/** The files of the schema as they name each other. */
function schemaFiles() {
  const schema = join(folder, "schema");
  return [...readAll(schema).keys()].map((file) => file.replaceAll(sep, "/")).filter((file) => file.endsWith(".proto"));
}

/** Relative path -> text of every file below a folder. */
function readAll(root) {
  if (!existsSync(root)) {
    return new Map();
  }
  const files = readdirSync(root, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  return new Map(
    files.map((entry) => {
      const path = join(entry.parentPath, entry.name);
      return [path.slice(root.length + 1), readFileSync(path, "utf8")];
    }),
  );
}

function check() {
  const fresh = mkdtempSync(join(tmpdir(), "inspector-proto-"));
  try {
    generate(fresh);
    const [want, have] = [readAll(fresh), readAll(committed)];
    return [...new Set([...want.keys(), ...have.keys()])].filter((file) => want.get(file) !== have.get(file)).sort();
  } finally {
    rmSync(fresh, { recursive: true, force: true });
  }
}

if (process.argv.includes("--check")) {
  const stale = check();
  if (stale.length > 0) {
    console.error(`packages/proto/src/gen does not match packages/proto/schema: ${stale.join(", ")}`);
    console.error("Run `npm run generate` at the root of the repository and commit the result.");
    process.exitCode = 1;
  }
} else {
  generate(committed);
}
