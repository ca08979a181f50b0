// Generates src/gen from schema/*.proto. With --check it writes nothing and fails where the committed code differs.
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const folder = dirname(dirname(fileURLToPath(import.meta.url)));
const committed = join(folder, "src", "gen");

/** Runs buf with the local plugin; needs no network. Enums become objects, since the code must be erasable. */
function generate(out) {
  const plugin = { local: "protoc-gen-es", out, opt: ["target=ts", "import_extension=ts", "erasable_syntax=true"] };
  const template = JSON.stringify({ version: "v2", clean: true, plugins: [plugin] });
  const run = spawnSync("npx", ["--no", "--", "buf", "generate", "--template", template], {
    cwd: folder,
    encoding: "utf8",
    shell: process.platform === "win32",
  });
  if (run.status !== 0) {
    throw new Error(`buf generate failed:\n${run.stdout}${run.stderr}${run.error ?? ""}`);
  }
}

/** Relative path -> text of every file below a folder. */
function readAll(root) {
  if (!existsSync(root)) return new Map();
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
