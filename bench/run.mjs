// Bundles the bench's processes, since Node 20 runs no TypeScript, and starts the first of them.
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const folder = dirname(fileURLToPath(import.meta.url));
await build({
  entryPoints: {
    main: join(folder, "src/main.ts"),
    client: join(folder, "src/load/client.ts"),
    echo: join(folder, "src/load/echo.ts"),
    "replay/host": join(folder, "src/replay/host.ts"),
    "replay/worker": join(folder, "src/replay/worker.ts"),
    "pass-through": join(folder, "src/targets/pass-through.ts"),
  },
  outdir: join(folder, "dist"),
  bundle: true,
  format: "esm",
  platform: "node",
  target: "node20.19",
  sourcemap: "linked",
  logLevel: "warning",
  external: ["@grpc/grpc-js"],
});
await import("./dist/main.js");
