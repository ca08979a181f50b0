/** Builds the page that needs no server: one file, dist-offline/index.html, with all that it runs in it. */
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import react from "@vitejs/plugin-react";
import { defineConfig, type Plugin } from "vite";

const SQLITE = "virtual:sqlite-module";
const VERSION = "virtual:inspector-version";
/** What only a hub can answer, with all that it needs: the code editor is ten times the rest. */
const OF_HUB = /\/(?:HoldsView|ReplayTab)\.tsx$/u;

export default defineConfig({
  plugins: [sqliteModule(), inspectorVersion(), withoutHub(), react({ jsxImportSource: "#jsx" }), oneFile()],
  publicDir: false,
  build: {
    target: ["chrome123", "firefox120", "safari17.5"],
    outDir: "dist-offline",
    assetsInlineLimit: Number.MAX_SAFE_INTEGER,
    cssCodeSplit: false,
    modulePreload: false,
    chunkSizeWarningLimit: 3000,
    rolldownOptions: {
      input: fileURLToPath(new URL("offline.html", import.meta.url)),
      output: { codeSplitting: false },
    },
  },
});

/** SQLite's module in the page, and SQLite's script without its looking for files beside itself. */
function sqliteModule(): Plugin {
  const resolve = createRequire(import.meta.url).resolve;
  return {
    name: "sqlite-module",
    enforce: "pre",
    resolveId: (id) => (id === SQLITE ? `\0${SQLITE}` : undefined),
    load(id) {
      if (id !== `\0${SQLITE}`) {
        return undefined;
      }
      const module = readFileSync(resolve("@sqlite.org/sqlite-wasm/sqlite3.wasm"));
      return `export default ${JSON.stringify(gzipSync(module, { level: 9 }).toString("base64"))};`;
    },
    transform: (code, id) =>
      id.includes("/sqlite-wasm/")
        ? { code: code.replaceAll("import.meta.url", "location.href"), map: null }
        : undefined,
  };
}

function inspectorVersion(): Plugin {
  return {
    name: "inspector-version",
    enforce: "pre",
    resolveId: (id) => (id === VERSION ? `\0${VERSION}` : undefined),
    load(id) {
      if (id !== `\0${VERSION}`) {
        return undefined;
      }
      const description = readFileSync(new URL("../proxy/package.json", import.meta.url), "utf8");
      return `export default ${JSON.stringify(JSON.parse(description).version)};`;
    },
  };
}

function withoutHub(): Plugin {
  const absent = fileURLToPath(new URL("src/offline/absent.ts", import.meta.url));
  return { name: "without-hub", enforce: "pre", resolveId: (id) => (OF_HUB.test(id) ? absent : undefined) };
}

/** Puts script and styles into the document, with a policy that lets nothing else run and nothing leave. */
function oneFile(): Plugin {
  return {
    name: "one-file",
    enforce: "post",
    // Vite finishes its scripts in this hook too.
    generateBundle: {
      order: "post",
      handler(_options, bundle) {
        let script = "";
        let style = "";
        let page = "";
        for (const [name, file] of Object.entries(bundle)) {
          const text = file.type === "chunk" ? file.code : String(file.source);
          if (file.type === "chunk") {
            script += text;
          } else if (name.endsWith(".css")) {
            style += text;
          } else if (name.endsWith(".html")) {
            page = text;
          } else {
            this.error(`${name} stands beside the page, which has to be one file`);
          }
          delete bundle[name];
        }
        // What could end the element stands in strings and expressions only, where this is the same character.
        script = script.replaceAll(/<(?=\/script|!--)/giu, "\\x3C");
        this.emitFile({ type: "asset", fileName: "index.html", source: documentOf(page, script, style) });
      },
    },
  };
}

function documentOf(page: string, script: string, style: string): string {
  const policy = [
    "default-src 'none'",
    `script-src '${digestOf(script)}' 'wasm-unsafe-eval'`,
    "style-src 'unsafe-inline'",
    "img-src data:",
    "font-src data:",
    "connect-src 'none'",
    "base-uri 'none'",
    "form-action 'none'",
  ].join("; ");
  return page
    .replaceAll(/\s*<(?:script type="module"[^>]*><\/script|link rel="stylesheet"[^>]*)>/gu, "")
    .replace(
      "<meta charset",
      () => `<meta http-equiv="Content-Security-Policy" content="${policy}" />\n    <meta charset`,
    )
    .replace("</head>", () => `<style>${style}</style>\n  </head>`)
    .replace("</body>", () => `<script type="module">${script}</script>\n  </body>`);
}

function digestOf(text: string): string {
  return `sha256-${createHash("sha256").update(text).digest("base64")}`;
}
