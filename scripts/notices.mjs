// The licences of the packages whose code is inside the package: in the command's bundle, the worker's, the page's, or as they are.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { closureOf, isInstalled, nameOf } from "./lock-closure.mjs";

const TEXTS = /^(?:licen[cs]e|notice|copying|third-?party-?notices)/iu;

/** The author's other packages come with it. */
const mitOfLukeEdwards = () => readFileSync("node_modules/totalist/license", "utf8");

/** Packages that come without the text of their licence: what stands in their files, and where the same text is. */
const WITHOUT_TEXT = {
  "@bufbuild/protobuf": [
    "Copyright 2021-2026 Buf Technologies, Inc.\nLicensed under the Apache License, Version 2.0, whose text follows.",
    () => readFileSync("node_modules/@grpc/grpc-js/LICENSE", "utf8"),
    () => commentAtStart("node_modules/@bufbuild/protobuf/dist/esm/wire/varint.js"),
  ],
  "@sqlite.org/sqlite-wasm": [
    "Copyright the authors of @sqlite.org/sqlite-wasm\nLicensed under the Apache License, Version 2.0, whose text follows; what it was built from, below that.",
    () => readFileSync("node_modules/@grpc/grpc-js/LICENSE", "utf8"),
    () => preservedComment("node_modules/@sqlite.org/sqlite-wasm/dist/index.mjs"),
  ],
  "@polka/url": [mitOfLukeEdwards],
  sirv: [mitOfLukeEdwards],
};

/** @param lock as readLock() returns it */
export function thirdPartyNotices(lock) {
  const folders = new Set(["apps/proxy", "apps/ui", "packages/worker"].flatMap((from) => closureOf(lock, from)));
  const packages = [...folders].filter((folder) => isInstalled(folder) && !isOfTypes(folder)).sort();
  const sections = packages.map((folder) => {
    const { version, license } = lock[folder];
    return `${nameOf(folder)} ${version}\nLicence: ${license}\n\n${licenceTexts(folder).join("\n\n")}\n`;
  });
  const line = `${"-".repeat(80)}\n`;
  return `The files of this package contain code of the packages below, under the licences that stand with each.\n\n${line}${sections.join(`\n${line}`)}`;
}

/** Packages without code that runs. */
function isOfTypes(folder) {
  return /^(?:@types\/|undici-types$)/u.test(nameOf(folder));
}

function licenceTexts(folder) {
  const files = readdirSync(folder).filter((file) => TEXTS.test(file));
  const texts = files.map((file) => readFileSync(join(folder, file), "utf8").trim());
  const known = WITHOUT_TEXT[nameOf(folder)]?.map((text) => (typeof text === "string" ? text : text()).trim());
  if (texts.length === 0 && known === undefined) {
    throw new Error(`${folder} has no licence text; say in scripts/notices.mjs where its text is`);
  }
  return texts.length > 0 ? texts : known;
}

function commentAtStart(file) {
  const lines = readFileSync(file, "utf8").split("\n");
  const end = lines.findIndex((line) => !line.startsWith("//"));
  return lines
    .slice(0, end)
    .map((line) => line.replace(/^\/\/ ?/u, ""))
    .join("\n");
}

/** The comment that a minifier has to keep. */
function preservedComment(file) {
  const [, text = ""] = /\/\* @preserve\n([\s\S]*?)\*\//u.exec(readFileSync(file, "utf8")) ?? [];
  return text
    .split("\n")
    .map((line) => line.replace(/^\*\* ?/u, ""))
    .join("\n");
}
