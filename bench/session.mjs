// Bundles the generator and the measurement of sessions, since Node 20 runs no TypeScript, and runs it.
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const folder = dirname(fileURLToPath(import.meta.url));
await build({
  entryPoints: { session: join(folder, "src/session/main.ts") },
  outdir: join(folder, "dist"),
  bundle: true,
  format: "esm",
  platform: "node",
  target: "node20.19",
  sourcemap: "linked",
  logLevel: "warning",
  external: ["@photostructure/sqlite", "ws", "sirv"],
});
await import("./dist/session.js");
