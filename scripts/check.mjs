// Everything that can be said about the code without running it: format, lint, import boundaries, types, generated code.
import { spawnSync } from "node:child_process";
import { existsSync, globSync } from "./files.mjs";

const steps = [
  ["format, lint and boundaries", ["biome", "ci", "--error-on-warnings", "."]],
  ["order of the page's folders", ["node", "scripts/page-order.mjs"]],
  ["promises", ["oxlint", "--type-aware", "--deny-warnings", "apps", "packages", "e2e", "bench"]],
  ...globSync(["packages/*", "apps/*", "e2e", "bench"])
    .flatMap((folder) => [`${folder}/tsconfig.json`, `${folder}/tsconfig.test.json`])
    .filter((file) => existsSync(file))
    .map((file) => [`types in ${file}`, ["tsc", "-p", file]]),
  ["generated contract", ["npm", "run", "--silent", "check-generated", "-w", "@inspector/proto"]],
  ["generated filter parser", ["npm", "run", "--silent", "check-filter", "-w", "@inspector/filter"]],
  ["size of the page's first script", ["npm", "run", "--silent", "check-page-size"]],
];

let failed = 0;
for (const [title, [command, ...args]] of steps) {
  // A program of the project's own, or npm itself.
  const own = `node_modules/.bin/${command}`;
  const run = spawnSync(existsSync(own) ? own : command, args, { encoding: "utf8" });
  const ok = run.status === 0;
  console.log(`${ok ? "ok  " : "FAIL"} ${title}`);
  if (!ok) {
    failed += 1;
    console.log(`${run.stdout}${run.stderr}`);
  }
}
process.exitCode = failed === 0 ? 0 : 1;
