import { describe, expect, test } from "vitest";
import { windowsCommand } from "./windows-command.ts";

const NPM = "C:\\Users\\ü b\\AppData\\Roaming\\npm";
const FUNC_CMD = `@ECHO off
GOTO start
:find_dp0
SET dp0=%~dp0
EXIT /b
:start
SETLOCAL
CALL :find_dp0
IF EXIST "%dp0%\\node.exe" (
  SET "_prog=%dp0%\\node.exe"
) ELSE (
  SET "_prog=node"
)
endLocal & goto #_undefined_# 2>NUL || title %COMSPEC% & "%_prog%"  "%dp0%\\node_modules\\azure-functions-core-tools\\lib\\main.js" %*
`;

/** Files of a machine that runs Windows. */
function on(files: Readonly<Record<string, string>>, file: string, ...args: readonly string[]) {
  const environment = { Path: `C:\\tools;${NPM}`, PATHEXT: ".COM;.EXE;.BAT;.CMD", ComSpec: "C:\\Windows\\cmd.exe" };
  return windowsCommand(file, args, environment, "win32", {
    isFile: (path) => Object.hasOwn(files, path),
    read: (path) => files[path] ?? "",
  });
}

describe("a command on Windows", () => {
  test("that npm has installed is the script that its .cmd runs, with the arguments as they are", () => {
    const files = { [`${NPM}\\func.cmd`]: FUNC_CMD };
    expect(on(files, "func", "start", "a b", '"quoted" %PATH%')).toEqual({
      file: process.execPath,
      args: [`${NPM}\\node_modules\\azure-functions-core-tools\\lib\\main.js`, "start", "a b", '"quoted" %PATH%'],
      options: {},
    });
    expect(on({ ...files, [`${NPM}\\node.exe`]: "" }, "func").file).toBe(`${NPM}\\node.exe`);
  });

  test("whose .cmd runs a program is that program", () => {
    const files = { "C:\\tools\\x.cmd": '@"%~dp0\\lib\\x.exe" %*\r\n' };
    expect(on(files, "x", "y")).toEqual({ file: "C:\\tools\\lib\\x.exe", args: ["y"], options: {} });
  });

  test("is found by the endings of PATHEXT, in the order of the PATH", () => {
    expect(on({ "C:\\tools\\func.exe": "", [`${NPM}\\func.cmd`]: FUNC_CMD }, "func").file).toBe("C:\\tools\\func.exe");
    expect(on({ "C:\\tools\\func.exe": "" }, "C:\\tools\\func.exe").file).toBe("C:\\tools\\func.exe");
    expect(on({}, "func").file).toBe("func");
  });

  test("that is some other .cmd goes through a shell, each argument in quotes", () => {
    const files = { "C:\\tools\\go on.cmd": "echo" };
    expect(on(files, "C:\\tools\\go on.cmd", "a b", "c&d", "e\\")).toEqual({
      file: "C:\\Windows\\cmd.exe",
      args: ["/d", "/s", "/c", '""C:\\tools\\go on.cmd" "a b" "c&d" "e\\\\""'],
      options: { windowsVerbatimArguments: true },
    });
  });

  test("that a shell would read otherwise is refused", () => {
    const files = { "C:\\tools\\x.bat": "echo" };
    for (const argument of ['"', "%PATH%", "a\nb"]) {
      expect(() => on(files, "x", argument)).toThrow(/cannot be passed to a \.cmd file/u);
    }
  });
});

test("a command elsewhere is left as it is", () => {
  expect(windowsCommand("func", ["start"], {}, "linux")).toEqual({ file: "func", args: ["start"], options: {} });
});
