/**
 * `node session.mjs generate FILE [MESSAGES] [PER-SECOND]` writes a session; `measure FILE` says how long what the page asks
 * of it takes, `write FILE` how fast the hub's writer is, `ingest FOLDER [MESSAGES]` how fast its whole ingest, and `export FILE` what
 * redaction costs an export of it.
 */
import { statSync } from "node:fs";
import { generateSession } from "./generate.ts";
import { measureSession } from "./measure.ts";
import { measureExport } from "./measure-export.ts";
import { measureIngest } from "./measure-ingest.ts";
import { measureWriting } from "./write-rate.ts";

const [command, file, count = "1000000", perSecond = "500"] = process.argv.slice(2);
const commands: Readonly<Record<string, (file: string) => void | Promise<void>>> = {
  generate(to) {
    generateSession(to, Number(count), Number(perSecond));
    process.stdout.write(`${count} messages, ${(statSync(to).size / 1e6).toFixed(0)} MB\n`);
  },
  measure: measureSession,
  export: measureExport,
  ingest: (folder) => measureIngest(folder, Number(count)),
  write(to) {
    process.stdout.write(`${Math.round(measureWriting(to))} messages in a second of processor time\n`);
  },
};
const run = commands[command ?? ""];
if (file === undefined || run === undefined) {
  process.stderr.write(
    "node session.mjs generate FILE [MESSAGES] [PER-SECOND] | measure FILE | write FILE | ingest FOLDER [MESSAGES] | export FILE\n",
  );
  process.exit(2);
}
await run(file);
