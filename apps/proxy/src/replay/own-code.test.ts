import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { messageFromJson } from "@inspector/proto";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { foreignCodeIn } from "./own-code.ts";

let app = "";

beforeAll(() => {
  app = mkdtempSync(join(tmpdir(), "inspector-app-"));
  const files = {
    "plain/function.json": '{"bindings":[]}',
    "named/function.json": '{"scriptFile":"../lib/named.js","entryPoint":"run","bindings":[]}',
    "lib/named.js": "",
    "scripts/wipe.js": "",
  };
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(join(app, name, ".."), { recursive: true });
    writeFileSync(join(app, name), text);
  }
});

afterAll(() => rmSync(app, { recursive: true }));

function judge(directory: string, scriptFile: string, entryPoint = ""): string | undefined {
  const parsed = messageFromJson({ functionLoadRequest: { metadata: { directory, scriptFile, entryPoint } } });
  if (!parsed.ok || parsed.message.content.case !== "functionLoadRequest") {
    throw new Error("not parsed");
  }
  return foreignCodeIn(parsed.message.content.value, app);
}

describe("what a session has a worker load", () => {
  test("is what the app's function.json names, or a file beside it", () => {
    expect(judge(join(app, "plain"), join(app, "plain/index.js"))).toBeUndefined();
    expect(judge(join(app, "named"), join(app, "lib/named.js"))).toBeUndefined();
    expect(judge(join(app, "named"), "../lib/named.js", "run")).toBeUndefined();
    expect(judge(app, "")).toBeUndefined();
  });

  test.each([
    ["plain", "/tmp/evil.js", "", /evil\.js, and the app's function\.json does not/u],
    ["plain", "../scripts/wipe.js", "", /wipe\.js, and/u],
    ["named", "../scripts/wipe.js", "run", /wipe\.js, and/u],
    ["named", "../lib/named.js", "drop", /begins it at drop/u],
    ["plain", "index.js", "drop", /begins it at drop/u],
    ["scripts", "wipe.js", "", /does not have it/u],
    ["..", "evil.js", "", /outside of the app's folder/u],
    ["/tmp", "evil.js", "", /outside of the app's folder/u],
  ])("is not loaded from %s, %s, %s", (directory, script, entry, why) => {
    expect(judge(directory.startsWith("/") ? directory : join(app, directory), script, entry)).toMatch(why);
  });
});
