// What the page loads has limits: the first script with what it imports statically, gzipped; and all scripts and styles up to
// the first view, as the hub sends them; and the page that needs no server, with all that is in it.
import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { get } from "node:http";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { gzipSync } from "node:zlib";

const FIRST_SCRIPT_KB = 200;
const FIRST_VIEW_KB = 160;
const FIRST_VIEW = "InvocationsView";
/** The whole page that needs no server, captures' readers included: most of it is SQLite. */
const OFFLINE_KB = 2400;

const dist = "apps/ui/dist";
const served = "apps/proxy/dist/page";

if (!existsSync(`${dist}/index.html`)) {
  console.error(`The page is not built: there is no ${dist}/index.html. Run \`npm run build\` first.`);
  process.exit(1);
}

const entry = filesOfEntry(dist);
const script = [...entry].filter((file) => file.endsWith(".js"));
judge(
  "First script, gzipped",
  sizes(script, (file) => gzipSync(readFileSync(join(dist, file)), { level: 9 }).length),
  FIRST_SCRIPT_KB,
);

if (existsSync(`${served}/index.html.br`)) {
  const files = [...filesOfEntry(served), ...filesOfView(served)];
  judge("Scripts and styles up to the first view, as sent", await sizesAsSent(["", ...new Set(files)]), FIRST_VIEW_KB);
} else {
  console.log(`${served} has no compressed files: run \`npm run build\` to measure what the hub sends.`);
}

const offline = "apps/ui/dist-offline/index.html";
if (existsSync(offline)) {
  judge("The page without a server", new Map([[offline, readFileSync(offline).length]]), OFFLINE_KB);
}

function judge(what, found, limitKb) {
  const total = [...found.values()].reduce((sum, size) => sum + size, 0);
  console.log(`${what}: ${formatKb(total)}, the limit is ${limitKb} kB`);
  for (const [file, size] of found) {
    console.log(`  ${formatKb(size)} ${file}`);
  }
  if (total >= limitKb * 1000) {
    console.error("Import what is not seen at once with import(), or leave it out.");
    process.exitCode = 1;
  }
}

/** What index.html names, and what that imports statically. */
function filesOfEntry(folder) {
  const html = readFileSync(join(folder, "index.html"), "utf8");
  const files = new Set();
  for (const [, file] of html.matchAll(/(?:src|href)="\/([^"]+\.(?:js|css))"/gu)) {
    addFile(folder, file, files);
  }
  if (files.size === 0) {
    throw new Error(`${folder}/index.html loads no script`);
  }
  return files;
}

function addFile(folder, file, files) {
  if (files.has(file)) {
    return;
  }
  files.add(file);
  // Vite names other chunks by a path beside this one; import() has a parenthesis where these have the quote.
  const code = file.endsWith(".js") ? readFileSync(join(folder, file), "utf8") : "";
  for (const [, beside] of code.matchAll(/(?:\bfrom|\bimport)\s*["'](\.\/[^"']+\.js)["']/gu)) {
    addFile(folder, join(dirname(file), beside), files);
  }
}

/** What Vite fetches with the first view: a list of numbers behind its import(), of files that are listed once. */
function filesOfView(folder) {
  for (const file of filesOfEntry(folder)) {
    const code = file.endsWith(".js") ? readFileSync(join(folder, file), "utf8") : "";
    const numbers = new RegExp(`import\\([^)]*${FIRST_VIEW}-[^)]*\\)[^[]*__vite__mapDeps\\(\\[([\\d,]*)\\]`, "u").exec(
      code,
    )?.[1];
    const names = /m\.f\s*=\s*(\[[^\]]*\])/u.exec(code)?.[1];
    if (numbers !== undefined && names !== undefined) {
      const all = JSON.parse(names);
      return numbers.split(",").map((number) => all[Number(number)]);
    }
  }
  throw new Error(`no script of the page imports ${FIRST_VIEW}`);
}

function sizes(files, sizeOf) {
  return new Map(files.map((file) => [file, sizeOf(file)]));
}

/** Asks the built command for them, as a browser does. */
async function sizesAsSent(files) {
  const state = mkdtempSync(join(tmpdir(), "inspector-size-"));
  const args = ["apps/proxy/bin/inspector.js", "--listen", "0", "--upstream", "127.0.0.1:1", "--json"];
  const child = spawn(process.execPath, args, {
    stdio: ["ignore", "pipe", "inherit"],
    env: { ...process.env, XDG_STATE_HOME: state },
  });
  const ended = new Promise((resolve) => child.once("exit", resolve));
  try {
    const ready = await Promise.race([new Promise((resolve) => child.stdout.once("data", resolve)), ended]);
    const { ui } = JSON.parse(String(ready));
    const token = new URL(ui).searchParams.get("token");
    const found = new Map();
    for (const file of files) {
      found.set(file === "" ? "index.html" : file, await sizeAsSent(new URL(`/${file}`, ui), token));
    }
    return found;
  } finally {
    child.kill("SIGINT");
    await ended;
    rmSync(state, { recursive: true, force: true });
  }
}

function sizeAsSent(url, token) {
  const headers = { "accept-encoding": "gzip, deflate, br", authorization: `Bearer ${token}` };
  return new Promise((resolve, reject) => {
    get(url, { headers }, (response) => {
      let size = 0;
      response.on("data", (chunk) => {
        size += chunk.length;
      });
      response.on("end", () =>
        response.statusCode === 200 ? resolve(size) : reject(new Error(`${url.pathname}: ${response.statusCode}`)),
      );
    }).on("error", reject);
  });
}

function formatKb(bytes) {
  return `${(bytes / 1000).toFixed(1)} kB`;
}
