/** Variables as people put them where they set variables. */
import { InspectorError } from "@inspector/contract/inspector-error";

const FORMATS = ["sh", "powershell", "json", "env-file"] as const;
export type VariableFormat = (typeof FORMATS)[number];

/** @throws {InspectorError} "bad-format" */
export function parseVariableFormat(text: string | undefined): VariableFormat {
  const found = FORMATS.find((one) => one === (text ?? "sh"));
  if (found === undefined) {
    throw new InspectorError("bad-format", `--format ${text} is not known`, { hint: `Use ${FORMATS.join(", ")}.` });
  }
  return found;
}

/** One line for each; what a shell's variables cannot be named is left out for it. */
export function printVariables(variables: Readonly<Record<string, string>>, format: VariableFormat): string {
  const entries = Object.entries(variables);
  switch (format) {
    case "sh":
      return entries
        .filter(([name]) => /^[A-Za-z_]\w*$/u.test(name))
        .map(([name, value]) => `export ${name}='${value.replaceAll("'", "'\\''")}'\n`)
        .join("");
    case "powershell":
      return entries.map(([name, value]) => `\${env:${name}} = '${value.replaceAll("'", "''")}'\n`).join("");
    case "json":
      return `${JSON.stringify(variables, undefined, 2)}\n`;
    case "env-file":
      return entries.map(([name, value]) => `${name}=${value}\n`).join("");
  }
}
