/** Who may import whom, as docs/architecture.md has it: what the check refuses, and what it lets through. */
import { spawnSync } from "node:child_process";
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

const ROOT = fileURLToPath(new URL("..", import.meta.url));
const BIOME = createRequire(import.meta.url).resolve("@biomejs/biome/bin/biome");

/** By folder: what may be imported there, and what may not. */
const HOUSE: Readonly<Record<string, { readonly down: readonly string[]; readonly up: readonly string[] }>> = {
  "packages/wire/src": { down: ["./frames.ts"], up: ["node:fs", "@inspector/contract/page", "@inspector/proto"] },
  "packages/contract/src": { down: ["./page.ts"], up: ["node:fs", "@inspector/wire/frames", "@inspector/proto"] },
  "packages/proto/src": {
    down: ["@bufbuild/protobuf", "@bufbuild/protobuf/codegenv2"],
    up: ["node:fs", "@inspector/contract/page", "@inspector/filter/parse"],
  },
  "packages/filter/src": {
    down: ["@inspector/contract/page", "@inspector/proto", "re2js"],
    up: ["node:fs", "@inspector/session/database"],
  },
  "packages/session/src": {
    down: ["@inspector/contract/page", "@inspector/proto", "@inspector/filter/parse"],
    up: ["node:fs", "@inspector/analysis/problems/problems", "@inspector/wire/frames", "@inspector/hub/sqlite"],
  },
  "packages/analysis/src": {
    down: ["@inspector/proto", "@inspector/session/database"],
    up: ["node:fs", "@inspector/reader/routes", "@inspector/wire/frames", "@inspector/hub/sqlite"],
  },
  "packages/reader/src": {
    down: ["@inspector/session/database", "@inspector/analysis/problems/problems"],
    up: ["node:fs", "@inspector/ingest/import/import-file", "@inspector/hub/sqlite"],
  },
  "packages/ingest/src": {
    down: ["@inspector/wire/frames", "@inspector/session/database"],
    up: ["node:fs", "@inspector/reader/routes", "@inspector/analysis/problems/problems", "@inspector/hub/sqlite"],
  },
  "packages/relay/src/intervene": {
    down: ["../journal.ts", "node:fs", "node:fs/promises", "@inspector/contract/page", "@inspector/wire/frames"],
    up: [
      "../../../hub/src/sqlite.ts",
      "@inspector/proto",
      "@inspector/hub/sqlite",
      "@inspector/session/database",
      "ws",
    ],
  },
  "packages/hub/src": {
    down: ["node:fs/promises", "@inspector/relay/journal", "@inspector/reader/routes", "ws"],
    up: ["@inspector/host", "@inspector/testkit", "inspector", "../../../apps/proxy/src/size.ts", "../testing/x.ts"],
  },
  "packages/hub/src/desk": { down: ["@inspector/contract/page"], up: ["../sqlite.ts", "@photostructure/sqlite"] },
  "packages/host/src": { down: ["@inspector/proto", "@grpc/grpc-js"], up: ["@inspector/relay/journal"] },
  "packages/worker/src": { down: ["@inspector/proto"], up: ["@inspector/host", "@inspector/relay/journal"] },
  "packages/testkit/src": { down: ["@inspector/wire/frames"], up: ["@inspector/session/database"] },
  "apps/proxy/src": {
    down: ["node:fs/promises", "@inspector/hub/sqlite", "@inspector/host"],
    up: ["@inspector/testkit", "../testing/import-facts.ts", "../../../packages/hub/src/sqlite.ts"],
  },
  "apps/ui/src/shell": {
    down: ["@inspector/proto", "@inspector/analysis/problems/problems"],
    up: ["../features/x.ts", "../app/x.ts", "node:fs", "@inspector/session/database", "@inspector/reader/routes"],
  },
  "apps/ui/src/features/one": {
    down: ["../../shell/x.ts", "@inspector/filter/parse"],
    up: ["../../app/x.ts", "node:fs", "@inspector/reader/routes", "@inspector/hub/sqlite"],
  },
  "apps/ui/src/app": { down: ["../features/x.ts"], up: ["@inspector/session/database", "@inspector/relay/journal"] },
  "apps/ui/src/offline": { down: ["@inspector/reader/routes"], up: ["@inspector/hub/sqlite", "node:fs"] },
};

let folder: string;
/** What the check says, as "path rule". */
let found: ReadonlySet<string>;

function write(path: string, from: string): void {
  const file = join(folder, path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, `import { one } from ${JSON.stringify(from)};\n\nexport const two = (): unknown => one;\n`);
}

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "house-"));
  copyFileSync(join(ROOT, "biome.json"), join(folder, "biome.json"));
  for (const [place, { down, up }] of Object.entries(HOUSE)) {
    for (const [name, imports] of Object.entries({ down, up })) {
      for (const [n, from] of imports.entries()) {
        write(`${place}/${name}${n}.ts`, from);
      }
    }
  }
  for (const place of ["packages/relay/src", "packages/hub/src/desk", "apps/ui/src/shell", "apps/proxy/src"]) {
    write(`${place}/cycle1.ts`, "./cycle2.ts");
    write(`${place}/cycle2.ts`, "./cycle1.ts");
  }
  const options = ["--vcs-enabled=false", "--max-diagnostics=none", "--reporter=json"];
  const { stdout, stderr } = spawnSync(process.execPath, [BIOME, "lint", ...options, "."], {
    cwd: folder,
    encoding: "utf8",
    timeout: 60_000,
  });
  expect(stdout, stderr).toMatch(/^\{/u);
  const { diagnostics } = JSON.parse(stdout);
  found = new Set(diagnostics.map(({ location, category }: Diagnostic) => `${pathOf(location)} ${category}`));
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

type Diagnostic = {
  readonly category: string;
  readonly location: { readonly path: string | { readonly file: string } };
};

function pathOf({ path }: Diagnostic["location"]): string {
  return typeof path === "string" ? path : path.file;
}

describe.each(Object.entries(HOUSE))("%s", (place, { down, up }) => {
  test.each(up.map((from, n) => [from, n] as const))("does not import %s", (_, n) => {
    expect(found).toContain(`${place}/up${n}.ts lint/style/noRestrictedImports`);
  });

  test.each(down.map((from, n) => [from, n] as const))("may import %s", (_, n) => {
    expect([...found].filter((one) => one.startsWith(`${place}/down${n}.ts `))).toEqual([]);
  });
});

test.each(["packages/relay/src", "packages/hub/src/desk", "apps/ui/src/shell", "apps/proxy/src"])(
  "a cycle of files in %s is refused",
  (place) => {
    expect(found).toContain(`${place}/cycle1.ts lint/suspicious/noImportCycles`);
  },
);
