import { expect, test } from "vitest";
import { attachedVariables, languagesFor } from "./environment.ts";
import { parseRunSettings, RUN_VARIABLE } from "./settings.ts";
import type { Shims } from "./shims.ts";

const SHIMS: Shims = {
  folder: "/state of ü/shims",
  executable: (language) => `/state of ü/shims/${language}`,
  pythonLauncher: "/state of ü/shims/launch.py",
  dotnetHook: "/state of ü/shims/inspector.targets",
};
const RUN = { socket: "/tmp/gate.sock", hasCommand: true };

test("both forms of each language's executable lead to its shim", () => {
  const { variables } = attachedVariables({}, ["node", "dotnet-isolated"], SHIMS, RUN);
  expect(Object.keys(variables).sort()).toEqual([
    "CustomAfterMicrosoftCommonTargets",
    RUN_VARIABLE,
    "InspectorShim",
    "languageWorkers:dotnet-isolated:defaultExecutablePath",
    "languageWorkers:node:defaultExecutablePath",
    "languageWorkers__dotnet-isolated__defaultExecutablePath",
    "languageWorkers__node__defaultExecutablePath",
  ]);
  expect(variables["languageWorkers:node:defaultExecutablePath"]).toBe("/state of ü/shims/node");
});

test("a launcher stands before what the user has told Python, under the name that the user chose", () => {
  const launcher = '"/state of ü/shims/launch.py"';
  const told = (environment: Record<string, string>) =>
    attachedVariables(environment, ["python"], SHIMS, RUN).variables;
  expect(told({})["languageWorkers__python__arguments"]).toBe(launcher);
  const debugging = { languageWorkers__python__arguments: "-m debugpy --listen 9091" };
  expect(told(debugging)["languageWorkers__python__arguments"]).toBe(`${launcher} -m debugpy --listen 9091`);
  const colons = { "languageWorkers:python:arguments": "-X dev" };
  expect(told(colons)["languageWorkers:python:arguments"]).toBe(`${launcher} -X dev`);
  expect(told(colons)["languageWorkers__python__arguments"]).toBeUndefined();
});

test("shims learn what each variable was, that of a run above among them", () => {
  const environment = { languageWorkers__node__defaultExecutablePath: "/opt/node", [RUN_VARIABLE]: "outer" };
  const { variables } = attachedVariables(environment, ["node"], SHIMS, RUN);
  expect(parseRunSettings(variables[RUN_VARIABLE])).toEqual({
    ...RUN,
    before: {
      languageWorkers__node__defaultExecutablePath: "/opt/node",
      "languageWorkers:node:defaultExecutablePath": null,
      [RUN_VARIABLE]: "outer",
    },
  });
});

test("languages are those of hosts, those that are named, and those that settings are about", () => {
  const environment = {
    languageWorkers__cobol__workerDirectory: "/w",
    "languageWorkers:my-own:arguments": "x",
    languageWorkers__workersDirectory: "/all",
    "languageWorkers__a b__arguments": "x",
  };
  const languages = languagesFor(environment, ["zig", "node"]);
  expect(languages).toEqual(expect.arrayContaining(["node", "python", "java", "zig", "cobol", "my-own"]));
  expect(languages).not.toContain("workersDirectory");
  expect(languages.filter((one) => one === "node" || one.includes(" "))).toEqual(["node"]);
});
