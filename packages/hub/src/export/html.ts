/** A session as one page: the page that needs no server, with the session in it. */
import { createReadStream, existsSync, readFileSync, statSync } from "node:fs";
import { pipeline } from "node:stream";
import { fileURLToPath } from "node:url";
import { createGzip } from "node:zlib";
import { InspectorError } from "@inspector/contract/inspector-error";
import { PART_BEGINS, PART_ENDS } from "@inspector/session/page-parts";
import type { ExportSource } from "./export-source.ts";
import type { Sink } from "./sink.ts";

/** Beside the command's files; and where the build leaves it, for who runs the sources. */
const PLACES = ["./page-offline/index.html", "../../../../apps/ui/dist-offline/index.html"];

/** What a page opens, see apps/ui/src/offline/session-bytes.ts. */
const MAX_BYTES = 250_000_000;
const MAX_MESSAGES = 300_000;

/** Bytes of one part: a multiple of three, so that base64 of each stands for itself. */
const PART_BYTES = 3 * 1024 * 1024;

/** @throws {InspectorError} "too-large", "not-built" */
export async function writeHtml(output: Sink, source: ExportSource): Promise<number> {
  const messages = assertFits(source);
  const page = readPage();
  // Last in the document: the script runs when all of it is there.
  const end = page.lastIndexOf("</body>");
  const info = { name: `${nameOf(source)}.inspector` };
  await output.write(page.slice(0, end));
  await output.write(`<script type="application/json" id="session">${JSON.stringify(info)}</script>\n`);
  const gzipped = createGzip();
  // A file that cannot be read any further destroys what is read here, with its error.
  pipeline(createReadStream(source.file), gzipped, () => {});
  for await (const part of inParts(gzipped)) {
    // Base64 has no character that could end the element.
    await output.write(`${PART_BEGINS}${part.toString("base64")}${PART_ENDS}\n`);
  }
  await output.write(page.slice(end));
  return messages;
}

/** By when it was recorded: names of files may hold what is not to leave. */
function nameOf({ startedAt }: ExportSource): string {
  const time = new Date(startedAt);
  const isTime = Number.isFinite(time.getTime());
  return isTime ? `session-${time.toISOString().slice(0, 19).replaceAll(":", "-")}` : "session";
}

function assertFits({ file, queries }: ExportSource): number {
  const { size } = statSync(file);
  const { length } = queries.column(undefined, 0, Number.MAX_SAFE_INTEGER);
  if (size <= MAX_BYTES && length <= MAX_MESSAGES) {
    return length;
  }
  const what = `This would be ${length} messages in ${Math.ceil(size / 1e6)} MB`;
  throw new InspectorError("too-large", `${what}; a page opens ${MAX_MESSAGES} in ${MAX_BYTES / 1e6} MB`, {
    hint: "Export a part of it with --filter, or --format inspector, which `inspector open` takes at any size.",
  });
}

function readPage(): string {
  const place = PLACES.map((path) => fileURLToPath(new URL(path, import.meta.url))).find(existsSync);
  if (place === undefined) {
    throw new InspectorError("not-built", "The page that sessions are put into is not there", {
      hint: "Run `npm run build`, or install the inspector anew.",
    });
  }
  return readFileSync(place, "utf8");
}

async function* inParts(stream: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  let waiting: Buffer[] = [];
  let length = 0;
  for await (const chunk of stream) {
    waiting.push(chunk);
    length += chunk.length;
    if (length < PART_BYTES) {
      continue;
    }
    let rest = Buffer.concat(waiting);
    for (; rest.length >= PART_BYTES; rest = rest.subarray(PART_BYTES)) {
      yield rest.subarray(0, PART_BYTES);
    }
    waiting = [rest];
    length = rest.length;
  }
  yield Buffer.concat(waiting);
}
