/** `inspector env [LANG…]` */
import { dirname } from "node:path";
import { InspectorError } from "@inspector/contract/inspector-error";
import { openStateFolder } from "@inspector/hub/state-folder";
import { attachedVariables, languagesFor } from "../attach/environment.ts";
import { parseVariableFormat, printVariables } from "../attach/printed-variables.ts";
import { attachSocket } from "../attach/run-folder.ts";
import { writeShims } from "../attach/shims.ts";
import { print } from "../output.ts";
import { parseOptions } from "./options.ts";

/** More than anybody names. */
const MAX_LANGUAGES = 20;

export async function env(args: readonly string[]): Promise<number> {
  const { values, positionals } = parseOptions("env", args, { format: { type: "string" } } as const, MAX_LANGUAGES);
  const format = parseVariableFormat(values.format);
  const odd = positionals.find((language) => !languagesFor({}, positionals).includes(language));
  if (odd !== undefined) {
    throw new InspectorError("bad-name", `${JSON.stringify(odd)} is no name of a language`, {
      hint: "Write it as worker.config.json does, for example: inspector env node python",
    });
  }
  const languages = positionals.length > 0 ? positionals : languagesFor(process.env, []);
  const state = openStateFolder();
  const shims = writeShims(state, languages, new URL("./shim/", import.meta.url));
  const socket = attachSocket(dirname(state.journals));
  const { variables } = attachedVariables(process.env, languages, shims, { socket });
  // A shell's variables have no colons, and the other form is enough where nobody else sets one with colons.
  const named = Object.entries(variables).filter(([name]) => !name.includes(":"));
  print(printVariables(Object.fromEntries(named), format));
  return 0;
}
