// Bundles the soak's processes, since Node 20 runs no TypeScript, and runs the first of them with this one's arguments.
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const folder = fileURLToPath(new URL("../e2e/", import.meta.url));
await build({
  entryPoints: ["main", "host", "worker"].map((name) => `${folder}soak/${name}.ts`),
  outdir: `${folder}dist/soak`,
  bundle: true,
  format: "esm",
  platform: "node",
  target: "node20.19",
  sourcemap: "linked",
  logLevel: "warning",
  external: ["@grpc/grpc-js", "@photostructure/sqlite"],
});
const { status } = spawnSync(
  process.execPath,
  ["--enable-source-maps", `${folder}dist/soak/main.js`, ...process.argv.slice(2)],
  {
    stdio: "inherit",
  },
);
process.exit(status ?? 1);
