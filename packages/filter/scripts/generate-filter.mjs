// Writes src/generated from src/grammar.peggy; with --check it only says whether that is current.
import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import peggy from "peggy";

const folder = new URL("../src/", import.meta.url);
const grammar = readFileSync(new URL("grammar.peggy", folder), "utf8");
const source = peggy.generate(grammar, {
  output: "source",
  format: "es",
  allowedStartRules: ["Filter", "Tokens"],
  grammarSource: "grammar.peggy",
});
const declarations = `import type { SyntaxNode, Token } from "../syntax.ts";

export class SyntaxError extends globalThis.SyntaxError {
  readonly location: { readonly start: { readonly offset: number }; readonly end: { readonly offset: number } };
}

export function parse(text: string, options?: { readonly startRule?: "Filter" }): SyntaxNode;
export function parse(text: string, options: { readonly startRule: "Tokens" }): readonly Token[];
`;

const files = [
  [new URL("generated/parser.js", folder), source],
  [new URL("generated/parser.d.ts", folder), declarations],
];

if (process.argv.includes("--check")) {
  const stale = files.filter(([url, text]) => readFileSync(url, "utf8") !== text);
  for (const [url] of stale) {
    console.error(`${fileURLToPath(url)} is not what grammar.peggy says: run npm run generate-filter`);
  }
  process.exitCode = stale.length === 0 ? 0 : 1;
} else {
  for (const [url, text] of files) {
    writeFileSync(url, text);
  }
}
