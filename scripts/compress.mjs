// Compresses the files of the built page, as the hub sends them: NAME.br and NAME.gz beside each that gets smaller by it.
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";

/** Fonts (woff2) and pictures are compressed already. */
const COMPRESSIBLE = /\.(?:js|css|html|svg|ttf|json)$/u;
/** For what is larger the best takes seconds, and saves little. */
const LARGE_BYTES = 1_000_000;

/** @param {string} folder */
export function compressFiles(folder) {
  for (const name of readdirSync(folder, { recursive: true, encoding: "utf8" })) {
    if (COMPRESSIBLE.test(name)) {
      compressFile(join(folder, name));
    }
  }
}

function compressFile(path) {
  const content = readFileSync(path);
  const quality = content.length > LARGE_BYTES ? 9 : constants.BROTLI_MAX_QUALITY;
  const made = {
    br: brotliCompressSync(content, { params: { [constants.BROTLI_PARAM_QUALITY]: quality } }),
    gz: gzipSync(content, { level: 9 }),
  };
  for (const [ending, bytes] of Object.entries(made)) {
    if (bytes.length < content.length) {
      writeFileSync(`${path}.${ending}`, bytes);
    }
  }
}
