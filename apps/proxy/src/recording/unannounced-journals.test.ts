import { mkdirSync, readdirSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { makeFolder } from "../../../../packages/hub/testing/served-sessions.ts";
import { removeUnannounced } from "./unannounced-journals.ts";

test("journals that nobody has described are removed once they are old, and no others", () => {
  const folder = makeFolder();
  const make = (name: string, file: string, isOld: boolean): void => {
    const path = join(folder.journals, name);
    mkdirSync(path);
    writeFileSync(join(path, file), "");
    if (isOld) {
      utimesSync(path, 0, 0);
    }
  };
  make("killed", "00000001.segment", true);
  make("starting", "00000001.segment", false);
  make("described", "journal.json", true);
  make("listening", "control.sock", true);
  removeUnannounced(folder);
  expect(readdirSync(folder.journals).sort()).toEqual(["described", "listening", "starting"]);
  folder.remove();
});
