// What the page loads before it shows anything has a limit: the entry and the chunks that it imports statically, gzipped.
import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { gzipSync } from "node:zlib";

const LIMIT_KB = 200;
const page = "apps/ui/dist/index.html";

if (!existsSync(page)) {
  console.error(`The page is not built: there is no ${page}. Run \`npm run build\` first.`);
  process.exit(1);
}
const html = readFileSync(page, "utf8");
const chunks = new Map();
for (const [, path] of html.matchAll(/(?:src|href)="\/([^"]+\.js)"/gu)) {
  addChunk(join(dirname(page), path));
}
if (chunks.size === 0) {
  console.error(`${page} loads no script.`);
  process.exit(1);
}
const total = [...chunks.values()].reduce((sum, size) => sum + size, 0);
const sizes = [...chunks].map(([path, size]) => `  ${formatKb(size)} ${path}`).join("\n");
const isSmall = total < LIMIT_KB * 1000;
console.log(`First script: ${formatKb(total)} gzipped, the limit is ${LIMIT_KB} kB\n${sizes}`);
if (!isSmall) {
  console.error("Import what is not seen at once with import(), or leave it out.");
}
process.exitCode = isSmall ? 0 : 1;

/** Adds a chunk and what it imports statically. */
function addChunk(path) {
  if (chunks.has(path)) {
    return;
  }
  const code = readFileSync(path);
  chunks.set(path, gzipSync(code, { level: 9 }).length);
  // Vite names other chunks by a path beside this one; import() has a parenthesis where these have the quote.
  for (const [, beside] of code.toString("utf8").matchAll(/(?:\bfrom|\bimport)\s*["'](\.\/[^"']+\.js)["']/gu)) {
    addChunk(join(dirname(path), beside));
  }
}

function formatKb(bytes) {
  return `${(bytes / 1000).toFixed(1)} kB`;
}
