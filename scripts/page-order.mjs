// Folders of the page form an order: each imports those above it in these lists only. biome.json holds app -> features -> shell.
import { readdirSync, readFileSync } from "node:fs";

const ORDERS = {
  "apps/ui/src/shell": [
    "jsx",
    "kept",
    "theme",
    "data",
    "format",
    "keyboard",
    "page",
    "controls",
    "json",
    "grid",
    "panes",
    "bytes",
  ],
  "apps/ui/src/features": [
    "filter",
    "export",
    "budgets",
    "overview",
    "copy-as",
    "detail",
    "messages",
    "logs",
    "functions",
    "problems",
    "workers",
    "editor",
    "timing",
    "compare",
    "sessions",
    "holds",
    "replay",
    "invocations",
  ],
};

const faults = Object.entries(ORDERS).flatMap(([root, order]) => [
  ...readdirSync(root)
    .filter((folder) => !order.includes(folder))
    .map((folder) => `${root}/${folder} has no place in the order: give it one in scripts/page-order.mjs`),
  ...order.flatMap((folder, at) =>
    importsOf(`${root}/${folder}`)
      .filter(({ to }) => order.indexOf(to) > at)
      .map(
        ({ file, to }) => `${file} imports ${root}/${to}, which comes later than ${folder}: move what both need down`,
      ),
  ),
]);
for (const fault of faults) {
  console.error(fault);
}
process.exitCode = faults.length === 0 ? 0 : 1;

/** The folders beside its own that the files of a folder import, also by import(). */
function importsOf(folder) {
  return readdirSync(folder)
    .map((name) => `${folder}/${name}`)
    .filter((file) => /\.tsx?$/.test(file))
    .flatMap((file) =>
      [...readFileSync(file, "utf8").matchAll(/["']\.\.\/([a-z-]+)\//g)].map(([, to]) => ({ file, to })),
    );
}
