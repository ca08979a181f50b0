#!/usr/bin/env node
import { existsSync } from "node:fs";

const program = new URL("../dist/main.js", import.meta.url);
if (existsSync(program)) {
  await import(program.href);
} else {
  process.stderr.write(
    "inspector: not built yet\n  Run `npm run build` (or `npm start`) in the project's folder first.\n",
  );
  process.exitCode = 1;
}
