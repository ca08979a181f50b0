import { execFileSync } from "node:child_process";
import { expect, test } from "vitest";
import { parseVariableFormat, printVariables } from "./printed-variables.ts";

const VARIABLES = { PLAIN: 'it\'s "$HOME" `x` \\ ü', "with-dash": "x" };

test.skipIf(process.platform === "win32")("a shell reads what is printed for it as it was", () => {
  const text = printVariables(VARIABLES, "sh");
  expect(text).not.toContain("with-dash");
  const read = execFileSync("sh", ["-c", `${text} printf %s "$PLAIN"`], { encoding: "utf8" });
  expect(read).toBe(VARIABLES.PLAIN);
});

test("other formats have all of them", () => {
  expect(JSON.parse(printVariables(VARIABLES, "json"))).toEqual(VARIABLES);
  expect(printVariables(VARIABLES, "powershell")).toBe(
    `\${env:PLAIN} = 'it''s "$HOME" \`x\` \\ ü'\n\${env:with-dash} = 'x'\n`,
  );
  expect(printVariables(VARIABLES, "env-file")).toBe('PLAIN=it\'s "$HOME" `x` \\ ü\nwith-dash=x\n');
});

test("a format that is not known is refused", () => {
  expect(parseVariableFormat(undefined)).toBe("sh");
  expect(() => parseVariableFormat("yaml")).toThrow(/--format yaml is not known/u);
});
