// Bundles the worker into dist/worker.js, the file that worker.config.json names. Run it, or call buildWorker().
import { mkdir, readFile, rename, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const folder = dirname(fileURLToPath(import.meta.url));

/** Writes dist/worker.js (CommonJS, self-contained) and the package.json that says it is CommonJS; returns its path. */
export async function buildWorker() {
  const dist = join(folder, "dist");
  const worker = join(dist, "worker.js");
  const unfinished = join(dist, `worker-${process.pid}.js`);
  const { version } = JSON.parse(await readFile(join(folder, "package.json"), "utf8"));
  await mkdir(dist, { recursive: true });
  // This package is ESM; the bundle is CommonJS, because grpc-js requires built-in modules at run time.
  await writeFile(join(dist, "package.json"), '{ "type": "commonjs" }\n');
  await build({
    entryPoints: [join(folder, "src", "main.ts")],
    outfile: unfinished,
    bundle: true,
    platform: "node",
    target: "node20",
    format: "cjs",
    legalComments: "inline",
    logLevel: "warning",
    define: { __WORKER_VERSION__: JSON.stringify(version) },
  });
  // At once, so that a host or test that starts the worker meanwhile never gets half of it.
  await rename(unfinished, worker);
  return worker;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  await buildWorker();
}
