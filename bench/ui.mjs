// Bundles the measurement of the page and the peers of its live session, since Node 20 runs no TypeScript, and runs it.
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const folder = dirname(fileURLToPath(import.meta.url));
await build({
  entryPoints: { ui: join(folder, "src/ui/main.ts"), peers: join(folder, "src/ui/peers.ts") },
  outdir: join(folder, "dist"),
  bundle: true,
  format: "esm",
  platform: "node",
  target: "node20.19",
  sourcemap: "linked",
  logLevel: "warning",
  external: ["@photostructure/sqlite", "@playwright/test"],
});
await import("./dist/ui.js");
