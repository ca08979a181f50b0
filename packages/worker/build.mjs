// Bundles the worker into dist/worker.js, the file that worker.config.json names. Run it, or call buildWorker().
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const folder = dirname(fileURLToPath(import.meta.url));

/** Writes dist/worker.js (CommonJS, self-contained) and the package.json that says it is CommonJS; returns its path. */
export async function buildWorker() {
  const outfile = join(folder, "dist", "worker.js");
  const { version } = JSON.parse(await readFile(join(folder, "package.json"), "utf8"));
  await build({
    entryPoints: [join(folder, "src", "main.ts")],
    outfile,
    bundle: true,
    platform: "node",
    target: "node20",
    format: "cjs",
    legalComments: "linked",
    logLevel: "warning",
    define: { __WORKER_VERSION__: JSON.stringify(version) },
  });
  await mkdir(dirname(outfile), { recursive: true });
  // This package is ESM; the bundle is CommonJS, because grpc-js requires built-in modules at run time.
  await writeFile(join(dirname(outfile), "package.json"), '{ "type": "commonjs" }\n');
  return outfile;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await buildWorker();
