/** `inspector env [LANG…]` */
import { dirname } from "node:path";
import { InspectorError } from "@inspector/contract/inspector-error";
import { openStateFolder } from "@inspector/hub/state-folder";
import { appFolders, attachedVariables, handlersFor, languagesFor } from "../attach/environment.ts";
import { CUSTOM } from "../attach/handler-app.ts";
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
  const languages = positionals.length > 0 ? positionals.filter(isLanguage) : languagesFor(process.env, []);
  // For every app that gets it, this setting is what makes a custom handler of it: only who names it wants it.
  const handlers = positionals.includes(CUSTOM) ? handlersFor(appFolders([], process.cwd()), true) : [];
  const state = openStateFolder();
  const shims = writeShims(
    state,
    handlers.length > 0 ? [...languages, CUSTOM] : languages,
    new URL("./shim/", import.meta.url),
  );
  const socket = attachSocket(dirname(state.journals));
  const { variables } = attachedVariables(process.env, languages, shims, { socket }, handlers);
  // A shell's variables have no colons, and the other form is enough where nobody else sets one with colons.
  const named = Object.entries(variables).filter(([name]) => !name.includes(":"));
  print(printVariables(Object.fromEntries(named), format));
  return 0;
}

function isLanguage(name: string): boolean {
  return name !== CUSTOM;
}
