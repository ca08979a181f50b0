import { describe, expect, test } from "vitest";
import { givenEnvironment, interpreterLine } from "./own-node.ts";

describe("the first line of a shim", () => {
  test("keeps the app's settings of Node apart where the system understands that", () => {
    const kept = ["NODE_OPTIONS", "NODE_EXTRA_CA_CERTS"].map((name) => `${name}_=\${${name}}`).join(" ");
    const line = `#!/usr/bin/env -S -u NODE_OPTIONS -u NODE_EXTRA_CA_CERTS ${kept} /opt/node`;
    expect(interpreterLine("/opt/node", (tried) => tried === line)).toBe(line);
  });

  test("names Node where it does not, and looks for it where its path has blanks or is long", () => {
    expect(interpreterLine("/opt/nöde/bin/node", () => true)).toBe("#!/opt/nöde/bin/node");
    expect(interpreterLine("/opt/node", () => false)).toBe("#!/opt/node");
    expect(interpreterLine("/opt/a b/node", () => true)).toBe("#!/usr/bin/env node");
    expect(interpreterLine(`/${"o".repeat(150)}/node`, () => false)).toBe("#!/usr/bin/env node");
  });
});

describe("the environment that a host gave a shim", () => {
  test("has the settings of Node under their own names", () => {
    const given = { NODE_OPTIONS_: "--inspect=9229", NODE_EXTRA_CA_CERTS_: "", PATH: "/bin" };
    expect(givenEnvironment(given)).toEqual({ NODE_OPTIONS: "--inspect=9229", PATH: "/bin" });
  });

  test("is its own where they were not kept apart", () => {
    const given = { NODE_OPTIONS: "--inspect=9229", PATH: "/bin" };
    expect(givenEnvironment(given)).toEqual(given);
  });
});
